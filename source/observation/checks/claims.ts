// Which claims the release would take, and which of them are there.
import {claimName, objectNames} from '../../chart/names.ts';
import type {PersistentVolumeClaim} from '../kubernetes.ts';
import type {Survey} from '../survey.ts';
import type {CheckContext} from './rule.ts';

export interface TakenClaims {
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
