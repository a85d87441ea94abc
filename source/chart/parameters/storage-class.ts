// The StorageClass of the volumes. The chart's global values would take precedence over it.
import {storageClass as descriptor} from '../../parameters/descriptors/storage-class.ts';
import {mainFlag, optionalTextInBoth, owned, type ChartParameter} from './chart-parameter.ts';

const ofBoth = optionalTextInBoth(descriptor, 'persistence.storageClass');

export const storageClass: ChartParameter<string | null> = {
  ...ofBoth,
  owns: [...owned(mainFlag(descriptor), 'global.storageClass', 'global.defaultStorageClass'), ...ofBoth.owns],
};
