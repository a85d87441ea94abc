// When the writer's role moved, why, and what was at risk: an annotation of the Secret, which is kept as long as the
// data.
import {roughBytes} from '../../parameters/quantity.ts';
import {toTheSecond} from '../../core/time.ts';
import {durationText} from '../text/ages.ts';
import {plain} from '../text/plain-text.ts';
import type {WritesAtRisk} from './failover.ts';

/** Whether the writer's role is on its way: Services lead elsewhere meanwhile, and the writer is stopped. */
export function isMovingRole(operation: {readonly kind: string} | null): boolean {
  return operation?.kind === 'switchover' || operation?.kind === 'failover';
}

export interface RoleMove {
  readonly kind: 'switchover' | 'failover';
  /** Why, in a few words; absent: an earlier version moved it. */
  readonly because?: string;
  /** ISO 8601: when it was begun. No two have the same. */
  readonly at: string;
  /** The reader whose volume the writer has had since. */
  readonly to: string;
  /** Null: not known. */
  readonly fromNode: string | null;
  readonly toNode: string | null;
  readonly timeline: {readonly before: number; readonly after: number | null};
  /**
   * For how many milliseconds, at most, nothing could be written; for a failover, from the decision until writes were
   * taken again. Null: it was not seen.
   */
  readonly outMs: number | null;
  /**
   * How much of the WAL the new writer had in a failover, in bytes from its beginning; absent, or null: not known.
   */
  readonly promotedAtBytes?: number | null;
  /** Null: nothing could be lost. */
  readonly atRisk: WritesAtRisk | null;
  /** The claim that keeps the earlier writer's volume after a failover; absent, or null: none does. */
  readonly keptClaim?: string | null;
  /** How many transactions were lost, where they could be counted afterwards; null, or absent: not known. */
  readonly lostCommits?: number | null;
}

export const roleMovesAnnotation = 'pg-helm-install/role-moves';

/** The annotation is read with each look, so only the newest moves are kept. */
const keptMoves = 10;

/** Oldest first. Empty for what somebody else wrote there. */
export function roleMovesIn(annotations: Readonly<Record<string, string>> = {}): readonly RoleMove[] {
  try {
    const read = JSON.parse(annotations[roleMovesAnnotation] ?? '[]') as unknown;
    return Array.isArray(read) ? read.filter(isMove) : [];
  } catch {
    return [];
  }
}

function isMove(one: Partial<RoleMove> | null): one is RoleMove {
  if (typeof one?.kind !== 'string' || typeof one.at !== 'string' || one.timeline === undefined) return false;
  return one.because === undefined || typeof one.because === 'string';
}

/** The new content of the annotation. A move that it has already, with the same `at`, is replaced. */
export function withRoleMove(moves: readonly RoleMove[], move: RoleMove): string {
  return JSON.stringify([...moves.filter(({at}) => at !== move.at), move].slice(-keptMoves));
}

/**
 * Such as `failover of node1 to node2 (node1 off, as somebody said), no acknowledged row lost, writes 6.1 s after the
 * decision, timeline 3`: what matters most comes first, because a narrow screen cuts the rest off.
 */
export function roleMoveText(move: RoleMove): string {
  const {kind, because, fromNode, toNode, timeline, outMs, atRisk, lostCommits = null} = move;
  const why = because === undefined ? '' : ` (${plain(because)})`;
  return [
    `${kind}${fromNode === null ? '' : ` of ${fromNode}`} to ${toNode ?? 'another node'}${why}`,
    lostCommits === null ? riskText(atRisk) : `${lostCommits} transactions lost`,
    ...(outMs === null ? [] : [outText(kind, outMs)]),
    ...(timeline.after === null ? [] : [`timeline ${timeline.after}`]),
  ].join(', ');
}

function outText(kind: RoleMove['kind'], outMs: number): string {
  const seconds = `${(outMs / 1000).toFixed(1)} s`;
  return kind === 'switchover' ? `no writes for ${seconds}` : `writes ${seconds} after the decision`;
}

function riskText(atRisk: WritesAtRisk | null): string {
  if (atRisk === null) return 'no row lost';
  if (atRisk.bytes > 0) return `at least ${roughBytes(atRisk.bytes)} of WAL lost`;
  if (atRisk.isCovered) return 'no acknowledged row lost';
  const {lastSignAt, silentMs = null} = atRisk;
  const since = lastSignAt === null ? '' : ` after ${toTheSecond(lastSignAt)}`;
  return `${silentMs === null ? '' : `up to ${durationText(silentMs)} of `}writes${since} may be lost`;
}
