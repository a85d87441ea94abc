// Whether a pod's node can give its containers the other resources that they are to have. Kubernetes 1.34:
// pkg/kubelet/allocation.
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {Store} from '../store/store.ts';
import {specOf, statusOf, type Condition, type Container, type ContainerStatus} from './pod.ts';

interface Resized {
  /** False: the containers keep what they have. */
  readonly given: boolean;
  readonly conditions: readonly Condition[];
}

const units: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};
const over = ['Succeeded', 'Failed'];

/** Every other pod of the node counts with what it requests. */
export function resized(store: Store, pod: KubeObject): Resized {
  const {nodeName} = specOf(pod);
  const node = store.get(kinds.node, null, nodeName ?? '')?.['status'] as
    {allocatable?: Record<string, string>} | undefined;
  const others = store
    .list(kinds.pod)
    .filter(
      (one) =>
        specOf(one).nodeName === nodeName &&
        one.metadata.uid !== pod.metadata.uid &&
        !over.includes(statusOf(one).phase ?? ''),
    );
  for (const resource of ['cpu', 'memory'] as const) {
    const capacity = amount(node?.allocatable?.[resource]);
    const wanted = requested(pod, resource);
    const used = others.reduce((sum, one) => sum + requested(one, resource), 0);
    if (wanted > capacity)
      return refused(
        'Infeasible',
        `Node didn't have enough capacity: ${resource}, requested: ${shown(wanted, resource)}, capacity: ` +
          `${shown(capacity, resource)}`,
      );
    if (wanted + used > capacity)
      return refused(
        'Deferred',
        `Node didn't have enough resource: ${resource}, requested: ${shown(wanted, resource)}, used: ` +
          `${shown(used, resource)}, capacity: ${shown(capacity, resource)}`,
      );
  }
  return {given: true, conditions: []};
}

/** The condition of a pod whose memory limits are to fall below what it uses: kubelet tries again. `usage`: bytes. */
export function belowUsage(
  containers: readonly Container[],
  statuses: readonly ContainerStatus[],
  usage: number,
): readonly Condition[] {
  const low = lowered(containers, statuses).filter(({limit}) => limit < usage);
  if (low.length === 0) return [];
  const words = low.map(
    ({name, limit}) => `attempting to set container "${name}" memory limit (${limit}) below current usage (${usage})`,
  );
  const whole =
    containers.length === low.length
      ? [
          `attempting to set pod memory limit (${low.reduce((sum, {limit}) => sum + limit, 0)}) below current ` +
            `usage (${usage})`,
        ]
      : [];
  return [
    {
      type: 'PodResizeInProgress',
      status: 'True',
      reason: 'Error',
      message: `cannot decrease memory limits: [${[...whole, ...words].join(', ')}]`,
    },
  ];
}

/** The containers whose memory limit is to be lower than it is now. Bytes. */
export function lowered(
  containers: readonly Container[],
  statuses: readonly ContainerStatus[],
): {name: string; limit: number}[] {
  return containers.flatMap(({name, resources}) => {
    const [limit, before] = [resources, statuses.find((one) => one.name === name)?.resources].map((one) =>
      amount(one?.limits?.['memory']),
    );
    return limit && before && limit < before ? [{name, limit}] : [];
  });
}

/** `500m` → 0.5, `1Gi` → 1073741824; 0 for nothing. */
function amount(quantity: string | undefined): number {
  const [, number = '0', unit = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(quantity ?? '') ?? [];
  return Number(number) * (unit === '' ? 1 : (units[unit] ?? 0));
}

function requested(pod: KubeObject, resource: 'cpu' | 'memory'): number {
  return specOf(pod).containers.reduce(
    (sum, {resources}) => sum + amount(resources?.requests?.[resource] ?? resources?.limits?.[resource]),
    0,
  );
}

/** As kubelet shows them: thousandths of a CPU, bytes. */
function shown(value: number, resource: 'cpu' | 'memory'): number {
  return resource === 'cpu' ? Math.round(value * 1000) : value;
}

function refused(reason: 'Infeasible' | 'Deferred', message: string): Resized {
  return {given: false, conditions: [{type: 'PodResizePending', status: 'True', reason, message}]};
}
