// How much CPU each pod may use at most.
import {cpuLimit as descriptor} from '../../parameters/descriptors/cpu-limit.ts';
import {inBoth, optionalTextInBoth, type ChartParameter} from './chart-parameter.ts';

export const cpuLimit: ChartParameter<string | null> = {
  ...optionalTextInBoth(descriptor, 'resources.limits.cpu'),
  // What an operation of before recorded does not say it.
  write: (value = null) => (value === null ? {} : inBoth({resources: {limits: {cpu: value}}})),
};
