// Watches a release without changing anything: shows its tracks while others work on it, until it is ready or cannot
// become so.
import type {Cause} from '../core/cause.ts';
import {clusterTimeOf} from '../observation/cluster-time.ts';
import {findCauses} from '../observation/causes/index.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import {stateOf} from '../observation/state.ts';
import {tracksOf} from '../observation/tracks.ts';
import {findWarnings} from '../observation/warnings.ts';
import {fromValues} from '../chart/values.ts';
import {viewOf} from '../observation/release-view.ts';
import {converge, type Step} from './converge.ts';
import type {Progress, Result} from '../plan/progress.ts';
import {endOf, outcomeOf} from './result.ts';
import {readers, endpoints, storage, writer} from './steps/install-steps.ts';
import type {Ports} from './ports/index.ts';

const settled: Step<unknown> = {
  name: 'release',
  done: (snapshot) => stateOf(snapshot) === 'ready' || viewOf(snapshot).newest?.status === 'deployed',
};

/** How long a helm that is not ours may be at work: its --timeout where none is given. */
const othersMayWorkMs = 300_000;

/** Helm has failed or was interrupted, and nobody goes on with it: waiting changes nothing. */
function leftAlone(snapshot: Snapshot): Cause | null {
  const {operation} = snapshot;
  // That a holder elsewhere is dead is certain only once its Lease has been watched for a while.
  if (operation?.holderIsAlive || operation?.isEstimate) return null;
  if (operation === null && mayBeWorkedOn(snapshot)) return null;
  const isFailed = viewOf(snapshot).newest?.status === 'failed';
  return isFailed || stateOf(snapshot) === 'stuck' ? (findCauses(snapshot)[0]?.cause ?? null) : null;
}

/** Whether somebody may be at work who shows in no Lease that can be read: a tool, or another helm. */
function mayBeWorkedOn(snapshot: Snapshot): boolean {
  if (snapshot.steering || snapshot.unreadable.includes('leases')) return true;
  const {newest} = viewOf(snapshot);
  if (!newest?.status.startsWith('pending') || newest.updatedAt === null) return false;
  return clusterTimeOf(snapshot) - Date.parse(newest.updatedAt) < othersMayWorkMs;
}

interface Watched {
  readonly result: Result;
  /** The last look; null: none was possible. */
  readonly snapshot: Snapshot | null;
}

/** As watchSeen, for whom the result is enough. */
export async function* watchRelease(
  ports: Ports,
  deadline: number,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  return (yield* watchSeen(ports, deadline, signal)).result;
}

/** @param deadline milliseconds since the epoch */
export async function* watchSeen(
  ports: Ports,
  deadline: number,
  signal: AbortSignal,
): AsyncGenerator<Progress, Watched> {
  const began = ports.now();
  const snapshot = await ports.look();
  const parameters = fromValues(snapshot.release.values);
  // Without values of ours the StatefulSet says how many readers are wanted.
  const desired = {readReplicaCount: parameters?.readReplicaCount ?? viewOf(snapshot).desiredReaders};
  const steps: readonly Step<typeof desired>[] = [settled, storage, writer, readers, endpoints];
  const ending = yield* converge(steps, desired, ports, {
    deadline,
    signal,
    judge: true,
    givesUp: leftAlone,
    tracks: tracksOf,
    holdsLease: false,
  });
  const result = endOf({
    operation: 'status',
    target: ports.target,
    began,
    now: () => ports.now(),
    warnings: ending.snapshot ? findWarnings(ending.snapshot, parameters) : [],
    ending,
    outcome: outcomeOf(ending),
    ...(parameters ? {parameters} : {}),
  });
  return {result, snapshot: ending.snapshot};
}
