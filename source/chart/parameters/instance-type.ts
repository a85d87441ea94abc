// The nodes that the database runs on.
import {instanceType as descriptor} from '../../parameters/descriptors/instance-type.ts';
import {nodeSelector} from '../../parameters/descriptors/node-selector.ts';
import {instanceTypeLabel} from '../../parameters/identifiers.ts';
import {fromBoth, inBoth, mainFlag, ownedInBoth, type ChartParameter} from './chart-parameter.ts';
import {textAt} from '../tree.ts';

export const instanceType: ChartParameter<string> = {
  owns: [
    ...ownedInBoth(`${mainFlag(descriptor)} and ${mainFlag(nodeSelector)}`, 'nodeSelector'),
    ...ownedInBoth(mainFlag(descriptor), 'nodeAffinityPreset'),
  ],
  write: (value) => (value === 'any' ? {} : inBoth({nodeSelector: {[instanceTypeLabel]: value}})),
  read: (values) => fromBoth(values, (component) => textAt(component, ['nodeSelector', instanceTypeLabel]) ?? 'any'),
};
