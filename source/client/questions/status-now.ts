// The state of a release by one look, or again and again until it is settled.
import {clusterTimeOf} from '../../observation/cluster-time.ts';
import {watchSeen} from '../../operations/watch.ts';
import type {Progress, Result} from '../../plan/progress.ts';
import {requireRelease, notFound} from './existing-release.ts';
import type {Session} from '../session.ts';
import {statusOf, type Status} from './status.ts';

interface StatusSeen {
  readonly status: Status;
  /** The cluster's time, in milliseconds since the epoch. */
  readonly now: number;
}

/** @returns null when there is no such release */
export async function statusNow({ports}: Pick<Session, 'ports'>): Promise<StatusSeen | null> {
  const snapshot = await ports.look();
  const status = statusOf(snapshot);
  return status && {status, now: clusterTimeOf(snapshot)};
}

/** @throws UserError RELEASE_NOT_FOUND, or FORBIDDEN where it cannot be known whether there is one */
export async function existingStatus({ports}: Pick<Session, 'ports'>): Promise<StatusSeen> {
  const snapshot = await ports.look();
  const status = statusOf(snapshot);
  if (status) return {status, now: clusterTimeOf(snapshot)};
  throw notFound(requireRelease(snapshot).target);
}

/** Shows what others do with the release, without changing anything, until it is ready or cannot become so. */
export async function* watchStatus(
  {ports}: Pick<Session, 'ports'>,
  timeoutMs: number,
  signal: AbortSignal,
): AsyncGenerator<Progress, {readonly result: Result; readonly status: Status | null}> {
  const {result, snapshot} = yield* watchSeen(ports, ports.now() + timeoutMs, signal);
  return {result, status: snapshot && statusOf(snapshot)};
}
