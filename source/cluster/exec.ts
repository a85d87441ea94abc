// Runs a command in a container, by the websocket protocol of client-node.
import {Duplex, PassThrough, Writable, type Readable} from 'node:stream';
import {setTimeout as pause} from 'node:timers/promises';
import {Exec} from '@kubernetes/client-node/dist/exec.js';
import type {KubeConfig} from '@kubernetes/client-node/dist/config.js';
import {PortForward} from '@kubernetes/client-node/dist/portforward.js';
import {ConnectionError} from './api.ts';
import type {Connection} from './connect.ts';
import type {CredentialCache} from './credential-cache.ts';

interface ExecResult {
  /** Null when the cluster did not say. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface ExecStatus {
  readonly status?: string;
  readonly message?: string;
  readonly details?: {readonly causes?: readonly {readonly reason?: string; readonly message?: string}[]};
}

/** What a busy API server answers to the request for a connection: the command was not run. */
const notStarted = /Unexpected server response: (429|500|502|503|504)/;
const pausesMs = [100, 300, 900, 1500];

/** @throws ConnectionError when the command could not be started or did not end within `timeoutMs`. */
export async function execInPod(...asked: Parameters<typeof execOnce>): Promise<ExecResult> {
  for (let tries = 0; ; tries++) {
    try {
      return await execOnce(...asked);
    } catch (error) {
      const afterMs = error instanceof Error && notStarted.test(error.message) ? pausesMs[tries] : undefined;
      if (afterMs === undefined) throw error;
      await pause(afterMs);
    }
  }
}

async function execOnce(
  {credentials}: Connection,
  namespace: string,
  pod: string,
  container: string,
  command: readonly string[],
  stdin: string,
  timeoutMs: number,
): Promise<ExecResult> {
  const stdout = collector();
  const stderr = collector();
  const input = new PassThrough();
  input.write(stdin);
  return new Promise<ExecResult>((resolve, reject) => {
    let close: () => void = () => undefined;
    const finish = (end: () => void) => {
      clearTimeout(timer);
      input.destroy();
      close();
      end();
    };
    const timer = setTimeout(
      () =>
        finish(() => reject(new ConnectionError(`${command[0]} in ${pod} did not end within ${timeoutMs / 1000} s`))),
      timeoutMs,
    );
    new Exec(configOf(credentials))
      .exec(namespace, pod, container, [...command], stdout.stream, stderr.stream, input, false, (status) =>
        finish(() => resolve({exitCode: exitCodeOf(status), stdout: stdout.text(), stderr: stderr.text()})),
      )
      .then((socket) => {
        close = () => socket.close();
        socket.onclose = () => finish(() => reject(new ConnectionError(`the connection to ${pod} broke off`)));
      })
      .catch((error: unknown) => finish(() => reject(new ConnectionError(wordsOf(error)))));
  });
}

/** One connection to a port of a pod, as a pair of streams. */
async function openPort(
  {credentials}: Connection,
  namespace: string,
  pod: string,
  port: number,
  streams: {readonly input: Readable; readonly output: Writable},
): Promise<{readonly close: () => void}> {
  const errors = new Writable({write: (_chunk, _encoding, done) => done()});
  const socket = await new PortForward(configOf(credentials)).portForward(
    namespace,
    pod,
    [port],
    streams.output,
    errors,
    streams.input,
  );
  const connection = typeof socket === 'function' ? socket() : socket;
  // The client must see that the server closed the connection: psql waits for that after it asked to cancel a query.
  connection?.addEventListener('close', () => streams.output.end());
  return {close: () => connection?.close()};
}

/** A connection to a port of a pod as one stream, whose end closes the connection. @throws when it cannot be opened */
export async function openPodStream(
  connection: Connection,
  namespace: string,
  pod: string,
  port: number,
): Promise<Duplex> {
  const input = new PassThrough();
  const output = new PassThrough();
  const {close} = await openPort(connection, namespace, pod, port, {input, output});
  const stream = Duplex.from({writable: input, readable: output});
  stream.on('close', close);
  return stream;
}

/** client-node uses only those parts of a KubeConfig here that the cache has too. */
export function configOf(credentials: CredentialCache): KubeConfig {
  return credentials as unknown as KubeConfig;
}

function collector() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return {stream, text: () => Buffer.concat(chunks).toString('utf8')};
}

export function exitCodeOf({status, details}: ExecStatus): number | null {
  if (status === 'Success') return 0;
  const code = details?.causes?.find(({reason}) => reason === 'ExitCode')?.message;
  return code === undefined ? null : Number(code);
}

/** `ws` rejects with an event, not with an Error. */
export function wordsOf(error: unknown): string {
  const message = (error as {message?: unknown} | null)?.message;
  return typeof message === 'string' && message ? message : String(error);
}
