// All rules, in the order of an install: what stops an earlier part of it is the cause of what is missing later.
import type {Snapshot} from '../snapshot.ts';
import {admissionDenied} from './admission-denied.ts';
import {containerNotCreated} from './container-not-created.ts';
import {crashLoop} from './crash-loop.ts';
import {endpointUnproven} from './endpoint-unproven.ts';
import {imageForbidden} from './image-forbidden.ts';
import {imageNotFound} from './image-not-found.ts';
import {imageRateLimited} from './image-rate-limited.ts';
import {leftoverVolume} from './leftover-volume.ts';
import {nameTooLong} from './name-too-long.ts';
import {noStorageClass} from './no-storage-class.ts';
import {nodeLost} from './node-lost.ts';
import {objectMissing} from './object-missing.ts';
import {outOfMemory} from './out-of-memory.ts';
import {passwordMismatch} from './password-mismatch.ts';
import {podEvicted} from './pod-evicted.ts';
import {podNotReady} from './pod-not-ready.ts';
import {podRefused} from './pod-refused.ts';
import {quotaExceeded} from './quota-exceeded.ts';
import {readerBelowWriter} from './reader-below-writer.ts';
import {readerNotStreaming, readerRefusedByWriter} from './reader-not-streaming.ts';
import {releaseFailed} from './release-failed.ts';
import {releaseLocked} from './release-locked.ts';
import {replayPaused} from './replay-paused.ts';
import {replicaBehind} from './replica-behind.ts';
import {resizeRefused} from './resize-refused.ts';
import type {CauseRule, FoundCause} from './rule.ts';
import {secretMalformed} from './secret-malformed.ts';
import {serviceMisdirected} from './service-misdirected.ts';
import {systemIdentifierDiffers} from './system-identifier-differs.ts';
import {twoWriters} from './two-writers.ts';
import {remediesThatMayBegin} from './unfinished-first.ts';
import {unschedulable} from './unschedulable.ts';
import {versionIncompatible} from './version-incompatible.ts';
import {volumeFull} from './volume-full.ts';
import {volumeGoing} from './volume-going.ts';
import {volumeGrowth} from './volume-growth.ts';
import {volumeNotMounted} from './volume-not-mounted.ts';
import {volumePending} from './volume-pending.ts';
import {volumePermission} from './volume-permission.ts';
import {writerReadOnly} from './writer-read-only.ts';
import {writerStopped} from './writer-stopped.ts';

export type {CauseRule, FoundCause};

const rules: readonly CauseRule[] = [
  volumeGoing,
  systemIdentifierDiffers,
  twoWriters,
  nameTooLong,
  secretMalformed,
  objectMissing,
  writerStopped,
  admissionDenied,
  quotaExceeded,
  podRefused,
  noStorageClass,
  nodeLost,
  volumePending,
  volumeGrowth,
  unschedulable,
  resizeRefused,
  imageRateLimited,
  imageForbidden,
  imageNotFound,
  volumePermission,
  volumeNotMounted,
  containerNotCreated,
  podEvicted,
  volumeFull,
  versionIncompatible,
  outOfMemory,
  readerBelowWriter,
  readerRefusedByWriter,
  crashLoop,
  passwordMismatch,
  leftoverVolume,
  replicaBehind,
  writerReadOnly,
  replayPaused,
  releaseLocked,
  releaseFailed,
  serviceMisdirected,
  endpointUnproven,
];

/** Rules for what no other rule knows, so that there is always a cause, in the words of the cluster. */
const lastRules: readonly CauseRule[] = [readerNotStreaming, podNotReady];
/** When a rule above has found a cause in an object of one of these kinds, the last rules are not asked. */
const parts: readonly string[] = ['Pod', 'StatefulSet', 'PersistentVolumeClaim', 'PersistentVolume', 'Secret'];

/**
 * Why the release is not ready: certain causes first, then the others, both in the order of the rules. Only the first
 * cause about an object counts, the others are its symptoms. Empty while nothing is wrong.
 */
export function findCauses(snapshot: Snapshot): readonly FoundCause[] {
  const objects = new Set<string>();
  const known = rules.flatMap((rule) => rule(snapshot) ?? []);
  const isKnown = known.some(({cause: {object}}) => object !== null && parts.includes(object.kind));
  const last = isKnown ? [] : lastRules.flatMap((rule) => rule(snapshot) ?? []);
  const found = [...known, ...last].filter(({cause: {object}}) => {
    const key = `${object?.kind}/${object?.name}`;
    return !objects.has(key) && objects.add(key);
  });
  return [...found.filter(({certain}) => certain), ...found.filter(({certain}) => !certain)].map(
    ({cause, ...rest}) => ({...rest, cause: {...cause, remedies: remediesThatMayBegin(snapshot, cause.remedies)}}),
  );
}
