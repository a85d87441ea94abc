// The sandbox's own process: takes the folder's lock, starts the cluster, says where it is, and runs until it is told
// to stop.
import {readFileSync, rmSync, unwatchFile, watchFile} from 'node:fs';
import {setTimeout} from 'node:timers/promises';
import {kubeconfigFor} from './api/kubeconfig.ts';
import {isSandbox, notWritable, runningSandbox, type SandboxRecord, type StartMessage} from './background.ts';
import {startCluster, type Cluster} from './cluster.ts';
import {SandboxError, sandboxError} from './error.ts';
import {noFaults, type Faults} from './faults.ts';
import type {SandboxFiles} from './folder.ts';
import {startKubelet} from './kubelet/index.ts';
import {takeLock} from './lock.ts';
import {keepServing, readServing, writeOwn} from './serving.ts';

const lookAtFaultsMs = 100;
/** How long to wait for another process that is starting the same sandbox; it may have to fetch PostgreSQL first. */
const otherTimeoutMs = 300_000;

/** Resolves when it has stopped. @throws what kept it from starting, once whoever started it has been told */
export async function serveSandbox(files: SandboxFiles, signal: AbortSignal): Promise<void> {
  const holder = await orTold(files, () => takeLock(files.lock, isSandbox));
  if (holder !== null) return waitForOther(files, holder);
  try {
    await orTold(files, () => serve(files, signal));
  } finally {
    rmSync(files.record, {force: true});
    rmSync(files.lock, {force: true});
  }
}

/** Tells whoever started the process what keeps it from starting: the log may have no room for that. */
async function orTold<T>(files: SandboxFiles, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const {code = ''} = error as NodeJS.ErrnoException;
    const {problem} =
      error instanceof SandboxError
        ? error
        : ['ENOSPC', 'EDQUOT', 'EROFS'].includes(code)
          ? notWritable(files, error)
          : sandboxError(
              'NOT_STARTED',
              `The sandbox could not start: ${error instanceof Error ? error.message : String(error)}`,
            );
    await tell({kind: 'failed', problem});
    throw error;
  }
}

async function serve(files: SandboxFiles, signal: AbortSignal): Promise<void> {
  const {folder} = files;
  // The faults of an earlier process ended with it.
  rmSync(files.faults, {force: true});
  const serving = readServing(folder);
  const cluster = await startCluster({
    folder,
    ...serving,
    startKubelet,
    onDoing: (text) => void tell({kind: 'doing', text}),
  });
  const {port, cert} = cluster.api;
  keepServing(folder, {...serving, port});
  writeOwn(files.kubeconfig, kubeconfigFor({port, token: serving.token, cert}));
  const record: SandboxRecord = {pid: process.pid, port, startedAt: new Date().toISOString(), faults: noFaults};
  writeOwn(files.record, JSON.stringify(record));
  const stopLooking = followFaults(files, cluster, record);
  await tell({kind: 'ready'});
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, {once: true}));
  stopLooking();
  await cluster.close();
}

function followFaults(files: SandboxFiles, cluster: Cluster, record: SandboxRecord): () => void {
  const look = () => {
    const faults = read(files.faults);
    cluster.setFaults(faults);
    writeOwn(files.record, JSON.stringify({...record, faults}));
  };
  watchFile(files.faults, {interval: lookAtFaultsMs}, look);
  return () => unwatchFile(files.faults, look);
}

function read(file: string): Faults {
  try {
    return {...noFaults, ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<Faults>)};
  } catch {
    return noFaults;
  }
}

async function waitForOther(files: SandboxFiles, holder: number): Promise<void> {
  const end = performance.now() + otherTimeoutMs;
  while (performance.now() < end && (await isSandbox(holder))) {
    if (await runningSandbox(files)) return await tell({kind: 'ready'});
    await setTimeout(50);
  }
  const error = sandboxError(
    'NOT_STARTED',
    `Another process (${holder}) was starting this sandbox and did not finish.`,
  );
  await tell({kind: 'failed', problem: error.problem});
  throw error;
}

/** Nobody listens where the process was started by hand, or where its starter is gone. */
async function tell(message: StartMessage): Promise<void> {
  if (process.connected) await new Promise<void>((resolve) => process.send?.(message, () => resolve()));
}
