// The kubelets of all nodes: a worker for each pod that is on one, and what the API asks of running containers.
import {mkdir, chmod} from 'node:fs/promises';
import {join} from 'node:path';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {Store} from '../store/store.ts';
import type {Kubelet, KubeletOptions} from '../parts.ts';
import {findBinaries} from './binaries/binaries.ts';
import {findDumpTool} from './binaries/dump-tool.ts';
import {machineFor} from './machine.ts';
import {nodeForPods} from './node-for-pods.ts';
import {specOf, statusOf} from './pod.ts';
import {podRuntime} from './pod-runtime.ts';
import {PodWorker} from './pod-worker.ts';
import {runsAs, type RunsAs} from './process/runs-as.ts';
import {dumpPlace} from './programs/dump-place.ts';
import {openGateway, type Gateway} from './programs/gateway.ts';
import {installPrograms} from './programs/install.ts';
import {pgIsReady} from './programs/pg-is-ready.ts';
import {psql} from './psql/psql.ts';

/** Kubelet's own cache of Secrets and ConfigMaps is refreshed about once a minute; a demo need not wait that long. */
const refreshAfterMs = 10_000;
const lookEveryMs = 1000;

/** @throws SandboxError when there is no PostgreSQL for this machine, or it cannot be fetched */
export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const {store, folder, faults, onDoing} = options;
  const binaries = await findBinaries(process.env, onDoing);
  const user = runsAs();
  await makeFolders(folder);
  const workers = new Map<string, PodWorker>();
  const gateway = await startGateway(options, user, workers);
  const machine = machineFor(options, {
    binaries,
    user,
    gateway,
    forget: ({metadata}) => workers.delete(metadata.uid ?? ''),
  });
  let closed = false;

  const endWatch = watchStore(store, workers, look);
  for (const pod of store.list(kinds.pod)) look(pod);

  function look(seen: KubeObject): void {
    const {name, namespace = '', uid = ''} = seen.metadata;
    const pod = store.get(kinds.pod, namespace, name);
    if (closed || !pod || pod.metadata.uid !== uid) return;
    const node = specOf(pod).nodeName;
    if (!node || machine.isSilent(node)) return;
    const worker = workers.get(uid);
    if (worker) return worker.change(pod);
    const {phase} = statusOf(pod);
    if (phase === 'Succeeded' || phase === 'Failed') return;
    workers.set(uid, new PodWorker(pod, machine));
  }

  const keepDisks = () => {
    for (const worker of workers.values()) worker.keepDisk();
  };
  // A server that starts while the disk is full is to meet that too, and a refused resize may fit once there is room.
  const looking = setInterval(() => {
    if (faults().diskFull) keepDisks();
    for (const worker of workers.values()) if (worker.awaitsRoom) void worker.resize();
  }, lookEveryMs);

  return {
    ...podRuntime(machine, workers),
    look() {
      for (const [uid, worker] of workers) {
        if (worker.nodeName !== faults().nodeOff) continue;
        workers.delete(uid);
        void worker.powerOff();
      }
      for (const pod of store.list(kinds.pod)) look(pod);
      for (const worker of workers.values()) worker.publish();
      keepDisks();
    },
    async close() {
      closed = true;
      endWatch();
      clearInterval(looking);
      await Promise.all([...workers.values()].map((worker) => worker.shutDown()));
      gateway.close();
    },
  };
}

async function makeFolders(folder: string): Promise<void> {
  for (const name of ['pods', 'logs', 'sockets', 'programs']) {
    await mkdir(join(folder, name), {recursive: true});
    await chmod(join(folder, name), name === 'logs' ? 0o700 : 0o711);
  }
}

/** Puts the programs of the sandbox in place, and answers what they ask. */
async function startGateway(
  {folder, onDoing}: KubeletOptions,
  user: RunsAs,
  workers: ReadonlyMap<string, PodWorker>,
): Promise<Gateway> {
  const programs = join(folder, 'programs');
  // Pods that run as this process's own user may run its Node.js.
  const node = user.ids.uid === undefined ? process.execPath : await nodeForPods(process.execPath, programs);
  await installPrograms(programs, node);
  return openGateway(
    {psql, pg_isready: pgIsReady, 'dump-place': dumpPlace(() => findDumpTool(process.env, onDoing))},
    (token) => [...workers.values()].find((worker) => worker.base.token === token)?.base.caller() ?? null,
  );
}

/**
 * Follows pods at once, and the Secrets and ConfigMaps in their volumes after a while. @returns a function that ends
 * this
 */
function watchStore(
  store: Store,
  workers: ReadonlyMap<string, PodWorker>,
  look: (pod: KubeObject) => void,
): () => void {
  const refreshing = new Set<NodeJS.Timeout>();
  const end = store.onChange(({type, kind, object}) => {
    const {uid = '', name, namespace} = object.metadata;
    if (kind === kinds.pod) {
      // Not during another change, because the store tells of one change after the other.
      queueMicrotask(() => {
        if (type === 'DELETED') void workers.get(uid)?.vanish();
        else look(object);
      });
    } else if (kind === kinds.secret || kind === kinds.configMap) {
      const timer = setTimeout(() => {
        refreshing.delete(timer);
        for (const worker of workers.values())
          if (worker.object.metadata.namespace === namespace) worker.objectChanged(kind.kind, name);
      }, refreshAfterMs);
      refreshing.add(timer);
    }
  });
  return () => {
    end();
    for (const timer of refreshing) clearTimeout(timer);
  };
}
