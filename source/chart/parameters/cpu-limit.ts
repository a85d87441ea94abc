// How much CPU each pod may use at most.
import {cpuLimit as descriptor} from '../../parameters/descriptors/cpu-limit.ts';
import {inBoth, optionalTextInBoth, type ChartParameter} from './chart-parameter.ts';

export const cpuLimit: ChartParameter<string | null> = {
  ...optionalTextInBoth(descriptor, 'resources.limits.cpu'),
  // The Lease of an operation that an earlier version began does not say it.
  write: (value = null) => (value === null ? {} : inBoth({resources: {limits: {cpu: value}}})),
};
