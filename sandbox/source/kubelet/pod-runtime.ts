// What the API asks of the pods: their logs, commands in their containers, and where their ports listen.
import {join} from 'node:path';
import type {PodRuntime} from '../pod-runtime.ts';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {PodName} from '../parts.ts';
import {readLog} from './container-log.ts';
import {runCommand} from './exec/run-command.ts';
import type {Machine} from './machine.ts';
import {specOf, statusOf} from './pod.ts';
import type {PodWorker} from './pod-worker.ts';

/** @param workers by uid of their pods */
export function podRuntime(machine: Machine, workers: ReadonlyMap<string, PodWorker>): PodRuntime {
  const {store, folder} = machine;
  const workerOf = ({namespace, name}: PodName) =>
    [...workers.values()].find(({object: {metadata}}) => metadata.name === name && metadata.namespace === namespace) ??
    null;
  return {
    async *logs({namespace, name, container}, {follow, previous, signal}) {
      const pod = store.get(kinds.pod, namespace, name);
      if (!pod) return;
      checkHeard(machine, pod);
      const running = previous ? null : workerOf({namespace, name})?.container(container)?.log;
      if (running) {
        yield* running.read(follow, signal);
        return;
      }
      const run = restartCountOf(pod, container) - (previous ? 1 : 0);
      yield* readLog(join(folder, 'logs', `${namespace}_${name}_${pod.metadata.uid}`, container, `${run}.log`));
    },
    async exec({namespace, name, container}, command, {stdin, stdout, stderr, signal}) {
      const worker = workerOf({namespace, name});
      if (worker) checkHeard(machine, worker.object);
      const found = worker?.container(container);
      if (!worker || !found?.isRunning) throw new Error(`container not found ("${container}")`);
      const {code, output} = await runCommand(worker.base, found.definition, command, {stdin, stdout, stderr, signal});
      if (output !== '') stderr.write(output);
      return code;
    },
    address: (pod, port) => workerOf(pod)?.portAt(port) ?? null,
  };
}

/** @throws Error with the API server's words where the node's kubelet is lost */
function checkHeard(machine: Machine, pod: KubeObject): void {
  const {nodeName = ''} = specOf(pod);
  if (machine.isSilent(nodeName))
    throw new Error(`error dialing backend: dial tcp ${machine.hostIP(nodeName)}:10250: connect: connection refused`);
}

function restartCountOf(pod: KubeObject, container: string): number {
  const {containerStatuses = [], initContainerStatuses = []} = statusOf(pod);
  return [...containerStatuses, ...initContainerStatuses].find(({name}) => name === container)?.restartCount ?? 0;
}
