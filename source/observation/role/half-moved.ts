// A move of the writer's role that was left half-way: volumes were taken from their claims, and have no other ones yet.
import {isFailingOver, isReplaced} from './failover-seen.ts';
import type {PersistentVolumeClaim} from '../kubernetes.ts';
import type {Snapshot} from '../snapshot.ts';
import {isSwitchedOver, isSwitchingOver} from './switchover-seen.ts';
import {isMovingRole} from './role-moves.ts';
import {guardFinalizer} from './switchover.ts';

/** Whoever removes the release then leaves claims that never go, and volumes that no claim names. */
export function isRoleHalfMoved(snapshot: Snapshot): boolean {
  return heldClaims(snapshot).length > 0 || isLeftHalfWay(snapshot);
}

/** Claims that only a move of the role lets go. */
export function heldClaims({claims}: Pick<Snapshot, 'claims'>): readonly PersistentVolumeClaim[] {
  return claims.filter(({metadata}) => metadata.finalizers?.includes(guardFinalizer));
}

/** Whether `recover` can finish it: the release is there, and its Lease says how far it is. */
export function isLeftHalfWay(snapshot: Snapshot): boolean {
  const {switchover, failover} = snapshot.operation ?? {};
  if (snapshot.release.revisions.length === 0) return false;
  if (switchover) return isSwitchingOver(snapshot, switchover) && !isSwitchedOver(snapshot, switchover);
  return failover !== undefined && isFailingOver(snapshot, failover) && !isReplaced(snapshot, failover);
}

/**
 * Whether the role is on its way: somebody works on it, or it was left half-way. A move that nobody works on, and whose
 * volumes all have their claims, explains nothing that is seen.
 */
export function isRoleMoving(snapshot: Snapshot): boolean {
  const {operation} = snapshot;
  return isMovingRole(operation) && (operation?.holderIsAlive === true || isLeftHalfWay(snapshot));
}

/** The names of all volumes that have to do with it. */
export function volumesHalfMoved({claims, operation}: Pick<Snapshot, 'claims' | 'operation'>): readonly string[] {
  const {switchover, failover} = operation ?? {};
  const recorded = [
    ...(switchover ? [switchover.writer, switchover.reader] : []),
    ...(failover ? [failover.writer, ...Object.values(failover.readers)] : []),
  ].flatMap(({volume}) => volume?.name ?? []);
  return [...new Set([...recorded, ...heldClaims({claims}).flatMap(({spec}) => spec.volumeName ?? [])])].sort();
}
