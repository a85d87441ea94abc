// A cluster to ask: raw requests and ordinary commands, with the answers stripped of what differs from run to run.
import {execFile} from 'node:child_process';
import {mkdtempSync} from 'node:fs';
import {request as httpsRequest, type RequestOptions} from 'node:https';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {KubeConfig} from '@kubernetes/client-node/dist/config.js';
import {helm3, helm4, kubectl} from '../../../test/support/paths.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** NS stands for the namespace of the run. */
  readonly path: string;
  readonly type?: string;
  readonly accept?: string;
  readonly body?: unknown;
}

export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

export interface Command {
  readonly program: 'kubectl' | 'helm' | 'helm4';
  readonly args: readonly string[];
  readonly input?: string;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const programs = {kubectl, helm: helm3, helm4};

export class Place {
  readonly #config = new KubeConfig();
  readonly #home = mkdtempSync(join(tmpdir(), 'pghi-conformance-'));

  constructor(
    readonly kubeconfig: string,
    readonly namespace: string,
  ) {
    this.#config.loadFromFile(kubeconfig);
  }

  async ask({method, path, type = 'application/json', accept = 'application/json', body}: ApiRequest): Promise<Answer> {
    const server = this.#config.getCurrentCluster()?.server ?? '';
    const options: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const url = new URL(this.#here(path), server);
    const sent = body === undefined ? undefined : this.#here(typeof body === 'string' ? body : JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const asked = httpsRequest(
        url,
        {
          ...options,
          method,
          headers: {
            ...options.headers,
            accept,
            ...(sent === undefined ? {} : {'content-type': type, 'content-length': String(Buffer.byteLength(sent))}),
          },
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
          answer.on('end', () => resolve({code: answer.statusCode ?? 0, body: this.#parsed(text)}));
          answer.on('error', reject);
        },
      );
      asked.on('error', reject);
      asked.end(sent);
    });
  }

  run({program, args, input}: Command): Promise<Outcome> {
    return new Promise((resolve) => {
      const env = {PATH: process.env['PATH'], HOME: this.#home, KUBECONFIG: this.kubeconfig};
      const child = execFile(
        programs[program],
        args.map((arg) => this.#here(arg)),
        {env, timeout: 120_000, maxBuffer: 16 * 1024 * 1024},
        (error, stdout, stderr) =>
          resolve({
            code: error ? (typeof error.code === 'number' ? error.code : 1) : 0,
            stdout: this.#neutral(stdout),
            stderr: this.#neutral(stderr),
          }),
      );
      child.stdin?.end(input === undefined ? undefined : this.#here(input));
    });
  }

  #here(text: string): string {
    return text.replaceAll(/\bNS\b/g, this.namespace);
  }

  #neutral(text: string): string {
    return text.replaceAll(this.namespace, 'NS');
  }

  #parsed(text: string): unknown {
    try {
      return JSON.parse(this.#neutral(text)) as unknown;
    } catch {
      return this.#neutral(text);
    }
  }
}
