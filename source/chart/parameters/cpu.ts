// What each pod asks for. The chart has CPU and memory in one value, and a preset for both.
import {cpu as descriptor} from '../../parameters/descriptors/cpu.ts';
import {memory} from '../../parameters/descriptors/memory.ts';
import {mainFlag, ownedInBoth, textInEach, type ChartParameter} from './chart-parameter.ts';

export const cpu: ChartParameter<string> = {
  ...textInEach(descriptor, 'resources.requests.cpu', 'cpu'),
  owns: ownedInBoth(`${mainFlag(descriptor)} and ${mainFlag(memory)}`, 'resources', 'resourcesPreset'),
};
