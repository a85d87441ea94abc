// How many readers a commit waits for: postgres-config.ts writes it into the writer's file of settings, which the
// server reads again while it runs. The chart's own replication.numSynchronousReplicas is read at a start alone, and
// the first start of a database would wait for readers that it does not let in yet.
import type {ChartParameter} from './chart-parameter.ts';
import {ownTextIn} from './postgres-config.ts';

export const synchronousReplicas: ChartParameter<number> = {
  owns: [],
  write: () => ({}),
  read: (values) => ownTextIn(values)?.synchronousReplicas ?? 0,
};
