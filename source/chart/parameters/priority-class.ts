// Which pods get a place first where there is no room for all.
import {priorityClass as descriptor} from '../../parameters/descriptors/priority-class.ts';
import {inBoth, optionalTextInBoth, type ChartParameter} from './chart-parameter.ts';

export const priorityClass: ChartParameter<string | null> = {
  ...optionalTextInBoth(descriptor, 'priorityClassName'),
  // Undefined in the Lease of an operation that an earlier version of this program began.
  write: (value = null) => (value === null ? {} : inBoth({priorityClassName: value})),
};
