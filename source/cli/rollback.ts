// rollback: what an earlier revision wanted is wanted again.
import {badInput} from '../core/cause.ts';
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {rolledBack} from './rollback-edit.ts';

export const runRollback: Run = async (invocation) => {
  const [asked = null] = invocation.words;
  if (asked !== null && !/^[1-9]\d{0,8}$/.test(asked))
    throw badInput(`"${asked}" is not a revision. Right is a number that history lists, such as 3.`);
  return changeRelease(invocation, ({connection, target}) =>
    rolledBack(connection.api, target, asked === null ? null : Number(asked)),
  );
};
