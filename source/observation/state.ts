// One word for how a release is.
import {isBegun} from './begun.ts';
import {findCauses} from './causes/index.ts';
import {isReady, proofOf, viewOf} from './release-view.ts';
import type {Snapshot} from './snapshot.ts';

export type ReleaseStateWord = 'ready' | 'progressing' | 'degraded' | 'broken' | 'stuck';

/** Null when there is no such release, nor one begun. */
export function stateOf(snapshot: Snapshot): ReleaseStateWord | null {
  const {newest, writerPod, readersWanted, streaming, readerPods} = viewOf(snapshot);
  const working = snapshot.operation?.holderIsAlive ?? false;
  if (isBegun(snapshot)) return working ? 'progressing' : 'stuck';
  if (!newest || newest.status === 'uninstalled') return null;
  if (newest.status.startsWith('pending') || newest.status === 'uninstalling') return working ? 'progressing' : 'stuck';
  const certain = findCauses(snapshot).some((found) => found.certain);
  const writerReady = isReady(writerPod);
  if (certain) return writerReady && proofOf(snapshot, 'writer') ? 'degraded' : 'broken';
  if (newest.status === 'failed') return working ? 'progressing' : 'broken';
  if (!writerReady) return 'progressing';
  // Whether readers stream is known only to those who may ask the writer.
  const asked = snapshot.database.some(({kind}) => kind === 'replication');
  const readersUp = asked ? streaming : readerPods.filter(isReady).length;
  const silent = (role: 'writer' | 'reader') =>
    snapshot.database.some((fact) => fact.kind === 'endpoint' && fact.role === role) && !proofOf(snapshot, role);
  if (readersUp >= readersWanted && !silent('writer') && (readersWanted === 0 || !silent('reader'))) return 'ready';
  return working || findCauses(snapshot).length === 0 ? 'progressing' : 'degraded';
}
