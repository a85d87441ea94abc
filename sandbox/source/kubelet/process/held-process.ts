// A process that ends with this one, however this one ends: a shell holds it, reads the signals for it, and kills it
// when nobody is left to write them.
import {spawn, type ChildProcess} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {constants} from 'node:os';
import {join} from 'node:path';
import {programFiles} from '../../places.ts';
import type {RunsAs} from './runs-as.ts';

export interface HeldProcess {
  /** 128 and the signal's number where a signal ended it. */
  readonly exited: Promise<number>;
  /** `TERM`, `INT`, `QUIT`, `KILL`, `HUP` */
  signal(name: string): void;
}

interface HeldOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly runsAs: RunsAs;
  readonly folder: string;
  readonly onOutput: (chunk: Buffer) => void;
}

let script: string | null = null;
/** The shell gets the script as text: the user as whom the program runs may not be able to read the file. */
const holder = () => (script ??= readFileSync(join(programFiles(), 'hold.sh'), 'utf8'));

/** Never throws: a program that cannot be started exits with 127 (it does not exist) or 126, and says so. */
export function hold(command: readonly string[], {environment, runsAs, folder, onOutput}: HeldOptions): HeldProcess {
  const shell: ChildProcess = spawn('/bin/sh', ['-c', holder(), 'sandbox-pod', ...command], {
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
