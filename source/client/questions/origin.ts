// Who made a release and what shape it has, even where it is not ours.
import {helmAnnotations} from '../../chart/tool-annotations.ts';
import {objectNames} from '../../chart/names.ts';
import type {Metadata, StatefulSet} from '../../observation/kubernetes.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {lacksRecord} from '../../observation/state.ts';
import {steeringOf} from '../../observation/steering.ts';

export type Shape = 'standalone' | 'replication';

/**
 * The shape of a release that is not ours: a standalone's writer has no name of its own. Without a record only names
 * tell.
 */
export function shapeOf({target, release, statefulSets}: Pick<Snapshot, 'target' | 'release' | 'statefulSets'>): Shape {
  const hasRecord = release.revisions.length > 0;
  const isNamed = statefulSets.some(({metadata}) => metadata.name === objectNames(target).writer);
  return target.given?.writer === '' || (!hasRecord && !isNamed) ? 'standalone' : 'replication';
}

/** Helm notes its release on whatever it applies, and so the mark is there where only helm's record is lost. */
export function isMarkedByHelm({annotations}: Metadata): boolean {
  return annotations?.[helmAnnotations.releaseName] !== undefined;
}

/** Who made what is not ours. What a tool applies again and again is as helm has it. */
export function makerOf(snapshot: Snapshot): 'helm' | 'kubectl' {
  const isHelms = ({metadata}: StatefulSet) => isMarkedByHelm(metadata);
  return lacksRecord(snapshot) && steeringOf(snapshot) === null && !snapshot.statefulSets.some(isHelms)
    ? 'kubectl'
    : 'helm';
}
