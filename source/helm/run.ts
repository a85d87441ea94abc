// Runs one helm command to its end: no shell, values on standard input, stopped gently and by nobody but us.
import {performance} from 'node:perf_hooks';
import type {Readable} from 'node:stream';
import {cause, UserError} from '../core/cause.ts';
import {childEnvironment, type Environment} from './environment.ts';
import {wholeInput} from './whole-input.ts';

interface RunRequest {
  /** Absolute path of the program. */
  readonly path: string;
  readonly args: readonly string[];
  /** What the program reads from standard input. */
  readonly input?: string | undefined;
  /** Cleaned by `childEnvironment` before the child gets it. */
  readonly environment: Environment;
  /** Aborting sends SIGTERM; helm then records the release as failed and ends. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly graceMs?: number | undefined;
  /** How many of the last bytes of each stream are kept. */
  readonly keepBytes?: number | undefined;
}

export interface RunResult {
  /** Null when a signal ended it, or when it was never started. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** We asked helm to stop. The release's record says what state that left. */
  readonly stopped: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

const defaultGraceMs = 10_000;
const defaultKeepBytes = 32 * 1024 * 1024;

/**
 * Resolves when the program has ended, however it ended. Throws a UserError (HELM_MISSING) when it cannot be started.
 * The child leads a process group of its own, so that Ctrl-C in the terminal does not reach it: helm that is killed
 * half-way leaves a release `pending`.
 */
export async function run(request: RunRequest): Promise<RunResult> {
  const {path, args, input = '', environment, signal, graceMs = defaultGraceMs, keepBytes = defaultKeepBytes} = request;
  const notStarted = {exitCode: null, signal: null, stopped: true, stdout: '', stderr: '', ms: 0};
  const {execa} = await import('execa');
  if (signal?.aborted) return notStarted;

  const started = performance.now();
  const given = wholeInput(input);
  const child = execa(path, [...args], {
    // execa takes any descriptor, its types only the standard one.
    stdio: [given.descriptor as 0, 'pipe', 'pipe'],
    env: childEnvironment(environment),
    extendEnv: false,
    detached: true,
    reject: false,
    buffer: false,
    forceKillAfterDelay: false,
  });
  let stopped = false;
  let grace: NodeJS.Timeout | undefined;
  const stop = () => {
    stopped = child.kill('SIGTERM');
    grace = setTimeout(() => killGroup(child), graceMs);
  };
  signal?.addEventListener('abort', stop, {once: true});
  given.close();
  const stdout = keepEnd(child.stdout, keepBytes);
  const stderr = keepEnd(child.stderr, keepBytes);
  const result = await child.finally(() => {
    signal?.removeEventListener('abort', stop);
    clearTimeout(grace);
  });
  if (child.pid === undefined) throw notStartable(path, result.code);
  return {
    exitCode: result.exitCode ?? null,
    signal: result.signal ?? null,
    stopped,
    stdout: stdout(),
    stderr: stderr(),
    ms: Math.round(performance.now() - started),
  };
}

/** Kills helm together with the programs that it started (a cluster's log-in), which would keep its output open. */
function killGroup(child: {readonly pid?: number; kill(signal: 'SIGKILL'): boolean}): void {
  try {
    if (child.pid === undefined || process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone in the meantime.
  }
}

/** Reads to the end whatever comes (a full pipe would block helm), and keeps about the last `limit` bytes. */
function keepEnd(stream: Readable, limit: number): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    while (size - (chunks[0]?.length ?? size) >= limit) size -= chunks.shift()?.length ?? 0;
  });
  return () => Buffer.concat(chunks).subarray(-limit).toString('utf8');
}

function notStartable(path: string, code: string | undefined): UserError {
  const why =
    code === 'ENOENT'
      ? 'it is no longer there'
      : code === 'EACCES'
        ? 'it may not be executed'
        : (code ?? 'unknown error');
  return new UserError(
    cause('HELM_MISSING', `The helm program ${path} cannot be started: ${why}.`, {
      remedies: [{title: 'Run it by hand to see what is wrong with it', command: `${path} version`}],
    }),
  );
}
