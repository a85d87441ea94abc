// scale: another number of readers. The writer is not touched.
import {badInput} from '../core/cause.ts';
import {readReplicaCount as readers} from '../parameters/descriptors/read-replica-count.ts';
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {scaled} from './edits.ts';
import {text} from './session.ts';

export const runScale: Run = async (invocation) => {
  const {options, release} = invocation;
  const asked = text(options['readReplicas']);
  if (asked === null) throw badInput('How many readers? Add --read-replicas with a number from 0 to 15.');
  const read = readers.parse(asked);
  if ('problem' in read) throw badInput(`--read-replicas: ${read.problem}`);
  const readReplicaCount = read.value;
  const deleteVolumes = options['deleteVolumes'] === true;
  const confirmed = text(options['confirm']);
  if (confirmed !== null && confirmed !== release)
    throw badInput(`--confirm: "${confirmed}" is not the release's name.`);
  if (deleteVolumes && options['yes'] === true && confirmed === null && options['dryRun'] !== true) {
    throw badInput(
      `--delete-volumes deletes volumes for good. With --yes, name the release again: --confirm ${release ?? 'NAME'}`,
    );
  }
  return changeRelease(invocation, async () => scaled(readReplicaCount, deleteVolumes));
};
