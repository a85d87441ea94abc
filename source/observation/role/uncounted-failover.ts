// A failover whose lost transactions are not counted yet, because the earlier writer's node was away.
import type {RoleMove} from './role-moves.ts';
import type {Snapshot} from '../snapshot.ts';

export interface UncountedFailover extends RoleMove {
  readonly keptClaim: string;
  readonly timeline: {readonly before: number; readonly after: number};
}

/** The newest failover whose loss nobody knows, where the volume that tells it is kept; null: there is none. */
export function uncountedFailover({secret, operation, keptClaims = []}: Snapshot): UncountedFailover | null {
  if (operation !== null) return null;
  const isKept = ({keptClaim}: UncountedFailover) => keptClaims.some(({metadata}) => metadata.name === keptClaim);
  return secret?.roleMoves?.filter(isUncounted).filter(isKept).at(-1) ?? null;
}

function isUncounted(move: RoleMove): move is UncountedFailover {
  const {kind, lostCommits = null, keptClaim = null, timeline} = move;
  return kind === 'failover' && lostCommits === null && keptClaim !== null && timeline.after !== null;
}
