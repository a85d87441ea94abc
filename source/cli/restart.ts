// restart: each reader, then the writer, one at a time and each proven before the next. Every pod gets its newest
// template.
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {operationOf} from './operation-of.ts';

export const runRestart: Run = async (invocation) => changeRelease(invocation, operationOf('restart', invocation));
