// Watches a release without changing anything: shows its tracks while others work on it, until it is ready or cannot
// become so.
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

/** @param deadline milliseconds since the epoch */
export async function* watchRelease(
  ports: Ports,
  deadline: number,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
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
    tracks: tracksOf,
    holdsLease: false,
  });
  return endOf({
    operation: 'status',
    target: ports.target,
    began,
    now: () => ports.now(),
    warnings: ending.snapshot ? findWarnings(ending.snapshot, parameters) : [],
    ending,
    outcome: outcomeOf(ending),
    ...(parameters ? {parameters} : {}),
  });
}
