// One word for how a release is.
import {isOfInstaller} from '../chart/naming-values.ts';
import {isStarted} from './is-started.ts';
import {findCauses} from './causes/index.ts';
import {isReady, proofOf, viewOf, type ReleaseView} from './release-view.ts';
import type {Revision, Snapshot} from './snapshot.ts';

export type ReleaseStateWord = 'ready' | 'progressing' | 'degraded' | 'broken' | 'stuck';

/** Whether a database runs of which helm has no record, as `helm template | kubectl apply` makes one. */
export function lacksRecord({
  release,
  statefulSets,
  unreadable,
}: Pick<Snapshot, 'release' | 'statefulSets' | 'unreadable'>): boolean {
  const mayBeThere = ['releases', 'secrets'].some((kind) => unreadable.includes(kind));
  return release.revisions.length === 0 && statefulSets.length > 0 && !mayBeThere;
}

/** Null when there is no such release, nor one begun, nor a database without a record of helm. */
export function stateOf(snapshot: Snapshot): ReleaseStateWord | null {
  const view = viewOf(snapshot);
  const working = snapshot.operation?.holderIsAlive ?? false;
  if (isStarted(snapshot) || isUnfinished(view.newest)) return working ? 'progressing' : 'stuck';
  if (view.newest?.status === 'uninstalled' || (!view.newest && !lacksRecord(snapshot))) return null;
  return recordedState(snapshot, view, working);
}

function isUnfinished(newest: Revision | null): boolean {
  return newest !== null && (newest.status.startsWith('pending') || newest.status === 'uninstalling');
}

/** The state of a release that helm has done with, well or not. */
function recordedState(snapshot: Snapshot, view: ReleaseView, working: boolean): ReleaseStateWord {
  const causes = findCauses(snapshot);
  if (causes.some(({certain}) => certain)) return writerServes(snapshot, view) ? 'degraded' : 'broken';
  if (view.newest?.status === 'failed') return working ? 'progressing' : 'broken';
  if (readersServe(snapshot, view) && writerServes(snapshot, view)) return 'ready';
  // Waiting for something known is no progress where nobody works on it.
  if (working || causes.length === 0) return 'progressing';
  return isReady(view.writerPod) ? 'degraded' : 'broken';
}

function writerServes(snapshot: Snapshot, {writerPod}: ReleaseView): boolean {
  return isReady(writerPod) && (isUnasked(snapshot) || proofOf(snapshot, 'writer') !== null);
}

/** No password is read for a release that plain helm made, so it is as ready as its pods. */
function isUnasked({release, target, database}: Snapshot): boolean {
  return !isOfInstaller(release.values, target) && !database.some(({kind}) => kind === 'endpoint');
}

/** Whether readers stream is known only to those who may ask the writer; for others Ready has to do. */
function readersServe(snapshot: Snapshot, {desiredReaders, readerPods, streaming}: ReleaseView): boolean {
  const isAsked = snapshot.database.some(({kind}) => kind === 'replication');
  const serving = isAsked ? streaming : readerPods.filter(isReady).length;
  return (
    serving >= desiredReaders && (desiredReaders === 0 || isUnasked(snapshot) || proofOf(snapshot, 'reader') !== null)
  );
}
