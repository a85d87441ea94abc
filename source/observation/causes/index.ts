// All rules, in the order of an install: what stops an earlier part of it is the cause of what is missing later.
import type {Snapshot} from '../snapshot.ts';
import {admissionDenied} from './admission-denied.ts';
import {crashLoop} from './crash-loop.ts';
import {endpointUnproven} from './endpoint-unproven.ts';
import {imageForbidden} from './image-forbidden.ts';
import {imageNotFound} from './image-not-found.ts';
import {imageRateLimited} from './image-rate-limited.ts';
import {leftoverVolume} from './leftover-volume.ts';
import {nameTooLong} from './name-too-long.ts';
import {noStorageClass} from './no-storage-class.ts';
import {nodeLost} from './node-lost.ts';
import {outOfMemory} from './out-of-memory.ts';
import {passwordMismatch} from './password-mismatch.ts';
import {podRefused} from './pod-refused.ts';
import {quotaExceeded} from './quota-exceeded.ts';
import {readerBelowWriter} from './reader-below-writer.ts';
import {releaseLocked} from './release-locked.ts';
import {replicaBehind} from './replica-behind.ts';
import {resizeRefused} from './resize-refused.ts';
import type {CauseRule, FoundCause} from './rule.ts';
import {secretMalformed} from './secret-malformed.ts';
import {systemIdentifierDiffers} from './system-identifier-differs.ts';
import {unschedulable} from './unschedulable.ts';
import {versionIncompatible} from './version-incompatible.ts';
import {volumeFull} from './volume-full.ts';
import {volumeGoing} from './volume-going.ts';
import {volumeGrowth} from './volume-growth.ts';
import {volumePending} from './volume-pending.ts';
import {volumePermission} from './volume-permission.ts';

export type {CauseRule, FoundCause};

const rules: readonly CauseRule[] = [
  volumeGoing,
  systemIdentifierDiffers,
  nameTooLong,
  secretMalformed,
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
  volumeFull,
  versionIncompatible,
  outOfMemory,
  readerBelowWriter,
  crashLoop,
  passwordMismatch,
  leftoverVolume,
  replicaBehind,
  releaseLocked,
  endpointUnproven,
];

/**
 * Why it is not ready: certain causes first, each part in the order of the rules. Of one object only the first is a
 * cause,
 * the others are its symptoms. Empty while nothing is wrong.
 */
export function findCauses(snapshot: Snapshot): readonly FoundCause[] {
  const objects = new Set<string>();
  const found = rules
    .flatMap((rule) => rule(snapshot) ?? [])
    .filter(({cause: {object}}) => {
      const key = `${object?.kind}/${object?.name}`;
      return !objects.has(key) && objects.add(key);
    });
  return [...found.filter(({certain}) => certain), ...found.filter(({certain}) => !certain)];
}
