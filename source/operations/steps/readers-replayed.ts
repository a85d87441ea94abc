// Waits until the readers have replayed what the writer wrote when it restarted: from then on they must not be below
// the writer's new settings.
import {viewOf} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Step} from '../converge.ts';

interface DesiredReaders {
  readonly readReplicaCount: number;
}

/**
 * PostgreSQL 17, xlog.c, XLogReportParameters: a server writes its settings into its WAL before it lets anybody write.
 */
export function readersReplayed(): Step<DesiredReaders> {
  /** Where the writer was when it was first seen after its restart, in bytes from the beginning of its WAL. */
  let end: number | null = null;
  const isThrough = (snapshot: Snapshot, readReplicaCount: number): boolean => {
    const {streams, readerPods} = viewOf(snapshot);
    const ofReaders = streams.filter(
      ({pod, state}) => state === 'streaming' && readerPods.some(({metadata}) => metadata.name === pod),
    );
    const written = ofReaders.map(({writtenBytes}) => writtenBytes ?? 0);
    end ??= written.length > 0 ? Math.max(...written) : null;
    const replayed = ofReaders.filter(
      ({replayedBytes, lagBytes}) => lagBytes === 0 || (replayedBytes ?? -1) >= (end ?? Infinity),
    );
    return new Set(replayed.map(({pod}) => pod)).size >= readReplicaCount;
  };
  return {
    name: 'readers have replayed the restart',
    shownAs: {track: 'readers', text: "they follow the writer's restart"},
    done: (snapshot, {readReplicaCount}) => isThrough(snapshot, readReplicaCount),
  };
}
