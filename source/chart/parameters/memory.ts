// What each pod gets: request and limit are the same.
import {memory as descriptor} from '../../parameters/descriptors/memory.ts';
import {inBoth, textInBoth, type ChartParameter} from './chart-parameter.ts';

export const memory: ChartParameter<string> = {
  ...textInBoth(descriptor, 'resources.requests.memory'),
  // cpu.ts owns all of `resources`.
  owns: [],
  write: (value) => inBoth({resources: {requests: {memory: value}, limits: {memory: value}}}),
};
