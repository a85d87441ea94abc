// Where extra values have the pods run: what they tolerate, and which nodes they need.
import type {Toleration} from '../parameters/tolerations.ts';
import {components, fromBoth} from './parameters/chart-parameter.ts';
import {at, isObject, listAt, type Path, type Values} from './tree.ts';

/** Empty where writer and readers differ: then the nodes of one are not those of the other. */
export function tolerationsIn(extra: Values = {}): readonly Toleration[] {
  if (!components.every((component) => Array.isArray(at(extra, [component, 'tolerations'])))) return [];
  const both = fromBoth(extra, (component) => at(component, ['tolerations']) as readonly unknown[] | undefined);
  return (both ?? []).filter(isObject);
}

const required: Path = [
  'affinity',
  'nodeAffinity',
  'requiredDuringSchedulingIgnoredDuringExecution',
  'nodeSelectorTerms',
];

/** The terms of which a node must match one; empty where there are none. */
export function requiredNodesIn(extra: Values = {}, who: 'writer' | 'readers'): readonly Values[] {
  const [writer, readers] = components;
  return listAt(extra, [who === 'writer' ? writer : readers, ...required]).filter(isObject);
}
