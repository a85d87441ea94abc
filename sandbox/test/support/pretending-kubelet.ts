// A kubelet without processes: pods that have a node and their claims become ready at once, and go when they are
// deleted.
import {kinds} from '../../source/store/kinds.ts';
import type {KubeObject} from '../../source/store/objects.ts';
import {timestamp, type Store} from '../../source/store/store.ts';
import type {Kubelet, Network, PodName} from '../../source/parts.ts';

export interface Pretending extends Kubelet {
  /** Pods that are to stay as they are, by `namespace/name`. */
  readonly held: Set<string>;
  /** Where a port of a pod is said to listen. */
  listen: (pod: PodName, port: number) => {host: string; port: number} | null;
}

export function pretendingKubelet({
  store,
  network,
}: {
  readonly store: Store;
  readonly network: Pick<Network, 'addressForPod'>;
}): Pretending {
  const held = new Set<string>();
  const end = store.onChange(({type, kind, object}) => {
    if (kind === kinds.pod && type !== 'DELETED')
      setImmediate(() => sync(object.metadata.namespace ?? '', object.metadata.name));
  });
  return {
    held,
    listen: () => null,
    async *logs() {
      yield {time: new Date(), line: 'pretended'};
    },
    exec: async () => 0,
    address(pod, port) {
      return this.listen(pod, port);
    },
    look: () => undefined,
    close: async () => void end(),
  };

  function sync(namespace: string, name: string): void {
    const pod = store.get(kinds.pod, namespace, name);
    if (!pod || held.has(`${namespace}/${name}`)) return;
    const {nodeName, containers} = pod['spec'] as {nodeName?: string; containers: {name: string; image: string}[]};
    if (!nodeName) return;
    if (pod.metadata.deletionTimestamp) return void store.remove(kinds.pod, namespace, name);
    const status = pod['status'] as {phase?: string; conditions?: {type: string}[]};
    if (status.phase !== 'Pending') return;
    store.update(kinds.pod, {
      ...pod,
      status: {...status, ...running(network.addressForPod({namespace, name}), containers, status.conditions ?? [])},
    });
  }
}

function running(
  podIP: string,
  containers: readonly {name: string; image: string}[],
  before: readonly {type: string}[],
): Record<string, unknown> {
  const now = timestamp();
  const conditions = ['Initialized', 'Ready', 'ContainersReady'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: now,
  }));
  return {
    phase: 'Running',
    podIP,
    podIPs: [{ip: podIP}],
    startTime: now,
    conditions: [...before.filter(({type}) => type === 'PodScheduled'), ...conditions],
    containerStatuses: containers.map(({name, image}) => ({
      name,
      image,
      ready: true,
      restartCount: 0,
      started: true,
      state: {running: {startedAt: now}},
    })),
  };
}

/** For assertions: the names of objects. */
export const namesOf = (objects: readonly KubeObject[]) => objects.map(({metadata}) => metadata.name);
