// Which pods get a place first where there is no room for all.
import {priorityClass as descriptor} from '../../parameters/descriptors/priority-class.ts';
import {ofReaders} from '../../parameters/readers.ts';
import {textAt} from '../tree.ts';
import {inEach, mainFlag, ownedInBoth, type ChartParameter} from './chart-parameter.ts';

export const priorityClass: ChartParameter<string | null> = {
  owns: ownedInBoth(mainFlag(descriptor), 'priorityClassName'),
  write: (value, _naming, all) =>
    inEach(value, ofReaders({...all, priorityClass: value}).priorityClass, (one) =>
      one === null ? {} : {priorityClassName: one},
    ),
  read: (values) => textAt(values, ['primary', 'priorityClassName']) ?? null,
};
