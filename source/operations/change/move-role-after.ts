// A change whose writer has to leave its node: where a reader has what is wanted already, the role moves to it, so that
// nobody waits for the writer's disk to follow to another node.
import {permissionsRefusal, volumesToMove, writerFit} from '../../observation/checks/switchover.ts';
import {canonical} from '../../chart/same-values.ts';
import type {ChangeKind, OperationRecord, Snapshot} from '../../observation/snapshot.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import type {PodUpdatePlan} from '../../plan/pod-update-plan.ts';
import type {RestartOrder} from '../../plan/restart-order.ts';
import {rethrowBug} from '../converge.ts';
import type {SwitchoverPort} from '../ports/switchover.ts';
import type {Progress, Result} from '../../plan/progress.ts';
import type {PlannedRequest} from '../planned-request.ts';
import {mergeWarnings} from '../result.ts';

/**
 * A switchover of the release, as it is by then, to the reader that is closest; or the rest of a switchover that was
 * begun. It takes over the Lease of the change, and leaves the Lease where the role has not moved.
 */
export type MoveRole = (how: Pick<PlannedRequest, 'dryRun' | 'confirm'>) => AsyncGenerator<Progress, Result>;

/** Whoever agreed to the change has read that the role moves. */
export const withoutQuestion = {dryRun: false, confirm: null};

interface Asked {
  readonly before: Snapshot;
  /** Readers that are wanted. */
  readonly readReplicaCount: number;
  readonly podUpdates: readonly PodUpdatePlan[];
  readonly order: RestartOrder;
  /** Somebody else applies the change: the role would move before they do, or they would move it back. */
  readonly throughFiles: boolean;
}

/**
 * Whether the role moves. Where that would lose something, or this user may not move it, the writer restarts as usual.
 */
export async function movesRole(asked: Asked, ports: SwitchoverPort): Promise<boolean> {
  const {before, readReplicaCount, podUpdates, order, throughFiles} = asked;
  if (throughFiles) return false;
  const leaves = podUpdates.some(({isWriter, leavesNode}) => isWriter && leavesNode);
  const {desiredReaders} = viewOf(before);
  if (!leaves || order !== 'readers first' || readReplicaCount !== desiredReaders || writerFit(before)) return false;
  return isWithoutLoss(before, ports).catch((error: unknown) => {
    rethrowBug(error);
    return false;
  });
}

/** Unlogged tables and logical slots stay behind in a switchover. */
async function isWithoutLoss(before: Snapshot, ports: SwitchoverPort): Promise<boolean> {
  const {target} = before;
  const [permissions, unlogged, writer] = await Promise.all([
    ports.switchoverPermissions(volumesToMove(before)),
    ports.unloggedTables(),
    ports.serverFacts(viewOf(before).writerPod?.metadata.name ?? ''),
  ]);
  const hasLogicalSlots = writer?.slots.some(({type}) => type === 'logical') ?? true;
  return permissionsRefusal(target, permissions, null) === null && unlogged?.length === 0 && !hasLogicalSlots;
}

/** Whether an earlier run did all of that change but the move, and died in the move. */
export function isLeftMoving(
  {kind, parameters}: {readonly kind: ChangeKind; readonly parameters: Parameters},
  operation: OperationRecord | null,
): boolean {
  if (operation?.kind !== 'switchover' || operation.holderIsAlive || !operation.wanted?.movesRole) return false;
  return kind === 'resize' && canonical(operation.wanted.parameters) === canonical(parameters);
}

/**
 * One result for both. A move that is refused counts as failed, because something was changed before. `warnings`: those
 * from before the move.
 */
export function joined(changed: Result, moved: Result, warnings: Result['warnings']): Result {
  const {operation, durationMs, phases, notes, ledger, writesOut} = changed;
  const {cause, outcome} = moved;
  // Counted from the beginning of the whole change.
  const out = moved.writesOut && {...moved.writesOut, afterMs: moved.writesOut.afterMs + Math.round(durationMs)};
  return {
    ...moved,
    operation,
    outcome: outcome === 'refused' ? 'failed' : outcome,
    durationMs: durationMs + moved.durationMs,
    phases: [...phases, ...moved.phases],
    notes: [...notes, ...moved.notes],
    warnings: mergeWarnings(warnings, moved.warnings),
    ...(cause ? {cause} : {}),
    ...(ledger ? {ledger} : {}),
    ...((out ?? writesOut) ? {writesOut: out ?? writesOut} : {}),
  };
}
