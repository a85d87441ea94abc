// The kubelets of all nodes: a worker for each pod that is on one, and what the API asks of running containers.
import {mkdir, chmod} from 'node:fs/promises';
import {join} from 'node:path';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {Kubelet, KubeletOptions} from '../world.ts';
import {findBinaries} from './binaries/binaries.ts';
import {findDumpTool} from './binaries/dump-tool.ts';
import {readLog} from './container-log.ts';
import {runCommand} from './exec/run-command.ts';
import {machineFor} from './machine.ts';
import {nodeForPods} from './node-for-pods.ts';
import {specOf, statusOf} from './pod.ts';
import {PodWorker} from './pod-worker.ts';
import {runsAs} from './process/runs-as.ts';
import {dumpPlace} from './programs/dump-place.ts';
import {openGateway} from './programs/gateway.ts';
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
  for (const name of ['pods', 'logs', 'sockets', 'programs']) {
    await mkdir(join(folder, name), {recursive: true});
    await chmod(join(folder, name), name === 'logs' ? 0o700 : 0o711);
  }
  const workers = new Map<string, PodWorker>();
  const programs = join(folder, 'programs');
  // Who runs pods as itself may run its own Node.js.
  const node = user.ids.uid === undefined ? process.execPath : await nodeForPods(process.execPath, programs);
  await installPrograms(programs, node);
  const gateway = await openGateway(
    {psql, pg_isready: pgIsReady, 'dump-place': dumpPlace(() => findDumpTool(process.env, onDoing))},
    (token) => [...workers.values()].find((worker) => worker.base.token === token)?.base.caller() ?? null,
  );
  const machine = machineFor(options, {
    binaries,
    user,
    gateway,
    forget: (worker) => workers.delete(worker.object.metadata.uid ?? ''),
  });
  let closed = false;

  const refreshing = new Set<NodeJS.Timeout>();
  const endWatch = store.onChange(({type, kind, object}) => {
    if (kind === kinds.pod) {
      const {uid = ''} = object.metadata;
      // Not within the change of another: the store tells of one after the other.
      queueMicrotask(() => {
        if (type === 'DELETED') void workers.get(uid)?.vanish();
        else look(object);
      });
    } else if (kind === kinds.secret || kind === kinds.configMap) {
      const {name, namespace} = object.metadata;
      const timer = setTimeout(() => {
        refreshing.delete(timer);
        for (const worker of workers.values())
          if (worker.object.metadata.namespace === namespace) worker.objectChanged(kind.kind, name);
      }, refreshAfterMs);
      refreshing.add(timer);
    }
  });
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

  /** @throws Error with the API server's words where the node's kubelet is lost */
  function checkHeard(pod: KubeObject): void {
    const {nodeName = ''} = specOf(pod);
    if (machine.isSilent(nodeName))
      throw new Error(`error dialing backend: dial tcp ${machine.hostIP(nodeName)}:10250: connect: connection refused`);
  }

  const keepDisks = () => {
    for (const worker of workers.values()) worker.keepDisk();
  };
  // A server that starts while the disk is full meets it as well; other resources may be had once there is room.
  const looking = setInterval(() => {
    if (faults().diskFull) keepDisks();
    for (const worker of workers.values()) if (worker.awaitsRoom) void worker.resize();
  }, lookEveryMs);
  const workerOf = ({namespace, name}: {namespace: string; name: string}) =>
    [...workers.values()].find(({object: {metadata}}) => metadata.name === name && metadata.namespace === namespace) ??
    null;

  return {
    async *logs({namespace, name, container}, {follow, previous, signal}) {
      const pod = store.get(kinds.pod, namespace, name);
      if (!pod) return;
      checkHeard(pod);
      const statuses = [...(statusOf(pod).containerStatuses ?? []), ...(statusOf(pod).initContainerStatuses ?? [])];
      const count = statuses.find((one) => one.name === container)?.restartCount ?? 0;
      const running = previous ? null : workerOf({namespace, name})?.container(container)?.log;
      if (running) {
        yield* running.read(follow, signal);
        return;
      }
      yield* readLog(
        join(
          folder,
          'logs',
          `${namespace}_${name}_${pod.metadata.uid}`,
          container,
          `${previous ? count - 1 : count}.log`,
        ),
      );
    },
    async exec({namespace, name, container}, command, {stdin, stdout, stderr, signal}) {
      const worker = workerOf({namespace, name});
      if (worker) checkHeard(worker.object);
      const found = worker?.container(container);
      if (!worker || !found?.isRunning) throw new Error(`container not found ("${container}")`);
      const {code, output} = await runCommand(worker.base, found.definition, command, {stdin, stdout, stderr, signal});
      if (output !== '') stderr.write(output);
      return code;
    },
    address: (pod, port) => workerOf(pod)?.portAt(port) ?? null,
    look() {
      for (const pod of store.list(kinds.pod)) look(pod);
      for (const worker of workers.values()) worker.publish();
      keepDisks();
    },
    async close() {
      closed = true;
      endWatch();
      clearInterval(looking);
      for (const timer of refreshing) clearTimeout(timer);
      await Promise.all([...workers.values()].map((worker) => worker.shutDown()));
      gateway.close();
    },
  };
}
