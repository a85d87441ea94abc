// rollback: what an earlier revision wanted is wanted again.
import {rolledBack} from '../client/rollback-edit.ts';
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {operationOf} from './operation-of.ts';

export const runRollback: Run = async (invocation) => {
  const {revision} = operationOf('rollback', invocation);
  return changeRelease(invocation, ({connection, target}) => rolledBack(connection.api, target, revision));
};
