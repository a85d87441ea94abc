// The tolerations that both components get from extra values.
import type {Toleration} from '../parameters/tolerations.ts';
import {components, fromBoth} from './parameters/chart-parameter.ts';
import {at, isObject, type Values} from './tree.ts';

/** Empty where writer and readers differ: then the nodes of one are not those of the other. */
export function tolerationsIn(extra: Values = {}): readonly Toleration[] {
  if (!components.every((component) => Array.isArray(at(extra, [component, 'tolerations'])))) return [];
  const both = fromBoth(extra, (component) => at(component, ['tolerations']) as readonly unknown[] | undefined);
  return (both ?? []).filter(isObject);
}
