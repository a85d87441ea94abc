// What a change of a release does to its pods and volumes, as sentences and as data.
import {claimName, objectNames} from '../chart/names.ts';
import {smallClaims, surplusClaims} from '../observation/storage.ts';
import {diskSizesOf, ofReaders} from '../parameters/readers.ts';
import {accessConsequences} from './access.ts';
import {backupConsequences} from './backup.ts';
import {certificateConsequences} from './certificate.ts';
import type {ChangeConsequence, ChangeFacts} from './change-facts.ts';
import {endpointConsequences} from './endpoint-change.ts';
import {indexRebuilds} from './index-rebuild.ts';
import {metricsConsequences} from './metrics.ts';
import {podConsequences} from './pods.ts';
import {readersEvened} from './readers-sizes.ts';
import {retainedConsequences, sized} from './volumes.ts';

/** Never empty. */
export function changeConsequences(facts: ChangeFacts): readonly ChangeConsequence[] {
  const {before, existing, desired} = facts;
  const found = [
    ...readersEvened(facts),
    ...grown(facts),
    ...indexRebuilds(facts.stale),
    ...podConsequences(facts),
    ...endpointConsequences(before, existing, desired),
    ...accessConsequences(before.target, existing, desired),
    ...certificateConsequences(facts),
    ...metricsConsequences(facts),
    ...backupConsequences(facts),
    ...readers(facts),
    ...volumes(facts),
  ];
  const tells = facts.preface.some(({code}) => code === 'OWNERSHIP_CHANGE');
  if (found.length > 0 || tells) return [...facts.preface, ...found];
  const {release} = facts.before.target;
  const sentence = facts.applied
    ? `${release} is as wanted already. Its endpoints are proven again.`
    : 'Nothing restarts: what differs does not concern the running pods.';
  return [{code: 'NO_CHANGE', object: `Release/${release}`, sentence}];
}

function grown({before, desired}: ChangeFacts): ChangeConsequence[] {
  return smallClaims(before, desired.readReplicaCount, diskSizesOf(desired)).map(({claim, size}) => ({
    code: 'VOLUME_GROW',
    object: `PersistentVolumeClaim/${claim.metadata.name}`,
    sentence:
      `Volume ${claim.metadata.name}${sized(claim)} grows to ${size} while it is in use. It can ` +
      'never shrink again.',
  }));
}

function readers({before, readersBefore, desired}: ChangeFacts): ChangeConsequence[] {
  const {reader} = objectNames(before.target);
  const {cpu, memory, storageSize, storageClass} = ofReaders(desired);
  const added = range(readersBefore, desired.readReplicaCount).map((ordinal): ChangeConsequence => {
    const name = `${reader}-${ordinal}`;
    const claim = before.claims.find(({metadata}) => metadata.name === claimName(reader, ordinal));
    const volume = claim
      ? `Its volume ${claim.metadata.name}${sized(claim)} is there from before and is used again: what it missed ` +
        'since comes from the writer, as long as the writer still has it.'
      : `It gets a volume of ${storageSize}${storageClass ? ` of class ${storageClass}` : ''} and copies the ` +
        `writer's database onto it.`;
    return {
      code: 'REPLICA_ADD',
      object: `Pod/${name}`,
      sentence: `Reader ${name} is added, with ${cpu} CPU and ${memory} memory. ${volume}`,
    };
  });
  const removed = range(desired.readReplicaCount, readersBefore).map((ordinal): ChangeConsequence => {
    const name = `${reader}-${ordinal}`;
    return {code: 'REPLICA_REMOVE', object: `Pod/${name}`, sentence: `Reader ${name} stops; sessions on it end.`};
  });
  return [...added, ...removed];
}

function volumes({before, readersBefore, desired, deleteVolumes, retained}: ChangeFacts): ChangeConsequence[] {
  const unwanted = surplusClaims(before, desired.readReplicaCount);
  if (!deleteVolumes && readersBefore <= desired.readReplicaCount) return [];
  const claims = unwanted.map((claim): ChangeConsequence => {
    const object = `PersistentVolumeClaim/${claim.metadata.name}`;
    return deleteVolumes
      ? {
          code: 'DATA_DELETED',
          object,
          sentence:
            `Volume ${claim.metadata.name}${sized(claim)} is deleted, with the reader's copy on it. The writer ` +
            'keeps its own.',
        }
      : {
          code: 'DATA_KEPT',
          object,
          sentence:
            `Volume ${claim.metadata.name}${sized(claim)} stays. A reader that comes back uses it again; ` +
            '--delete-volumes deletes it.',
        };
  });
  return [...claims, ...retainedConsequences(before.target, retained)];
}

/** from, from + 1, … up to but not including `to`. */
function range(from: number, to: number): number[] {
  return Array.from({length: Math.max(0, to - from)}, (_, index) => from + index);
}
