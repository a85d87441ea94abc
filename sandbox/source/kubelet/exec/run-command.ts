// Runs a command in a container's world: its environment and mounts, as the pods' user, with the programs of the
// sandbox on its PATH.
import {spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import type {Container} from '../pod.ts';
import type {PodBase} from '../pod-base.ts';
import {mapPath, mapText} from '../volumes/mounts.ts';

export interface RunCommandOptions {
  readonly timeoutMs?: number;
  readonly stdin?: NodeJS.ReadableStream | null;
  /** A program that writes faster than they take waits. */
  readonly stdout?: NodeJS.WritableStream;
  readonly stderr?: NodeJS.WritableStream;
  readonly signal?: AbortSignal;
}

const keptBytes = 64 * 1024;
const graceMs = 1000;

/**
 * @returns the exit code. output: of both streams, where nobody takes them.
 * @throws Error with the container runtime's words when the program cannot be started
 */
export async function runCommand(
  base: PodBase,
  container: Container,
  command: readonly string[],
  options: RunCommandOptions,
): Promise<{code: number; output: string}> {
  const {environment, mounts, ownFolder, machineEnvironment} = await base.settingFor(container);
  const [program = '', ...words] = command;
  const child = spawn(
    mapPath(mounts, program) ?? program,
    words.map((word) => mapText(mounts, word)),
    {
      ...base.machine.runsAs.ids,
      env: {
        ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, mapText(mounts, value)])),
        ...machineEnvironment,
      },
      cwd: ownFolder,
      detached: true,
      stdio: [options.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  const keep = (chunk: Buffer) => {
    if (output.length < keptBytes) output += chunk.toString('utf8');
  };
  for (const [from, to] of [
    [child.stdout, options.stdout],
    [child.stderr, options.stderr],
  ] as const) {
    if (to) from?.pipe(to, {end: false});
    else from?.on('data', keep);
  }
  if (options.stdin && child.stdin) {
    child.stdin.on('error', () => undefined);
    options.stdin.pipe(child.stdin);
  }
  const kill = (signal: NodeJS.Signals) => {
    // The whole group: a shell's children too.
    if (child.pid !== undefined) {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // It has ended.
      }
    }
  };
  // What it would take away at its end, such as a file with a password, it may.
  let killing: NodeJS.Timeout | null = null;
  const end = () => {
    kill('SIGTERM');
    killing = setTimeout(() => kill('SIGKILL'), graceMs);
  };
  options.signal?.addEventListener('abort', end);
  let late = false;
  const timer =
    options.timeoutMs === undefined
      ? null
      : setTimeout(() => {
          late = true;
          kill('SIGKILL');
        }, options.timeoutMs);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', ({code: reason, message}: NodeJS.ErrnoException) => {
      const why = reason === 'ENOENT' ? `executable file not found in $PATH` : message;
      reject(
        new Error(
          'Internal error occurred: error executing command in container: failed to exec in container: failed to ' +
            `start exec "${randomBytes(32).toString('hex')}": OCI runtime exec failed: exec failed: unable to ` +
            `start container process: exec: "${program}": ${why}: unknown`,
        ),
      );
    });
    child.once('close', (exit, signal) => resolve(exit ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
  if (timer) clearTimeout(timer);
  if (killing) clearTimeout(killing);
  options.signal?.removeEventListener('abort', end);
  return late
    ? {
        code: 137,
        output: `command timed out: "${command.join(' ')}" timed out after ${(options.timeoutMs ?? 0) / 1000}s`,
      }
    : {code, output};
}
