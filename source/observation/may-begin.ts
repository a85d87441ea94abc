// What may begin while another operation is begun and not finished.
import {isRoleHalfMoved} from './role/half-moved.ts';
import {viewOf} from './release-view.ts';
import {isSwitchedOver, isSwitchingOver} from './role/switchover-seen.ts';
import {isChange, type ChangeKind, type OperationRecord, type Revision, type Snapshot} from './snapshot.ts';

/** Each of them is finished by itself or by `recover`, and by nothing else. */
const alone: readonly OperationRecord['kind'][] = ['uninstall', 'rotate-password', 'switchover', 'failover'];

/**
 * What has to be ended where nobody is at work on it any more. An uninstall that has come no further than its last dump
 * has not: the release is as it was.
 */
export function unfinished(operation: OperationRecord | null): OperationRecord | null {
  return operation?.isDumping === true ? null : operation;
}

/**
 * An unfinished operation is not mixed with something else. A change of the same kind says again what is wanted, a
 * rollback is the way out of each, and where helm has finished, some kinds go on with what another kind began.
 */
export function goesOnWith(
  begun: OperationRecord['kind'],
  newest: Pick<Revision, 'status'> | null | undefined,
  kind: ChangeKind,
): boolean {
  if (alone.includes(begun)) return false;
  if (begun === kind || kind === 'rollback') return true;
  return newest?.status === 'deployed' && follows(begun, kind);
}

function follows(begun: OperationRecord['kind'], kind: ChangeKind): boolean {
  if (begun === 'install' || begun === 'recover') return true;
  // A restart gives the pods what a resize could not give them while they run.
  if (kind === 'restart') return begun === 'resize';
  // Other settings help readers that do not start because they have less than their writer.
  return kind === 'set' && begun === 'scale';
}

/**
 * Whether an operation of this kind may begin: now, or as soon as whoever is at work on the release leaves it as it is.
 */
export function mayBegin(snapshot: Snapshot, kind: string): boolean {
  const {release} = snapshot;
  const operation = unfinished(snapshot.operation);
  if (kind === 'recover') return true;
  if (kind === 'uninstall') return !isRoleHalfMoved(snapshot);
  const newest = release.revisions.at(-1);
  if (operation === null)
    return !['pending-upgrade', 'pending-rollback', 'uninstalling'].includes(newest?.status ?? '');
  if (isChange(kind)) return goesOnWith(operation.kind, newest, kind);
  if (!alone.includes(kind as OperationRecord['kind'])) return true;
  return (
    operation.kind === kind ||
    operation.kind === 'install' ||
    operation.kind === 'recover' ||
    (kind === 'failover' && yieldsToFailover(snapshot))
  );
}

/**
 * Whether a failover may begin although something else was begun: without a writer that could never end. A resize may
 * have taken the writer's StatefulSet away for a moment, and has to make it again first; a switchover that has begun to
 * exchange two volumes has to give both of them their claims.
 */
export function yieldsToFailover(snapshot: Snapshot): boolean {
  const {kind, switchover} = snapshot.operation ?? {};
  if (kind === undefined || viewOf(snapshot).writerSet === null) return false;
  if (switchover) return isSwitchedOver(snapshot, switchover) || !isSwitchingOver(snapshot, switchover);
  return isChange(kind) || ['rotate-password', 'install', 'recover'].includes(kind);
}
