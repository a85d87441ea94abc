// A process that ends with this one, however this one ends: a shell holds it, reads the signals for it, and kills it when there is nobody left to write them.
import {spawn, type ChildProcess} from 'node:child_process';
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
 * POSIX sh. A background job's standard input is /dev/null, so it is kept as 3. QUIT is PostgreSQL's immediate shutdown: what was acknowledged is in its log.
 * The shell is the leader of its group, so 0 is what initdb left too.
 */
const holder = `
ulimit -c 0
exec 3<&0 </dev/null
"$@" 3<&- &
child=$!
{
  while read -r signal <&3; do kill -s "$signal" "$child"; done
  kill -s QUIT "$child"
  tries=0
  while kill -0 "$child" && [ $tries -lt 40 ]; do tries=$((tries + 1)); sleep 0.05; done
  kill -s KILL "$child"
  kill -s KILL 0
} >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$child"
code=$?
kill -s KILL "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
exit $code
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
    shell.once('close', (code) => resolve(code ?? 137));
  });
  return {exited, signal: (name) => void shell.stdin?.write(`${name}\n`)};
}
