// Whether the volumes of a release that is there are being deleted: an install that goes on with it would call it
// whole.
import {claimNames} from '../../chart/names.ts';
import type {Claim} from '../kubernetes.ts';
import {releaseExists} from './existing-release.ts';
import {refuse, type CheckRule} from './rule.ts';
import {listed, object, ours} from './words.ts';

export const volumeGoing: CheckRule = (survey, {target, parameters}) => {
  if (!releaseExists(survey)) return [];
  const how = {
    title: 'See how the data is saved: which volumes are to be kept, the dump, and the way to new claims',
    command: ours('status', target),
  };
  if (survey.namespace.state === 'terminating') {
    const message =
      `Namespace ${target.namespace} is being deleted, and ${target.release} with its claims and its Secret too. ` +
      'Nothing was changed.';
    const about = {kind: 'Namespace', namespace: null, name: target.namespace};
    return [refuse('VOLUME_GOING', message, {object: about, remedies: [how]})];
  }
  const taken = claimNames(target.fullname, parameters.readReplicaCount);
  const going = (survey.claims ?? []).filter(isGoing).filter(({metadata}) => taken.includes(metadata.name));
  const [first] = going;
  if (!first) return [];
  const names = listed(going.map(({metadata}) => metadata.name));
  return [
    refuse(
      'VOLUME_GOING',
      `${names} of ${target.release} ${going.length === 1 ? 'is' : 'are'} being deleted, and only the pods that ` +
        'run keep the data. Nothing was changed.',
      {
        object: object('PersistentVolumeClaim', target, first.metadata.name),
        firstSeen: first.metadata.deletionTimestamp ?? null,
        evidence: going.map(
          ({metadata: {name, deletionTimestamp}}) => `${name}: deletionTimestamp ${deletionTimestamp}`,
        ),
        remedies: [how],
      },
    ),
  ];
};

/** One that has no volume yet has no data. */
function isGoing({metadata, status}: Claim): boolean {
  return metadata.deletionTimestamp !== undefined && status?.phase !== 'Pending';
}
