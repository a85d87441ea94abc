// rollback: what an earlier revision wanted is wanted again.
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {operationOf} from './operation-of.ts';

export const runRollback: Run = async (invocation) => changeRelease(invocation, operationOf('rollback', invocation));
