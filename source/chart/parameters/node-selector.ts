// Labels that a node must have. The type of instance is one of them, and has its own parameter.
import {instanceTypeLabel} from '../../parameters/identifiers.ts';
import {type NodeSelector} from '../../parameters/descriptors/node-selector.ts';
import {at, isObject} from '../tree.ts';
import {fromBoth, inBoth, type ChartParameter} from './chart-parameter.ts';

export const nodeSelector: ChartParameter<NodeSelector> = {
  // instance-type.ts owns the path.
  owns: [],
  // Undefined in the Lease of an operation that an earlier version of this program began.
  write: (value = {}) => (Object.keys(value).length === 0 ? {} : inBoth({nodeSelector: value})),
  read: (values) => fromBoth(values, (component) => labelsIn(at(component, ['nodeSelector']))),
};

function labelsIn(selector: unknown): NodeSelector | undefined {
  if (selector === undefined) return {};
  if (!isObject(selector)) return undefined;
  const rest = Object.entries(selector).filter(([key]) => key !== instanceTypeLabel);
  return rest.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(rest.sort(([a], [b]) => (a < b ? -1 : 1)))
    : undefined;
}
