// Which pods go first where there is no room for all.
import {priorityClass as descriptor} from '../../parameters/descriptors/priority-class.ts';
import {inBoth, optionalTextInBoth, type ChartParameter} from './chart-parameter.ts';

export const priorityClass: ChartParameter<string | null> = {
  ...optionalTextInBoth(descriptor, 'priorityClassName'),
  // The Lease of an operation that an earlier version began does not say it.
  write: (value = null) => (value === null ? {} : inBoth({priorityClassName: value})),
};
