// Commits wait for readers only when those stream: waiting for more of them is the last thing that helm applies, and
// waiting for fewer is applied before any reader goes.
import {objectNames} from '../../chart/names.ts';
import type {Values} from '../../chart/tree.ts';
import type {InPlaceSupport} from '../../observation/pods/pod-template.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {Snapshot, Target} from '../../observation/snapshot.ts';
import type {Step} from '../converge.ts';
import {updatePod} from './update-pod.ts';
import type {WriterWatch} from '../writer-watch.ts';

/** What helm applies first, where not everything that is wanted may be in force at once. */
export interface FirstValues {
  readonly values: Values;
  readonly readReplicaCount: number;
}

/** How many readers a commit waits for, as the writer says; null: it did not say, because no reader streams. */
export function commitsWaitFor(snapshot: Snapshot): number | null {
  const counts = viewOf(snapshot).streams.flatMap(({commitsWaitFor: count}) => count ?? []);
  return counts.length === 0 ? null : Math.max(...counts);
}

interface WriterReloads {
  readonly target: Target;
  readonly readReplicaCount: number;
  readonly synchronousReplicas: number;
  readonly inPlaceSupport: InPlaceSupport;
  /** Absent: nobody asks for how long the writer is out. */
  readonly watch?: WriterWatch;
  readonly now: () => number;
}

/**
 * The steps after helm has applied the number: the writer takes it, by a reload where it can, and confirms it. Readers
 * too get a new pod template: chart 16.7.26, templates/read/statefulset.yaml, has the checksum of the writer's settings
 * in it.
 */
export function writerWaits(shape: WriterReloads): readonly Step<unknown>[] {
  const {target, readReplicaCount, synchronousReplicas, inPlaceSupport, watch, now} = shape;
  const {writer, reader} = objectNames(target);
  const verb = inPlaceSupport.mayReload === true ? 'reload' : 'restart';
  const followers = Array.from({length: readReplicaCount}, (_, ordinal) => `${reader}-${ordinal}`);
  const update = {verb, inPlaceSupport, incarnation: null, now, ...(watch ? {watch} : {})} as const;
  return [
    ...followers.flatMap((name) => updatePod({...update, name, isWriter: false, followers: []})),
    ...updatePod({...update, name: `${writer}-0`, isWriter: true, followers}),
    {
      name: 'synchronous readers',
      shownAs: {track: 'readers', text: 'commits are to wait for them'},
      done: (snapshot) => commitsWaitFor(snapshot) === synchronousReplicas,
    },
  ];
}
