// CPU and memory of containers: what differs, what a pod that runs can be given, and whether kubelet has given it.
import {compareQuantities, formatBytes, bytesOf, parseQuantity} from '../../parameters/quantity.ts';
import type {Container, Pod, Resources} from '../kubernetes.ts';

type Sized = Pick<Container, 'name' | 'resources'>;

const kinds = ['requests', 'limits'] as const;
/** Kubernetes API: the pods' `resize` subresource takes these two. */
const resizable = ['cpu', 'memory'] as const;

/**
 * Containers of `after` whose CPU or memory is another amount than before. A container that was not there before counts
 * as none.
 */
export function resizedContainers(
  before: readonly Sized[],
  after: readonly Sized[],
): readonly (Sized & {readonly resources: Resources})[] {
  return after.flatMap(({name, resources = {}}) => {
    const old = before.find((container) => container.name === name);
    return old && !sameResources(old.resources, resources) ? [{name, resources: onlyResizable(resources)}] : [];
  });
}

/**
 * Kubernetes API: resizing adds no request and no limit that would change the class of service, and takes none away.
 */
export function mayBecome(before: readonly Sized[], after: readonly Sized[]): boolean {
  const keys = (of: readonly Sized[]) =>
    of.flatMap(({name, resources}) =>
      kinds.flatMap((kind) =>
        resizable.map((resource) => `${name} ${kind} ${resource} ${resources?.[kind]?.[resource] !== undefined}`),
      ),
    );
  return keys(before).join() === keys(after).join();
}

function sameResources(a: Resources | undefined, b: Resources | undefined): boolean {
  return kinds.every((kind) => resizable.every((resource) => sameAmount(a?.[kind]?.[resource], b?.[kind]?.[resource])));
}

/** The containers that run as long as the pod does, the sidecars among its init containers included. */
export function runningContainers({spec}: Pick<Pod, 'spec'>): readonly Container[] {
  const sidecars = (spec.initContainers ?? []).filter(({restartPolicy}) => restartPolicy === 'Always');
  return [...spec.containers, ...sidecars];
}

/** The resources that a patch may not touch. */
export function withoutResizable(resources: Resources | undefined): unknown {
  const rest = kinds.map(
    (kind) =>
      [
        kind,
        Object.entries(resources?.[kind] ?? {}).filter(
          ([resource]) => !(resizable as readonly string[]).includes(resource),
        ),
      ] as const,
  );
  return Object.fromEntries(
    rest.flatMap(([kind, left]) => (left.length > 0 ? [[kind, Object.fromEntries(left)]] : [])),
  );
}

/**
 * Kubelet has given the running containers what the pod asks for. Kubernetes API: status.containerStatuses[].resources
 * is what the container runtime has; a cluster that does not say it counts as done, because it cannot resize.
 */
export function hasItsResources(pod: Pod): boolean {
  const {spec, status} = pod;
  if (resizeProblem(pod) !== null) return false;
  return (status?.containerStatuses ?? []).every(({name, resources}) => {
    const desired = spec.containers.find((container) => container.name === name)?.resources;
    return resources === undefined || sameResources(desired, resources);
  });
}

export interface ResizeProblem {
  /**
   * `Deferred`: no room on the node now. `Infeasible`: never on this node. `Error`: kubelet could not. `InProgress`:
   * kubelet is at work on it.
   */
  readonly reason: 'Deferred' | 'Infeasible' | 'Error' | 'InProgress';
  /** Kubelet's words; empty when it gave none. */
  readonly text: string;
  /** Milliseconds since the epoch; Infinity when it does not say. */
  readonly since: number;
}

/** Kubernetes API, since 1.33: conditions PodResizePending and PodResizeInProgress. Null: nothing is under way. */
export function resizeProblem({status}: Pick<Pod, 'status'>): ResizeProblem | null {
  const on = (desired: string) =>
    status?.conditions?.find(({type, status: state}) => type === desired && state === 'True');
  const [pending, progress] = [on('PodResizePending'), on('PodResizeInProgress')];
  const found = pending ?? progress;
  if (!found) return null;
  const reason = pending
    ? pending.reason === 'Infeasible'
      ? 'Infeasible'
      : 'Deferred'
    : progress?.reason === 'Error'
      ? 'Error'
      : 'InProgress';
  return {reason, text: found.message ?? '', since: Date.parse(found.lastTransitionTime ?? '') || Infinity};
}

/**
 * Why kubelet would not lower the memory of a running container, to follow "because"; null: it may. For a container
 * that has restarted in its pod it also gets the earlier one of that name, which uses nothing (`cannot decrease memory
 * limits: missing container "postgresql" memory usage`), however often it tries. Seen on Kubernetes 1.34 with
 * containerd.
 */
export function loweringProblem(
  {spec, status}: Pick<Pod, 'spec' | 'status'>,
  resized: readonly Sized[],
): string | null {
  const limitOf = ({resources}: Sized) => resources?.limits?.['memory'];
  const lowered = resized.find((after) => {
    const before = spec.containers.find(({name}) => name === after.name);
    const isLess = compareQuantities((before && limitOf(before)) ?? '0', limitOf(after) ?? '0') > 0;
    const restarts = status?.containerStatuses?.find(({name}) => name === after.name)?.restartCount ?? 0;
    return isLess && restarts > 0;
  });
  return lowered === undefined
    ? null
    : `its container ${lowered.name} has restarted in its pod, and a node does not lower the memory of such a one`;
}

/** `500m CPU and 1Gi memory`. */
export function resourcesText({cpu, memory}: {readonly cpu: string; readonly memory: string}): string {
  return `${cpu} CPU and ${parseQuantity(memory) === null ? memory : formatBytes(bytesOf(memory))} memory`;
}

function onlyResizable(resources: Resources): Resources {
  return Object.fromEntries(
    kinds.flatMap((kind) => {
      const own = resizable.flatMap((resource) =>
        resources[kind]?.[resource] === undefined ? [] : [[resource, resources[kind][resource]] as const],
      );
      return own.length > 0 ? [[kind, Object.fromEntries(own)]] : [];
    }),
  );
}

function sameAmount(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return compareQuantities(String(a), String(b)) === 0;
}
