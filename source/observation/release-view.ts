// What a Snapshot says about one release, in the terms that the rest of the program uses.
import {claimOfPod, objectNames, podNames} from '../chart/names.ts';
import type {PersistentVolumeClaim, Pod, Service, StatefulSet} from './kubernetes.ts';
import type {EndpointFact, ReaderStream, Revision, Snapshot} from './snapshot.ts';
import {answerOf, isAnotherDatabase} from './system-identifier.ts';

export type Role = 'writer' | 'reader';

export interface ReleaseView {
  readonly newest: Revision | null;
  readonly writerSet: StatefulSet | null;
  readonly readerSet: StatefulSet | null;
  readonly writerPod: Pod | null;
  readonly readerPods: readonly Pod[];
  /** How many readers the StatefulSet is asked for; while it is replaced around its pods, how many there are. */
  readonly desiredReaders: number;
  readonly writerService: Service | null;
  readonly readerService: Service | null;
  /** Claims of pods that are wanted now; a reader scaled away leaves its claim behind. */
  readonly claims: readonly PersistentVolumeClaim[];
  readonly streams: readonly ReaderStream[];
  /** Readers that are Ready and stream from the writer: one that is only Ready may answer stale rows. */
  readonly streaming: number;
}

/** Each rule and each step asks for the view of the same look, and a look does not change any more. */
const views = new WeakMap<Snapshot, ReleaseView>();

export function viewOf(snapshot: Snapshot): ReleaseView {
  const known = views.get(snapshot);
  if (known) return known;
  const view = releaseView(snapshot);
  views.set(snapshot, view);
  return view;
}

function releaseView(snapshot: Snapshot): ReleaseView {
  const names = objectNames(snapshot.target);
  const set = (name: string) => snapshot.statefulSets.find(({metadata}) => metadata.name === name) ?? null;
  const service = (name: string) => snapshot.services.find(({metadata}) => metadata.name === name) ?? null;
  const readerSet = set(names.reader);
  const desiredReaders = readerSet ? (readerSet.spec.replicas ?? 0) : orphans(snapshot, names.reader);
  const desiredPods = podNames(snapshot.target, desiredReaders);
  const desiredClaims = new Set(desiredPods.map((name) => claimOfPod(snapshot.target, name)));
  const pod = (name: string) => snapshot.pods.find(({metadata}) => metadata.name === name) ?? null;
  const readerPods = desiredPods.slice(1).flatMap((name) => pod(name) ?? []);
  const streams = snapshot.database.flatMap((fact) => (fact.kind === 'replication' ? fact.streams : []));
  const streamingPods = new Set(streams.filter(({state}) => state === 'streaming').map((stream) => stream.pod));
  return {
    newest: snapshot.release.revisions.at(-1) ?? null,
    writerSet: set(names.writer),
    readerSet,
    writerPod: pod(`${names.writer}-0`),
    readerPods,
    desiredReaders,
    writerService: service(names.writer),
    readerService: service(names.reader),
    claims: snapshot.claims.filter(({metadata}) => desiredClaims.has(metadata.name)),
    streams,
    streaming: readerPods.filter((one) => isReady(one) && streamingPods.has(one.metadata.name)).length,
  };
}

function orphans({pods}: Snapshot, set: string): number {
  let ordinal = 0;
  while (pods.some(({metadata}) => metadata.name === `${set}-${ordinal}`)) ordinal++;
  return ordinal;
}

export function isReady(pod: Pod | null): boolean {
  return pod?.status?.conditions?.some(({type, status}) => type === 'Ready' && status === 'True') ?? false;
}

/**
 * An answer that proves the endpoint: the writer is out of recovery and takes writes, a reader is in recovery, and it
 * is the release's database. A new, empty one on the writer's volume proves nothing.
 */
export function proofOf(
  snapshot: Snapshot,
  role: Role,
): (EndpointFact & {readonly result: {readonly answered: true}}) | null {
  const answer = isAnotherDatabase(snapshot, role) ? null : answerOf(snapshot, role);
  return role === 'writer' && answer?.result.isReadOnly === true ? null : answer;
}
