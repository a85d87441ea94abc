// resize: more or less CPU and memory, another type of node, larger disks.
import {badInput} from '../core/cause.ts';
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {resized} from '../client/edits.ts';
import {operationOf} from './operation-of.ts';

export const runResize: Run = async (invocation) => {
  const {sizes} = operationOf('resize', invocation);
  if (Object.keys(sizes).length === 0)
    throw badInput('What is to be another size? Add --cpu, --memory, --instance-type or --storage-size.');
  return changeRelease(invocation, async () => resized(sizes));
};
