// resize: more or less CPU and memory, another type of node, larger disks.
import {badInput} from '../core/cause.ts';
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {operationOf} from './operation-of.ts';

export const runResize: Run = async (invocation) => {
  const operation = operationOf('resize', invocation);
  if (Object.keys(operation.sizes).length === 0)
    throw badInput(
      'What is to be another size? Add --cpu, --memory, --instance-type or --storage-size; for the readers alone ' +
        '--reader-cpu, --reader-memory or --reader-storage-size.',
    );
  return changeRelease(invocation, operation);
};
