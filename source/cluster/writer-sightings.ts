// How far the writer of a release had written when this program saw it last, through any of its looks: an open
// dashboard knows that to the second, when the writer is lost.
import {clusterTime} from '../observation/cluster-time.ts';
import type {Snapshot, WriterPosition} from '../observation/snapshot.ts';
import {positionSeen} from '../observation/role/writer-position.ts';
import type {Api} from './api.ts';

/** By the connection, then by namespace and full name. */
const sightings = new WeakMap<Api, Map<string, WriterPosition>>();

type Seen = Pick<Snapshot, 'target' | 'database' | 'secret' | 'clusterAheadMs'>;

export function noteWriterPosition(api: Api, seen: Seen): void {
  const position = positionSeen(seen);
  if (!position) return;
  const of = sightings.get(api) ?? new Map<string, WriterPosition>();
  sightings.set(api, of);
  of.set(keyOf(seen), {bytes: position.bytes, at: new Date(clusterTime(position.at, seen)).toISOString()});
}

/** Null: its looks have not seen the writer. */
export function writerPositionSeen(api: Api, seen: Pick<Snapshot, 'target'>): WriterPosition | null {
  return sightings.get(api)?.get(keyOf(seen)) ?? null;
}

function keyOf({target: {namespace, fullname}}: Pick<Snapshot, 'target'>): string {
  return `${namespace}/${fullname}`;
}
