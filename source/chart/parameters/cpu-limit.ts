// How much CPU each pod may use at most.
import {cpuLimit as descriptor} from '../../parameters/descriptors/cpu-limit.ts';
import {ofReaders} from '../../parameters/readers.ts';
import {components, optionalTextInBoth, quantityAt, textAt, type ChartParameter} from './chart-parameter.ts';

const path = ['primary', 'resources', 'limits', 'cpu'];

export const cpuLimit: ChartParameter<string | null> = {
  ...optionalTextInBoth(descriptor, 'resources.limits.cpu'),
  // The Lease of an operation that an earlier version began does not say it.
  write(value = null, _naming, all) {
    const limits = [value, ofReaders({...all, cpuLimit: value}).cpuLimit];
    const written = components.map((component, index) => [component, limits[index] ?? null] as const);
    return Object.fromEntries(
      written.flatMap(([component, cpu]) => (cpu === null ? [] : [[component, {resources: {limits: {cpu}}}]])),
    );
  },
  read: (values) => (textAt(values, path) === undefined ? null : quantityAt(values, path)),
};
