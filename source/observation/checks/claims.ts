// Which claims the release would take, and which of them are there.
import {claimName, objectNames} from '../../chart/names.ts';
import {bytesOf} from '../../parameters/quantity.ts';
import type {PersistentVolumeClaim} from '../kubernetes.ts';
import type {Survey} from '../survey.ts';
import type {CheckContext} from './rule.ts';

/**
 * Whether the writer's volume is older than the release. Of a release with more revisions than helm keeps that is not
 * known, and then it counts as older.
 */
export function keepsData({claims, target, release: {revisions}}: Survey): boolean {
  const {writerClaim} = objectNames(target);
  const made = claims?.find(({metadata}) => metadata.name === writerClaim)?.metadata.creationTimestamp;
  if (made === undefined) return false;
  const first = revisions[0]?.updatedAt;
  return typeof first !== 'string' || Date.parse(made) < Date.parse(first);
}

interface TakenClaims {
  readonly writer: PersistentVolumeClaim | null;
  readonly readers: readonly PersistentVolumeClaim[];
}

/** Claims of the pods wanted now, not of readers beyond their number. Null: claims may not be listed. */
export function takenClaims({claims}: Survey, {target, parameters}: CheckContext): TakenClaims | null {
  if (claims === null) return null;
  const {writerClaim, reader} = objectNames(target);
  const find = (name: string): PersistentVolumeClaim | null =>
    claims.find(({metadata}) => metadata.name === name) ?? null;
  return {
    writer: find(writerClaim),
    readers: Array.from({length: parameters.readReplicaCount}, (_, ordinal) => find(claimName(reader, ordinal))).filter(
      (claim) => claim !== null,
    ),
  };
}

export function requestedBytes({spec}: PersistentVolumeClaim): number {
  return bytesOf(spec.resources?.requests?.['storage'] ?? '0');
}
