// Whether the volumes of an existing release are being deleted: an install that goes on with it would report it as
// healthy.
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {podNames} from '../../chart/names.ts';
import {beingDeletedUnder, namespaceBeingDeleted, type Storage} from '../being-deleted.ts';
import type {Survey} from '../survey.ts';
import {releaseExists} from './existing-release.ts';
import {refuse, type CheckRule} from './rule.ts';
import {listed, object} from './messages.ts';

export const volumeGoing: CheckRule = (survey, {target, parameters}) => {
  if (!releaseExists(survey)) return [];
  const how = propose('See how the data is saved: which volumes are to be kept, the dump, and the way to new claims', {
    kind: 'status',
    ...releaseRef(target),
    watch: false,
  });
  const storage = storageIn(survey);
  if (namespaceBeingDeleted(storage)) {
    const message =
      `Namespace ${target.namespace} is being deleted, and ${target.release} with its claims and its Secret too. ` +
      'Nothing was changed.';
    const about = {kind: 'Namespace', namespace: null, name: target.namespace};
    return [refuse('VOLUME_GOING', message, {object: about, remedies: [how]})];
  }
  const pods = podNames(target, parameters.readReplicaCount);
  const going = pods.flatMap((pod) => beingDeletedUnder(pod, storage) ?? []);
  const [first] = going;
  if (!first) return [];
  return [
    refuse(
      'VOLUME_GOING',
      `${listed(going.map(({name}) => name))} of ${target.release} ${going.length === 1 ? 'is' : 'are'} being ` +
        'deleted, and what is on it goes with it when no pod keeps it any more. Nothing was changed.',
      {
        object: object('PersistentVolumeClaim', target, first.name),
        firstSeen: first.since,
        evidence: going.map(({name, since}) => `${name}: deletionTimestamp ${since}`),
        remedies: [how],
      },
    ),
  ];
};

/** A Survey knows no pods and no volumes. */
function storageIn({target, namespace, claims}: Survey): Storage {
  const phase = namespace.state === 'terminating' ? 'Terminating' : 'Active';
  return {target, namespace: {metadata: {name: target.namespace}, phase}, claims: claims ?? []};
}
