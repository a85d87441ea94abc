// The nodes that the database runs on.
import {instanceType as descriptor} from '../../parameters/descriptors/instance-type.ts';
import {nodeSelector} from '../../parameters/descriptors/node-selector.ts';
import {instanceTypeLabel} from '../../parameters/identifiers.ts';
import {inEach, mainFlag, ownedInBoth, type ChartParameter} from './chart-parameter.ts';
import {textAt} from '../tree.ts';

export const instanceType: ChartParameter<string> = {
  owns: [
    ...ownedInBoth(`${mainFlag(descriptor)} and ${mainFlag(nodeSelector)}`, 'nodeSelector'),
    ...ownedInBoth(mainFlag(descriptor), 'nodeAffinityPreset'),
  ],
  write: (value, _naming, {readers}) =>
    inEach(value, readers?.instanceType ?? value, (one) =>
      one === 'any' ? {} : {nodeSelector: {[instanceTypeLabel]: one}},
    ),
  read: (values) => typeIn(values['primary']),
};

/** The type of node that the values of the writer or of the readers ask for. */
export function typeIn(component: unknown): string {
  return textAt(component, ['nodeSelector', instanceTypeLabel]) ?? 'any';
}
