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
  const {writer, reader} = objectNames(target.fullname);
  const find = (name: string): PersistentVolumeClaim | null =>
    claims.find(({metadata}) => metadata.name === name) ?? null;
  return {
    writer: find(claimName(writer, 0)),
    readers: Array.from({length: parameters.readReplicaCount}, (_, ordinal) => find(claimName(reader, ordinal))).filter(
      (claim) => claim !== null,
    ),
  };
}
