// A process that ends with this one, however this one ends: a shell holds it, reads the signals for it, and kills it
// when there is nobody left to write them.
import {spawn, type ChildProcess} from 'node:child_process';
import {constants} from 'node:os';
import type {RunsAs} from './runs-as.ts';

export interface HeldProcess {
  /** 128 and the signal's number where a signal ended it. */
  readonly exited: Promise<number>;
  /** `TERM`, `INT`, `QUIT`, `KILL`, `HUP` */
  signal(name: string): void;
}

export interface HeldOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly runsAs: RunsAs;
  readonly folder: string;
  readonly onOutput: (chunk: Buffer) => void;
}

/**
 * POSIX sh, which becomes the program itself. What it leaves behind reads the signals, belongs to nobody (so that the
 * program has no child that it does not know),
 * and is in the program's group, which is 0 to it. QUIT is PostgreSQL's immediate shutdown: what was acknowledged is in
 * its log.
 */
const holder = `
ulimit -c 0
exec 3<&0 </dev/null
main=$$
( {
  while read -r signal <&3; do
    # The end of a container is the end of all that it started.
    if [ "$signal" = ENDED ]; then kill -s KILL 0; fi
    kill -s "$signal" "$main"
  done
  kill -s QUIT "$main"
  tries=0
  while kill -0 "$main" && [ $tries -lt 40 ]; do tries=$((tries + 1)); sleep 0.05; done
  kill -s KILL 0
} >/dev/null 2>&1 & )
exec 3<&-
exec "$@"
`;

/** Never throws: what cannot be started exits with 127 (not there) or 126, and says so. */
export function hold(command: readonly string[], {environment, runsAs, folder, onOutput}: HeldOptions): HeldProcess {
  const shell: ChildProcess = spawn('/bin/sh', ['-c', holder, 'sandbox-pod', ...command], {
    ...runsAs.ids,
    env: environment,
    cwd: folder,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  shell.stdin?.on('error', () => undefined);
  for (const stream of [shell.stdout, shell.stderr]) stream?.on('data', onOutput);
  const exited = new Promise<number>((resolve) => {
    shell.once('error', (error) => {
      onOutput(Buffer.from(`${error.message}\n`));
      resolve(126);
    });
    shell.once('exit', () => shell.stdin?.end('ENDED\n'));
    shell.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
  return {exited, signal: (name) => void shell.stdin?.write(`${name}\n`)};
}
