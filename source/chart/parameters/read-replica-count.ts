// How many readers follow the writer.
import {readReplicaCount as descriptor} from '../../parameters/descriptors/read-replica-count.ts';
import {at} from '../tree.ts';
import {mainFlag, owned, type ChartParameter} from './chart-parameter.ts';

export const readReplicaCount: ChartParameter<number> = {
  owns: owned(mainFlag(descriptor), 'readReplicas.replicaCount'),
  write: (replicaCount) => ({readReplicas: {replicaCount}}),
  read: (values) => {
    const count = at(values, ['readReplicas', 'replicaCount']);
    return typeof count === 'number' ? count : undefined;
  },
};
