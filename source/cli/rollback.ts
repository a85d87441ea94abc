// rollback: goes back to what an earlier revision wanted.
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {operationOf} from './operation-of.ts';

export const runRollback: Run = async (invocation) => changeRelease(invocation, operationOf('rollback', invocation));
