// How much CPU each pod may use at most.
import {cpuLimit as descriptor} from '../../parameters/descriptors/cpu-limit.ts';
import {ofReaders} from '../../parameters/readers.ts';
import {textAt, type Values} from '../tree.ts';
import {inEach, mainFlag, ownedInBoth, quantityAt, type ChartParameter} from './chart-parameter.ts';

const path = ['primary', 'resources', 'limits', 'cpu'];

export const cpuLimit: ChartParameter<string | null> = {
  owns: ownedInBoth(mainFlag(descriptor), 'resources.limits.cpu'),
  // Undefined in the Lease of an operation that an earlier version of this program began.
  write: (value = null, _naming, all) => inEach(value, ofReaders({...all, cpuLimit: value}).cpuLimit, limited),
  read: (values) => (textAt(values, path) === undefined ? null : quantityAt(values, path)),
};

const limited = (cpu: string | null | undefined): Values => (cpu === null ? {} : {resources: {limits: {cpu}}});
