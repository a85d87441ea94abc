// Who made a release and what shape it has, even where it is not ours.
import {objectNames} from '../chart/names.ts';
import type {Snapshot} from '../observation/snapshot.ts';

export type Shape = 'standalone' | 'replication';

/** Of a release that is not ours: a standalone's writer has no name of its own. Without a record only names tell. */
export function shapeOf({target, release, statefulSets}: Pick<Snapshot, 'target' | 'release' | 'statefulSets'>): Shape {
  const hasRecord = release.revisions.length > 0;
  const isNamed = statefulSets.some(({metadata}) => metadata.name === objectNames(target).writer);
  return target.given?.writer === '' || (!hasRecord && !isNamed) ? 'standalone' : 'replication';
}
