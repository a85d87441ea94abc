// The sandbox as a process of its own: started once for a folder, found again, stopped.
import {fork} from 'node:child_process';
import {chmod, mkdir, open, readFile, rename, rm, writeFile, type FileHandle} from 'node:fs/promises';
import {dirname} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {SandboxError, sandboxError, type SandboxProblem} from './error.ts';
import type {Faults} from './faults.ts';
import type {Environment, SandboxFiles} from './folder.ts';
import {lastLines} from './last-lines.ts';
import {sandboxProgram} from './places.ts';

/** What a running sandbox writes about itself into its folder. */
export interface SandboxRecord {
  readonly pid: number;
  readonly port: number;
  /** ISO 8601 */
  readonly startedAt: string;
  /** The faults that are in force. */
  readonly faults: Faults;
}

/** What the new process tells the one that started it. */
export type StartMessage =
  | {readonly kind: 'doing'; readonly text: string}
  | {readonly kind: 'ready'}
  | {readonly kind: 'failed'; readonly problem: SandboxProblem};

/**
 * The arguments of its command line, by which every version of this program finds a sandbox that another one started.
 */
const serveWords = ['sandbox', 'serve'];

const stopTimeoutMs = 30_000;
const faultsTimeoutMs = 10_000;

/** Null: it does not run. The record of a process that died without tidying up does not count. */
export async function runningSandbox({record}: SandboxFiles): Promise<SandboxRecord | null> {
  const text = await readFile(record, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const found = JSON.parse(text) as SandboxRecord;
    return (await isSandbox(found.pid)) ? found : null;
  } catch {
    return null;
  }
}

/**
 * Starts the sandbox unless it runs. `onDoing` is told what takes time, such as fetching PostgreSQL.
 * @throws SandboxError with what the sandbox said when it could not start
 */
export async function ensureSandbox(
  files: SandboxFiles,
  {environment, onDoing}: {readonly environment: Environment; readonly onDoing: (text: string) => void},
): Promise<SandboxRecord> {
  const running = await runningSandbox(files);
  if (running) return running;
  const log = await openFolder(files).catch((error: unknown) => {
    throw notWritable(files, error);
  });
  await started(files, log, environment, onDoing);
  const record = await runningSandbox(files);
  if (record) return record;
  throw failedToStart(files, await lastLines(files.log, 5));
}

/** @returns the log, opened */
async function openFolder({folder, log}: SandboxFiles): Promise<FileHandle> {
  await makeFolder(folder);
  // The user who runs PostgreSQL has to pass through it; what is secret in it has modes of its own.
  await chmod(folder, 0o711);
  return open(log, 'a', 0o600);
}

/** Instead of mkdir's own `recursive`, which says ENOENT for a read-only file system and never returns in /proc. */
async function makeFolder(folder: string): Promise<void> {
  const make = () =>
    mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await make();
  });
}

export function notWritable({folder}: SandboxFiles, error: unknown): SandboxError {
  const {code = 'error'} = error as NodeJS.ErrnoException;
  return sandboxError(
    'NOT_WRITABLE',
    `The sandbox keeps its files in ${folder}, which cannot be written (${code}).`,
    error instanceof Error ? [error.message] : [],
  );
}

async function started(
  files: SandboxFiles,
  log: FileHandle,
  environment: Environment,
  onDoing: (text: string) => void,
): Promise<void> {
  try {
    const child = fork(sandboxProgram(), serveWords, {
      detached: true,
      env: {...environment, PGHI_SANDBOX_FOLDER: files.folder},
      // V8 gives young objects up to 2 MiB instead of 16: a sandbox that has seen an install and a few changes then
      // takes at most 125 MB, not 150.
      execArgv: ['--max-semi-space-size=2'],
      cwd: files.folder,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    await new Promise<void>((resolve, reject) => {
      child.on('message', (message: StartMessage) => {
        if (message.kind === 'doing') onDoing(message.text);
        else if (message.kind === 'ready') resolve();
        else reject(new SandboxError(message.problem));
      });
      child.once('error', reject);
      child.once('exit', () => void lastLines(files.log, 5).then((lines) => reject(failedToStart(files, lines))));
    }).finally(() => {
      child.removeAllListeners();
      if (child.connected) child.disconnect();
      child.unref();
    });
  } finally {
    await log.close();
  }
}

/** @returns false when it did not run. With `deletes`, everything that it kept is deleted too. */
export async function stopSandbox(files: SandboxFiles, deletes: boolean): Promise<boolean> {
  const running = await runningSandbox(files);
  if (running) {
    process.kill(running.pid, 'SIGTERM');
    const end = performance.now() + stopTimeoutMs;
    while (await isSandbox(running.pid)) {
      // Its PostgreSQL processes end with it, however it ends.
      if (performance.now() > end) process.kill(running.pid, 'SIGKILL');
      await setTimeout(50);
    }
  }
  if (deletes) await rm(files.folder, {recursive: true, force: true, maxRetries: 5, retryDelay: 200});
  return running !== null;
}

/** @throws SandboxError when the sandbox has not taken over the faults after 10 seconds */
export async function setFaults(files: SandboxFiles, faults: Faults): Promise<SandboxRecord> {
  try {
    await writeFile(`${files.faults}.new`, JSON.stringify(faults));
    await rename(`${files.faults}.new`, files.faults);
  } catch (error) {
    throw notWritable(files, error);
  }
  const end = performance.now() + faultsTimeoutMs;
  for (;;) {
    const now = await runningSandbox(files);
    if (now && JSON.stringify(now.faults) === JSON.stringify(faults)) return now;
    if (performance.now() > end)
      throw sandboxError(
        'NO_ANSWER',
        'The sandbox was told what is to fail, and did not say that it does.',
        await lastLines(files.log, 5),
      );
    await setTimeout(50);
  }
}

/** Another process may have got the pid since: on Linux its command line tells. */
export async function isSandbox(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  if (line === null) return process.platform !== 'linux';
  return line.split('\0').join(' ').includes(serveWords.join(' '));
}

function failedToStart({log}: SandboxFiles, evidence: readonly string[]): SandboxError {
  return sandboxError('NOT_STARTED', `The sandbox did not start. What it said is in ${log}.`, evidence);
}
