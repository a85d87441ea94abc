// What each pod gets: request and limit are the same.
import {memory as descriptor} from '../../parameters/descriptors/memory.ts';
import {inEach, textInEach, type ChartParameter} from './chart-parameter.ts';

export const memory: ChartParameter<string> = {
  ...textInEach(descriptor, 'resources.requests.memory', 'memory'),
  // cpu.ts owns all of `resources`.
  owns: [],
  write: (value, _naming, {readers}) =>
    inEach(value, readers?.memory ?? value, (memory) => ({resources: {requests: {memory}, limits: {memory}}})),
};
