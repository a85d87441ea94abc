// restart: each reader, then the writer, once and proven before the next. They get the newest definition by it.
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {operationOf} from './operation-of.ts';

export const runRestart: Run = async (invocation) => changeRelease(invocation, operationOf('restart', invocation));
