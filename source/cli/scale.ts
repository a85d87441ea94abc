// scale: changes the number of readers. The writer is not touched.
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {nameAgain} from './confirm.ts';
import {operationOf} from './operation-of.ts';

export const runScale: Run = async (invocation) => {
  const operation = operationOf('scale', invocation);
  nameAgain(invocation, operation.deleteVolumes ? '--delete-volumes deletes volumes' : null);
  return changeRelease(invocation, operation);
};
