// What the rules look at: the pods of the database in order, what ended in them, what was said about them, and whether
// it still counts.
import type {ClusterEvent, ContainerStateTerminated, ContainerStatus, Pod, StatefulSet} from '../kubernetes.ts';
import {isReady, viewOf, type Role} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';

export interface DatabasePod {
  readonly pod: Pod;
  readonly role: Role;
  readonly set: StatefulSet | null;
}

/**
 * The writer first, then the wanted readers: what breaks the writer breaks them. Pods that are going away are left out.
 */
export function databasePods(snapshot: Snapshot): readonly DatabasePod[] {
  const {writerPod, readerPods, writerSet, readerSet} = viewOf(snapshot);
  const writers = writerPod ? [{pod: writerPod, role: 'writer' as const, set: writerSet}] : [];
  return [...writers, ...readerPods.map((pod) => ({pod, role: 'reader' as const, set: readerSet}))].filter(
    ({pod}) => !pod.metadata.deletionTimestamp,
  );
}

/** Init containers first: nothing else starts before they are through. */
export function containersOf({status}: Pod): readonly ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

export interface Crash extends DatabasePod {
  readonly container: ContainerStatus;
  readonly ended: ContainerStateTerminated;
}

/**
 * Containers that are down because they failed. One that runs again is none: its last words may be about what was put
 * right since. An exit with 0 is a stop that somebody asked for.
 */
export function crashesOf(snapshot: Snapshot): readonly Crash[] {
  return databasePods(snapshot).flatMap((subject) =>
    containersOf(subject.pod).flatMap((container): Crash[] => {
      const {state, lastState} = container;
      const backingOff = state?.waiting?.reason === 'CrashLoopBackOff';
      const ended = state?.terminated ?? (backingOff ? lastState?.terminated : undefined);
      return ended && (ended.exitCode !== 0 || ended.reason === 'OOMKilled') ? [{...subject, container, ended}] : [];
    }),
  );
}

/** The crashed container whose last words match, and the line that does. */
export function crashSaying(
  snapshot: Snapshot,
  test: (line: string) => boolean,
): (Crash & {readonly line: string}) | null {
  for (const crash of crashesOf(snapshot)) {
    const line = wordsOf(snapshot, crash.pod).findLast(test);
    if (line !== undefined) return {...crash, line};
  }
  return null;
}

export function wordsOf({logTails}: Snapshot, pod: Pod): readonly string[] {
  return logTails[pod.metadata.name] ?? [];
}

/**
 * A reader that says why it cannot stream. It may well be Ready: then it answers rows that get older. Words before the
 * last success are history, and so are those from before the writer was Ready: while it is away, its address may
 * belong to the server of another release, which knows neither the password nor the data. A reader asks again every
 * five seconds (wal_retrieve_retry_interval).
 */
export function readerSaying(
  snapshot: Snapshot,
  pattern: RegExp,
): (DatabasePod & {readonly line: string; readonly after: readonly string[]}) | null {
  const {streams, writerPod} = viewOf(snapshot);
  const streaming = new Set(streams.flatMap(({pod, state}) => (state === 'streaming' ? [pod] : [])));
  const since = readySince(writerPod);
  if (since === null) return null;
  for (const subject of databasePods(snapshot)) {
    if (subject.role !== 'reader' || streaming.has(subject.pod.metadata.name)) continue;
    const words = wordsOf(snapshot, subject.pod);
    const at = words.findLastIndex((line) => pattern.test(line) && (writtenAt(line) ?? since) >= since - 1000);
    const line = words[at];
    if (line === undefined || words.slice(at).some((later) => later.includes('started streaming WAL'))) continue;
    return {...subject, line, after: words.slice(at + 1, at + 3)};
  }
  return null;
}

/** Milliseconds since the epoch, where the line of PostgreSQL's log says so in UTC: `%m` begins both images' lines. */
function writtenAt(line: string): number | null {
  const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) (?:GMT|UTC) /.exec(line) ?? [];
  return day ? momentOf(`${day}T${time}Z`) : null;
}

/**
 * Events about this very object, newest last. A namesake from before has another uid, or was there before this one was
 * made.
 */
export function eventsAbout(
  {events}: Snapshot,
  kind: string,
  {metadata}: Pick<Pod, 'metadata'>,
): readonly ClusterEvent[] {
  return events
    .filter(({involvedObject: about}) => about?.kind === kind && about.name === metadata.name)
    .filter(({involvedObject: {uid}, ...event}) =>
      uid && metadata.uid ? uid === metadata.uid : timeOf(event) >= momentOf(metadata.creationTimestamp),
    )
    .sort((a, b) => timeOf(a) - timeOf(b));
}

/**
 * Milliseconds since the epoch at which it was last seen; 0 when it does not say. The scheduler gives eventTime alone.
 */
export function timeOf(
  event: Pick<ClusterEvent, 'metadata' | 'lastTimestamp' | 'eventTime' | 'firstTimestamp'>,
): number {
  return momentOf(event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? event.metadata?.creationTimestamp);
}

export function firstSeenOf(event: ClusterEvent | undefined): string | null {
  return event?.firstTimestamp ?? event?.eventTime ?? event?.metadata?.creationTimestamp ?? null;
}

/** Milliseconds since the epoch; 0 for what is no time. */
export function momentOf(time: string | null | undefined): number {
  return Date.parse(time ?? '') || 0;
}

/** Since when the pod is Ready, in milliseconds since the epoch; null when it is not. */
export function readySince(pod: Pod | null): number | null {
  if (!isReady(pod)) return null;
  return momentOf(pod?.status?.conditions?.find(({type}) => type === 'Ready')?.lastTransitionTime);
}

/**
 * Whether what a pod shows is about what is wanted now. It is not when the pod is of an older pod template (it is going
 * to be replaced), or when it failed before the operation began that is at work on it.
 */
export function isCurrent({operation}: Snapshot, {pod, set}: DatabasePod, failedAt?: string | null): boolean {
  if (set && isOfOlderTemplate(pod, set)) return false;
  return !operation || !failedAt || momentOf(failedAt) >= momentOf(operation.startedAt) - 1000;
}

/** True of every pod until the controller has seen the newest pod template; false where that cannot be told. */
function isOfOlderTemplate(pod: Pod, {metadata, status}: StatefulSet): boolean {
  const newest = status?.updateRevision;
  const own = pod.metadata.labels?.['controller-revision-hash'];
  if (newest && own && newest !== own) return true;
  return (metadata.generation ?? 0) > (status?.observedGeneration ?? Infinity);
}
