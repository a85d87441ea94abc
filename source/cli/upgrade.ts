// upgrade: another version of the chart or of the images, within the major version of PostgreSQL.
import {upgraded} from '../client/edits.ts';
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {operationOf} from './operation-of.ts';
import {text} from './session.ts';

export const runUpgrade: Run = async (invocation) => {
  const {images, chartVersion} = operationOf('upgrade', invocation);
  const edit = upgraded(images, chartVersion);
  // A path that is named has one version: that is the one which is meant.
  const isAny = chartVersion === null && text(invocation.options['chart']) !== null;
  return changeRelease(invocation, async () => (isAny ? {...edit, chartVersion: 'any'} : edit));
};
