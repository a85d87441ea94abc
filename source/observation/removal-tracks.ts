// How far a removal is, on the same tracks as an install.
import {objectNames} from '../chart/names.ts';
import {roughBytes} from '../parameters/quantity.ts';
import type {Pod} from './kubernetes.ts';
import type {Snapshot} from './snapshot.ts';
import type {Track} from './tracks.ts';

/** `dump`: how far the last dump is, in bytes; null where there is none. */
export function removalTracksOf(
  snapshot: Snapshot,
  deleteData: boolean,
  dump: {readonly written: number; readonly whole: number | null} | null = null,
): Track[] {
  const {release, pods, statefulSets, claims} = snapshot;
  const {writer, reader} = objectNames(snapshot.target);
  const newest = release.revisions.at(-1);
  const gone = newest === undefined || newest.status === 'uninstalled';
  // Somebody else's pod may carry the labels of the release.
  const of = (set: string) => pods.filter(({metadata}) => metadata.name.replace(/-\d+$/, '') === set);
  const bare = (track: Track['track'], done: boolean, text: string): Track => ({
    track,
    state: done ? 'done' : 'running',
    text,
    since: null,
    waitingFor: null,
  });
  const stopping = (track: 'writer' | 'readers', own: readonly Pod[]) =>
    bare(track, own.length === 0 && gone, own.length > 0 ? `${own.length} to stop` : 'stopped');
  const volumes = `${claims.length} ${claims.length === 1 ? 'volume' : 'volumes'}`;
  if (dump && dump.whole === null)
    return [bare('release', false, `not touched yet: the dump has ${roughBytes(dump.written)}`)];
  return [
    bare(
      'release',
      gone && statefulSets.length === 0,
      gone ? 'removed' : `revision ${newest.revision}, ${newest.status}`,
    ),
    stopping('writer', of(writer)),
    stopping('readers', of(reader)),
    deleteData
      ? bare('storage', claims.length === 0, claims.length > 0 ? `${volumes} to delete` : 'deleted')
      : bare('storage', true, `${volumes} kept`),
  ];
}
