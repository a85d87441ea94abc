// Labels that a node must have. The type of instance is one of them, and has its own parameter.
import {instanceTypeLabel} from '../../parameters/identifiers.ts';
import {type NodeSelector} from '../../parameters/descriptors/node-selector.ts';
import {ofReaders} from '../../parameters/readers.ts';
import {at, isObject} from '../tree.ts';
import {inEach, type ChartParameter} from './chart-parameter.ts';

export const nodeSelector: ChartParameter<NodeSelector> = {
  // instance-type.ts owns the path.
  owns: [],
  write: (value, _naming, all) =>
    inEach(value, ofReaders({...all, nodeSelector: value}).nodeSelector, (labels) =>
      Object.keys(labels).length === 0 ? {} : {nodeSelector: labels},
    ),
  read: (values) => labelsIn(values['primary']),
};

/** Undefined: the values of the writer or of the readers do not have them as labels and texts. */
export function labelsIn(component: unknown): NodeSelector | undefined {
  const selector = at(component, ['nodeSelector']);
  if (selector === undefined) return {};
  if (!isObject(selector)) return undefined;
  const rest = Object.entries(selector).filter(([key]) => key !== instanceTypeLabel);
  return rest.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(rest.sort(([a], [b]) => (a < b ? -1 : 1)))
    : undefined;
}
