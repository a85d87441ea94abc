// A failover whose lost transactions are not counted yet, because the earlier writer's node was away.
import type {RoleMove} from './role-moves.ts';
import type {Snapshot} from './snapshot.ts';

export interface UncountedFailover extends RoleMove {
  readonly keptClaim: string;
  readonly timeline: {readonly before: number; readonly after: number};
}

/** The newest move, if it was a failover whose loss nobody knows, and the volume that tells it is kept; else null. */
export function uncountedFailover({secret, operation, keptClaims = []}: Snapshot): UncountedFailover | null {
  const move = secret?.roleMoves?.at(-1);
  if (operation !== null || !move || !isUncounted(move)) return null;
  return keptClaims.some(({metadata}) => metadata.name === move.keptClaim) ? move : null;
}

function isUncounted(move: RoleMove): move is UncountedFailover {
  const {kind, lostCommits = null, keptClaim = null, timeline} = move;
  return kind === 'failover' && lostCommits === null && keptClaim !== null && timeline.after !== null;
}
