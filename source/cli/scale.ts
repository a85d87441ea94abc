// scale: another number of readers. The writer is not touched.
import {badInput} from '../core/cause.ts';
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {operationOf} from './operation-of.ts';
import {text} from './session.ts';

export const runScale: Run = async (invocation) => {
  const {options, release} = invocation;
  const operation = operationOf('scale', invocation);
  const confirmed = text(options['confirm']);
  if (confirmed !== null && confirmed !== release)
    throw badInput(`--confirm: "${confirmed}" is not the release's name.`);
  if (operation.deleteVolumes && options['yes'] === true && confirmed === null && options['dryRun'] !== true) {
    throw badInput(
      `--delete-volumes deletes volumes for good. With --yes, name the release again: --confirm ${release ?? 'NAME'}`,
    );
  }
  return changeRelease(invocation, operation);
};
