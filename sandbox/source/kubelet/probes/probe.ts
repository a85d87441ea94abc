// One probe of a container, once: by a command, a connection, or a request.
import {get} from 'node:http';
import {connect} from 'node:net';
import type {Address} from '../../parts.ts';
import type {Probe} from '../pod.ts';
import {serverState} from './server-state.ts';

export interface ProbeTarget {
  /** Where a port of the container listens on this machine, by number or name. */
  portAt(port: number | string): Address | null;
  readonly podIP: string;
  /** Runs a command in the container; the output is that of both streams. */
  run(command: readonly string[], timeoutMs: number): Promise<{readonly code: number; readonly output: string}>;
}

interface Outcome {
  readonly passed: boolean;
  /** The text of kubelet's event. */
  readonly output: string;
}

/** Never throws. */
export async function probeOnce(probe: Probe, target: ProbeTarget): Promise<Outcome> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.exec) return byCommand(probe.exec.command ?? [], target, timeoutMs);
  const port = probe.tcpSocket?.port ?? probe.httpGet?.port;
  if (port === undefined) return {passed: true, output: ''};
  const address = target.portAt(port);
  if (!address) return {passed: false, output: `dial tcp ${target.podIP}:${port}: connect: connection refused`};
  return probe.httpGet
    ? byRequest(address, target.podIP, probe.httpGet.path ?? '/', timeoutMs)
    : byConnection(address, target.podIP, timeoutMs);
}

async function byCommand(command: readonly string[], target: ProbeTarget, timeoutMs: number): Promise<Outcome> {
  const asked = isReadyCommand(command);
  if (!asked) {
    const {code, output} = await target.run(command, timeoutMs);
    return {passed: code === 0, output};
  }
  const address = target.portAt(asked.port);
  const state = address ? await serverState(address, {...asked, timeoutMs}) : 'no response';
  return {passed: state === 'accepting connections', output: `${asked.host}:${asked.port} - ${state}\n`};
}

/**
 * The options in `sh -c "exec pg_isready -U … -h 127.0.0.1 -p 5432"`, which can be answered truly without a shell;
 * null: it is another command.
 */
export function isReadyCommand(command: readonly string[]): {host: string; port: number; user: string} | null {
  const script =
    command.length > 1 && /(^|\/)(ba)?sh$/.test(command[0] ?? '') ? (command.at(-1) ?? '') : command.join(' ');
  const [first = ''] = script.trim().split('\n');
  const found = /^(?:exec )?(?:\/\S*\/)?pg_isready((?: +(?:-[a-zA-Z] *)?(?:"[^"$`]*"|[\w.:=/-]+))*)\s*$/.exec(
    first.trim(),
  );
  if (!found) return null;
  const options = found[1] ?? '';
  const option = (letter: string) => new RegExp(` -${letter} *"?([^" ]+)"?`).exec(options)?.[1];
  const host = option('h') ?? '127.0.0.1';
  if (!['127.0.0.1', 'localhost', '::1'].includes(host)) return null;
  return {host, port: Number(option('p') ?? 5432), user: option('U') ?? 'postgres'};
}

function byConnection({host, port}: Address, podIP: string, timeoutMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({host, port});
    const end = (outcome: Outcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(timeoutMs, () => end({passed: false, output: `dial tcp ${podIP}:${port}: i/o timeout`}));
    socket.on('connect', () => end({passed: true, output: ''}));
    socket.on('error', () => end({passed: false, output: `dial tcp ${podIP}:${port}: connect: connection refused`}));
  });
}

function byRequest({host, port}: Address, podIP: string, path: string, timeoutMs: number): Promise<Outcome> {
  const url = `http://${podIP}:${port}${path.startsWith('/') ? '' : '/'}${path}`;
  return new Promise((resolve) => {
    const request = get(
      {host, port, path, timeout: timeoutMs, headers: {'user-agent': 'kube-probe/1.34'}},
      (answer) => {
        answer.resume();
        const code = answer.statusCode ?? 0;
        resolve(
          code >= 200 && code < 400
            ? {passed: true, output: ''}
            : {passed: false, output: `HTTP probe failed with statuscode: ${code}`},
        );
      },
    );
    request.on('timeout', () =>
      request.destroy(new Error('context deadline exceeded (Client.Timeout exceeded while awaiting headers)')),
    );
    request.on('error', (error) =>
      resolve({
        passed: false,
        output:
          `Get "${url}": ` +
          (/refused/i.test(error.message) ? `dial tcp ${podIP}:${port}: connect: connection refused` : error.message),
      }),
    );
  });
}
