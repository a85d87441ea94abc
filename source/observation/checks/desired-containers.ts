// The containers that a release is to have, with what they request and may use: what quotas and limit ranges judge.
import {exporterResources} from '../../chart/parameters/metrics.ts';
import {textAt} from '../../chart/tree.ts';
import {milliCpuOf} from '../../parameters/quantity.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {ofReaders} from '../../parameters/readers.ts';
import type {LimitRange} from '../kubernetes.ts';

/** Each has as much memory as it requests. */
export interface DesiredContainer {
  readonly name: 'database' | 'exporter';
  readonly cpu: string;
  readonly memory: string;
  readonly cpuLimit: string | null;
}

/** The containers of each pod, the writer's first. */
export function desiredPods(parameters: Parameters): readonly (readonly DesiredContainer[])[] {
  const readers = Array.from({length: parameters.readReplicaCount}, () => ofReaders(parameters));
  const beside = parameters.metrics === 'off' ? [] : [exporterOf(parameters)];
  return [parameters, ...readers].map(({cpu, memory, cpuLimit}) => [
    {name: 'database', cpu, memory, cpuLimit},
    ...beside,
  ]);
}

/** The file of --values may give the exporter other resources. */
function exporterOf(parameters: Parameters): DesiredContainer {
  const {requests, limits} = exporterResources(parameters);
  const given = (...path: readonly string[]) => textAt(parameters.extraValues, ['metrics', 'resources', ...path]);
  return {
    name: 'exporter',
    cpu: given('requests', 'cpu') ?? requests.cpu,
    memory: given('requests', 'memory') ?? requests.memory,
    cpuLimit: given('limits', 'cpu') ?? limits.cpu ?? null,
  };
}

/**
 * The CPU limit that the container gets; null: none. A LimitRange gives one to a container that states none, and its
 * maximum where it has no default. Source: Kubernetes API, LimitRangeItem.
 */
export function givenCpuLimit({cpuLimit}: DesiredContainer, ranges: readonly LimitRange[]): string | null {
  return cpuLimit ?? defaultCpuLimit(ranges);
}

export function defaultCpuLimit(ranges: readonly LimitRange[]): string | null {
  const items = ranges.flatMap(({spec}) => spec?.limits ?? []).filter(({type}) => type === 'Container');
  return items.map((item) => item.default?.['cpu'] ?? item.max?.['cpu']).find((cpu) => cpu !== undefined) ?? null;
}

/** In thousandths; null: no container has one. */
export function cpuLimitsTogether(
  containers: readonly DesiredContainer[],
  ranges: readonly LimitRange[],
): number | null {
  const limits = containers.flatMap((one) => givenCpuLimit(one, ranges) ?? []);
  return limits.length === 0 ? null : limits.reduce((sum, limit) => sum + milliCpuOf(limit), 0);
}
