// What the readers' values say differently from the writer's. Each of these parameters writes its own values for both;
// here they are only read.
import {readerParts, type Readers, type ReaderPart} from '../../parameters/descriptors/readers.ts';
import {at, textAt, type Path} from '../tree.ts';
import {components, quantityAt, type ChartParameter} from './chart-parameter.ts';
import {exposureOfType} from './exposure.ts';

const paths: Readonly<Record<ReaderPart, Path>> = {
  cpu: ['resources', 'requests', 'cpu'],
  memory: ['resources', 'requests', 'memory'],
  cpuLimit: ['resources', 'limits', 'cpu'],
  storageSize: ['persistence', 'size'],
  exposure: ['service', 'type'],
};

export const readers: ChartParameter<Readers> = {
  owns: [],
  write: () => ({}),
  read(values) {
    const read = readerParts.map(
      (part) => [part, ...components.map((one) => partIn(part, at(values, [one])))] as const,
    );
    if (read.some(([, , own]) => own === undefined)) return undefined;
    return Object.fromEntries(read.filter(([, writers, own]) => writers !== own).map(([part, , own]) => [part, own]));
  },
};

/** Undefined: the values are not of the shape that the parameters give. */
function partIn(part: ReaderPart, component: unknown): string | undefined {
  const path = paths[part];
  if (part === 'exposure') return exposureOfType(textAt(component, path));
  return part === 'cpuLimit' && textAt(component, path) === undefined ? 'none' : quantityAt(component, path);
}
