// upgrade: changes the version of the chart or of the images, within the major version of PostgreSQL.
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {operationOf} from './operation-of.ts';

export const runUpgrade: Run = async (invocation) => changeRelease(invocation, operationOf('upgrade', invocation));
