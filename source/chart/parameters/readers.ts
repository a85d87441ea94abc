// What the readers' values say differently from the writer's. Each of these parameters writes its own values for both;
// here they are only read.
import {labelsText, type NodeSelector} from '../../parameters/descriptors/node-selector.ts';
import {readerParts, type Readers, type ReaderPart} from '../../parameters/descriptors/readers.ts';
import {textAt} from '../tree.ts';
import {components, quantityAt, type ChartParameter} from './chart-parameter.ts';
import {exposureOfType} from './exposure.ts';
import {typeIn} from './instance-type.ts';
import {labelsIn} from './node-selector.ts';

/**
 * How each part is read from the values of the writer or of the readers. Undefined: they are not of the shape that the
 * parameters give.
 */
const read: Readonly<Record<ReaderPart, (component: unknown) => string | undefined>> = {
  cpu: (from) => quantityAt(from, ['resources', 'requests', 'cpu']),
  memory: (from) => quantityAt(from, ['resources', 'requests', 'memory']),
  cpuLimit: (from) => (textAt(from, limit) === undefined ? 'none' : quantityAt(from, limit)),
  storageSize: (from) => quantityAt(from, ['persistence', 'size']),
  exposure: (from) => exposureOfType(textAt(from, ['service', 'type'])),
  instanceType: typeIn,
  nodeSelector: (from) => textOf(labelsIn(from)),
  priorityClass: (from) => textAt(from, ['priorityClassName']) ?? 'none',
};
const limit = ['resources', 'limits', 'cpu'];
const textOf = (labels: NodeSelector | undefined) => labels && labelsText(labels);

export const readers: ChartParameter<Readers> = {
  owns: [],
  write: () => ({}),
  read(values) {
    const found = readerParts.map((part) => [part, ...components.map((one) => read[part](values[one]))] as const);
    if (found.some(([, , own]) => own === undefined)) return undefined;
    return Object.fromEntries(found.filter(([, writers, own]) => writers !== own).map(([part, , own]) => [part, own]));
  },
};
