// Runs a command in a container's world: its environment and mounts, as the pods' user, with the programs of the
// sandbox on its PATH.
import {spawn, type ChildProcess} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import type {Container} from '../pod.ts';
import type {PodBase} from '../pod-base.ts';
import {mapPath, mapText} from '../volumes/mounts.ts';

interface RunCommandOptions {
  readonly timeoutMs?: number;
  readonly stdin?: NodeJS.ReadableStream | null;
  /** A program that writes faster than these streams take its output has to wait. */
  readonly stdout?: NodeJS.WritableStream;
  readonly stderr?: NodeJS.WritableStream;
  readonly signal?: AbortSignal;
}

const keptBytes = 64 * 1024;
const graceMs = 1000;

/**
 * @returns the exit code, and as `output` what went to streams that nobody takes
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
  const output = connectStreams(child, options);
  const limits = limit(child, options);
  const code = await exitCodeOf(child, program);
  limits.clear();
  if (!limits.isLate()) return {code, output: output()};
  const seconds = (options.timeoutMs ?? 0) / 1000;
  return {code: 137, output: `command timed out: "${command.join(' ')}" timed out after ${seconds}s`};
}

/** @returns a function that gives what went to streams that nobody takes */
function connectStreams(child: ChildProcess, {stdin, stdout, stderr}: RunCommandOptions): () => string {
  let output = '';
  const keep = (chunk: Buffer) => {
    if (output.length < keptBytes) output += chunk.toString('utf8');
  };
  for (const [from, to] of [
    [child.stdout, stdout],
    [child.stderr, stderr],
  ] as const) {
    if (to) from?.pipe(to, {end: false});
    else from?.on('data', keep);
  }
  if (stdin && child.stdin) {
    child.stdin.on('error', () => undefined);
    stdin.pipe(child.stdin);
  }
  return () => output;
}

/** Ends the program when its time is over or the signal aborts. */
function limit(child: ChildProcess, {timeoutMs, signal}: RunCommandOptions) {
  // It may first remove what it removes at its end, such as a file with a password.
  let killing: NodeJS.Timeout | undefined;
  const end = () => {
    killGroup(child, 'SIGTERM');
    killing = setTimeout(() => killGroup(child, 'SIGKILL'), graceMs);
  };
  signal?.addEventListener('abort', end);
  let late = false;
  const atTimeout = () => {
    late = true;
    killGroup(child, 'SIGKILL');
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(atTimeout, timeoutMs);
  return {
    isLate: () => late,
    clear() {
      clearTimeout(timer);
      clearTimeout(killing);
      signal?.removeEventListener('abort', end);
    },
  };
}

/** Ends the children of a shell too. */
function killGroup({pid}: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

/** @throws Error with the container runtime's words when the program cannot be started */
function exitCodeOf(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', ({code, message}: NodeJS.ErrnoException) => {
      const why = code === 'ENOENT' ? `executable file not found in $PATH` : message;
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
}
