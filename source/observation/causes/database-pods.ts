// What the rules look at: the pods of the database in order, what ended in them, what was said about them, and whether
// that still counts.
import {clusterTimeOf} from '../cluster-time.ts';
import type {ClusterEvent, ContainerStateTerminated, ContainerStatus, Pod, StatefulSet} from '../kubernetes.ts';
import {isReady, viewOf, type Role} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {timeOf} from '../event-time.ts';

export interface DatabasePod {
  readonly pod: Pod;
  readonly role: Role;
  readonly set: StatefulSet | null;
}

/**
 * The writer first, then the desired readers: what breaks the writer breaks them too. Pods that are going away are not
 * in.
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
 * Containers that are down because they failed. One that runs again does not count: its last log lines may be about
 * what has been put right since. An exit code of 0 is a stop that somebody asked for.
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

/** The crashes without those of readers that began before the writer was ready, and ended because of the writer. */
export function ownCrashesOf(snapshot: Snapshot): readonly Crash[] {
  const writerReady = readySince(viewOf(snapshot).writerPod);
  return crashesOf(snapshot).filter(
    ({role, ended}) => role === 'writer' || (writerReady !== null && momentOf(ended.startedAt) >= writerReady),
  );
}

/** The first crashed container with a log line that matches, and the last such line. */
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
 * A reader whose log says why it cannot stream. It may be Ready all the same, and then it answers with rows that get
 * older. Log lines from before its last success do not count, and neither do those from before the writer was Ready:
 * while the writer is away, its address may belong to the server of another release, which knows neither the password
 * nor the data. A reader tries again every five seconds (wal_retrieve_retry_interval).
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

/**
 * When a line of PostgreSQL's log was written, in milliseconds since the epoch; null unless the line begins with a time
 * in UTC (`%m`), as it does with both images.
 */
function writtenAt(line: string): number | null {
  const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) (?:GMT|UTC) /.exec(line) ?? [];
  return day ? momentOf(`${day}T${time}Z`) : null;
}

/**
 * Events about this very object, newest last. An event about an earlier object of the same name has another uid, or is
 * from before this one was made.
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
 * Whether what a pod shows is about what is desired now. It is not when the pod has an older pod template (it is going
 * to be replaced), or when it failed before the operation at work on it began.
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

/** A deletionTimestamp already includes the grace period: this long after it, nobody is carrying the deletion out. */
const overdueMs = 30_000;

/** Whether the pod should have been gone by now. */
export function isOverdue(snapshot: Snapshot, {metadata: {deletionTimestamp}}: Pod): boolean {
  return Boolean(deletionTimestamp) && clusterTimeOf(snapshot) - momentOf(deletionTimestamp) > overdueMs;
}

/** Known of the writer's node alone, as of some seconds ago: its kubelet reports. */
export function isOnReadyNode({writerNode}: Snapshot, {spec}: Pod): boolean {
  const isReported = writerNode?.status?.conditions?.some(({type, status}) => type === 'Ready' && status === 'True');
  return isReported === true && writerNode?.metadata.name === spec.nodeName;
}
