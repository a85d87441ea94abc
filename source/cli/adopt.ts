// adopt: a release that plain helm made becomes one of ours, where it stands.
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {operationOf} from './operation-of.ts';

export const runAdopt: Run = async (invocation) => changeRelease(invocation, operationOf('adopt', invocation));
