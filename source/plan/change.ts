// What a change of a release does to its pods and volumes, as sentences and as data.
import {claimName, objectNames} from '../chart/names.ts';
import type {Renewal} from '../observation/definition.ts';
import type {Claim} from '../observation/kubernetes.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {bytesOf, formatBytes} from '../parameters/quantity.ts';

export interface ChangeConsequence {
  readonly code: 'PRIMARY_RESTART' | 'REPLICA_RESTART' | 'REPLICA_ADD' | 'REPLICA_REMOVE' | 'DATA_KEPT' | 'DATA_DELETED' | 'NO_CHANGE';
  readonly object: string;
  readonly sentence: string;
}

export interface ChangeFacts {
  readonly before: Snapshot;
  /** Readers that there are, and readers that are wanted. */
  readonly readersBefore: number;
  readonly wanted: Parameters;
  /** How the pods get to the new definition; null where nothing restarts whatever differs. */
  readonly renewals: {readonly writer: Renewal; readonly reader: Renewal} | null;
  readonly deleteVolumes: boolean;
  /** Helm has the chart and the values already. */
  readonly applied: boolean;
}

/** Never empty. */
export function changeConsequences(facts: ChangeFacts): readonly ChangeConsequence[] {
  const found = [...restarts(facts), ...readers(facts), ...volumes(facts)];
  if (found.length > 0) return found;
  const {release} = facts.before.target;
  const sentence = facts.applied
    ? `${release} is as wanted already. Its endpoints are proven again.`
    : 'Nothing restarts: what differs does not concern the running pods.';
  return [{code: 'NO_CHANGE', object: `Release/${release}`, sentence}];
}

/** Claims of readers that are not wanted: what scaling in leaves, and what earlier ones left. */
export function unwantedClaims({claims, target}: Pick<Snapshot, 'claims' | 'target'>, readersWanted: number): readonly Claim[] {
  const prefix = claimName(objectNames(target.fullname).reader, 0).slice(0, -1);
  return claims.filter(({metadata: {name}}) => name.startsWith(prefix) && Number(name.slice(prefix.length)) >= readersWanted);
}

/** Bytes; null when it does not say. */
export function sizeOf({spec, status}: Claim): number | null {
  const size = status?.capacity?.['storage'] ?? spec.resources?.requests?.['storage'];
  return size === undefined ? null : bytesOf(size);
}

function restarts({before, readersBefore, wanted, renewals}: ChangeFacts): ChangeConsequence[] {
  if (!renewals) return [];
  const names = objectNames(before.target.fullname);
  const staying = Math.min(readersBefore, wanted.readReplicaCount);
  const found: ChangeConsequence[] = [];
  if (staying > 0 && (renewals.reader === 'image' || renewals.reader === 'recreate')) {
    const who = staying === 1 ? 'The reader restarts' : `The ${staying} readers restart one after the other, each streaming again before the next`;
    found.push({code: 'REPLICA_RESTART', object: `StatefulSet/${names.reader}`, sentence: `${who}. Sessions on a reader end when it restarts.`});
  }
  if (renewals.writer === 'image') {
    const sentence = 'The writer restarts once, last and in its pod: sessions end, and it is out for about a second. Its address stays.';
    found.push({code: 'PRIMARY_RESTART', object: `StatefulSet/${names.writer}`, sentence});
  }
  if (renewals.writer === 'recreate') {
    const sentence = 'The writer restarts once, last, in a new pod: sessions end, and it is out for a few seconds.';
    found.push({code: 'PRIMARY_RESTART', object: `StatefulSet/${names.writer}`, sentence});
  }
  if (found.length === 0 && (renewals.writer === 'labels' || renewals.reader === 'labels')) {
    const sentence = 'Nothing restarts: the definitions of the pods differ in labels alone, and those are set on the running pods.';
    found.push({code: 'NO_CHANGE', object: `Release/${before.target.release}`, sentence});
  }
  return found;
}

function readers({before, readersBefore, wanted}: ChangeFacts): ChangeConsequence[] {
  const {reader} = objectNames(before.target.fullname);
  const {cpu, memory, storageSize, storageClass} = wanted;
  const added = range(readersBefore, wanted.readReplicaCount).map((ordinal): ChangeConsequence => {
    const name = `${reader}-${ordinal}`;
    const claim = before.claims.find(({metadata}) => metadata.name === claimName(reader, ordinal));
    const volume = claim
      ? `Its volume ${claim.metadata.name}${sized(claim)} is there from before and is used again: what it missed since comes from the writer, as long as the writer still has it.`
      : `It gets a volume of ${storageSize}${storageClass ? ` of class ${storageClass}` : ''} and copies the writer's database onto it.`;
    return {code: 'REPLICA_ADD', object: `Pod/${name}`, sentence: `Reader ${name} is added, with ${cpu} CPU and ${memory} memory. ${volume}`};
  });
  const removed = range(wanted.readReplicaCount, readersBefore).map((ordinal): ChangeConsequence => {
    const name = `${reader}-${ordinal}`;
    return {code: 'REPLICA_REMOVE', object: `Pod/${name}`, sentence: `Reader ${name} stops; sessions on it end.`};
  });
  return [...added, ...removed];
}

function volumes({before, readersBefore, wanted, deleteVolumes}: ChangeFacts): ChangeConsequence[] {
  const unwanted = unwantedClaims(before, wanted.readReplicaCount);
  if (!deleteVolumes && readersBefore <= wanted.readReplicaCount) return [];
  return unwanted.map((claim) => {
    const object = `PersistentVolumeClaim/${claim.metadata.name}`;
    return deleteVolumes
      ? {code: 'DATA_DELETED', object, sentence: `Volume ${claim.metadata.name}${sized(claim)} is deleted, with the reader's copy on it. The writer keeps its own.`}
      : {code: 'DATA_KEPT', object, sentence: `Volume ${claim.metadata.name}${sized(claim)} stays. A reader that comes back uses it again; --delete-volumes deletes it.`};
  });
}

function sized(claim: Claim): string {
  const bytes = sizeOf(claim);
  return bytes === null ? '' : ` (${formatBytes(bytes)})`;
}

/** from, from + 1, … up to and without `to`. */
function range(from: number, to: number): number[] {
  return Array.from({length: Math.max(0, to - from)}, (_, index) => from + index);
}
