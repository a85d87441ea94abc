// How far a release is, in six lines. A function of what the cluster is, so every terminal shows the same.
import {databaseIn} from '../chart/names.ts';
import type {CauseCode} from '../core/cause.ts';
import {findCauses} from './causes/index.ts';
import type {PersistentVolumeClaim, Pod} from './kubernetes.ts';
import {isReady, proofOf, viewOf, type ReleaseView} from './release-view.ts';
import type {Snapshot} from './snapshot.ts';
import {growingClaims} from './storage.ts';

/** `backup`: the track of an operation on a backup; no other operation has it. */
export type TrackName = 'checks' | 'release' | 'storage' | 'writer' | 'readers' | 'endpoints' | 'backup';
export type TrackState = 'waiting' | 'running' | 'done' | 'warning' | 'failed' | 'skipped';

export interface Track {
  readonly track: TrackName;
  readonly state: TrackState;
  readonly text: string;
  /** ISO 8601: since when the cluster works on it; null when that is not known. */
  readonly since: string | null;
  /** What is awaited and may heal by itself. */
  readonly waitingFor: CauseCode | null;
}

type Bare = Omit<Track, 'waitingFor' | 'since'> & {readonly since?: string | null | undefined};

export function tracksOf(snapshot: Snapshot): Track[] {
  const view = viewOf(snapshot);
  const [first] = findCauses(snapshot);
  const tracks = [
    checks(snapshot),
    release(view),
    storage(snapshot, view),
    writer(snapshot, view),
    readers(view),
    endpoints(snapshot, view),
  ];
  const own = first && trackOf(first.cause.object?.kind ?? '', first.cause.object?.name ?? '', view);
  // A cause in a track that is done already is shown in the first one that is not. Where all are done, it is shown in
  // its own.
  const isOwn = ({track}: Bare) => track === own;
  const concerned =
    first &&
    (tracks.find((track) => isOwn(track) && track.state !== 'done') ??
      tracks.find(({state}) => !ended.includes(state)) ??
      tracks.find(isOwn));
  return tracks.map((track): Track => {
    const since = track.since ?? null;
    if (!first || track !== concerned) return {...track, since, waitingFor: null};
    return first.certain
      ? {...track, state: 'failed', text: first.cause.message, since, waitingFor: null}
      : {...track, since, waitingFor: track.state === 'failed' ? null : first.cause.code};
  });
}

const ended: readonly TrackState[] = ['done', 'warning', 'skipped'];

/** The track that an object belongs to. */
function trackOf(kind: string, name: string, {readerSet}: ReleaseView): TrackName {
  if (kind === 'PersistentVolumeClaim' || kind === 'PersistentVolume' || kind === 'Namespace') return 'storage';
  // The only Secret that a cause is about is that of the passwords: with a wrong one no endpoint can be proven.
  if (kind === 'Service' || kind === 'Secret') return 'endpoints';
  if (kind === 'Release') return 'release';
  return readerSet && name.startsWith(readerSet.metadata.name) ? 'readers' : 'writer';
}

function checks({release: {revisions}, secret}: Snapshot): Bare {
  const passed = revisions.length > 0 || secret !== null;
  return {track: 'checks', state: passed ? 'done' : 'waiting', text: 'permissions, names, storage, room'};
}

function release({newest}: ReleaseView): Bare {
  const since = newest?.updatedAt;
  if (!newest) return {track: 'release', state: 'waiting', text: 'not yet'};
  const text = `revision ${newest.revision}`;
  if (newest.status === 'deployed') return {track: 'release', state: 'done', text, since};
  if (newest.status.startsWith('pending'))
    return {track: 'release', state: 'running', text: `${text}, ${newest.status}`, since};
  return {track: 'release', state: 'failed', text: `${text} is ${newest.status}: ${newest.description}`, since};
}

function storage(snapshot: Snapshot, {claims, desiredReaders, writerSet}: ReleaseView): Bare {
  const desired = 1 + desiredReaders;
  const growing = growingClaims(snapshot, claims);
  if (growing.length > 0) {
    const grown = claims.length - growing.length;
    const have = desired === 1 ? 'volume has' : 'volumes have';
    const text = `${grown} of ${desired} ${have} grown to ${sizeOf(growing[0])}`;
    return {track: 'storage', state: 'running', text};
  }
  if (!writerSet) return {track: 'storage', state: 'waiting', text: 'not yet'};
  const bound = claims.filter(({status}) => status?.phase === 'Bound');
  const classes = [...new Set(claims.flatMap(({spec}) => spec.storageClassName ?? []))].join(', ');
  return {
    track: 'storage',
    state: bound.length >= desired ? 'done' : 'running',
    text: `${bound.length} of ${desired} ${desired === 1 ? 'volume' : 'volumes'} bound${classes ? `, ${classes}` : ''}`,
    since: claims[0]?.metadata.creationTimestamp ?? writerSet.metadata.creationTimestamp,
  };
}

function sizeOf(claim: PersistentVolumeClaim | undefined): string {
  return claim?.spec.resources?.requests?.['storage'] ?? '';
}

function writer(snapshot: Snapshot, {writerSet, writerPod}: ReleaseView): Bare {
  if (!writerSet) return {track: 'writer', state: 'waiting', text: 'not yet'};
  const proven = proofOf(snapshot, 'writer') !== null;
  const done = proven || isReady(writerPod);
  const isAsked = snapshot.database.some((fact) => fact.kind === 'endpoint' && fact.role === 'writer');
  const how = proven || !isAsked ? 'accepting connections' : 'Ready, and not proven';
  return {
    track: 'writer',
    state: done ? 'done' : 'running',
    text: done ? `on ${writerPod?.spec.nodeName ?? 'a node'}, ${how}` : stageOf(writerPod),
    since: writerPod?.metadata.creationTimestamp ?? writerSet.metadata.creationTimestamp,
  };
}

function readers({readerSet, desiredReaders, readerPods, streaming}: ReleaseView): Bare {
  if (!readerSet) return {track: 'readers', state: 'waiting', text: 'not yet'};
  if (desiredReaders === 0) return {track: 'readers', state: 'skipped', text: 'none wanted'};
  const next = readerPods.find((pod) => !isReady(pod)) ?? null;
  const behind = next ? ` · ${next.metadata.name} ${stageOf(next)}` : '';
  return {
    track: 'readers',
    state: streaming >= desiredReaders ? 'done' : 'running',
    text: `${streaming} of ${desiredReaders} streaming${streaming < desiredReaders ? behind : ''}`,
    since: readerPods[0]?.metadata.creationTimestamp ?? readerSet.metadata.creationTimestamp,
  };
}

function endpoints(snapshot: Snapshot, {writerService, desiredReaders}: ReleaseView): Bare {
  if (!writerService) return {track: 'endpoints', state: 'waiting', text: 'not yet'};
  const writerProven = proofOf(snapshot, 'writer') !== null;
  const readerProven = proofOf(snapshot, 'reader') !== null;
  const readerText = desiredReaders === 0 ? 'no reader' : readerProven ? 'reader proven' : 'reader not proven yet';
  const proven = writerProven && (desiredReaders === 0 || readerProven);
  const pending = snapshot.services.some(
    ({spec, status}) => spec.type === 'LoadBalancer' && !status?.loadBalancer?.ingress?.length,
  );
  return {
    track: 'endpoints',
    state: proven ? (pending ? 'warning' : 'done') : 'running',
    text:
      `${writerProven ? 'writer proven' : 'writer not proven yet'} · ` +
      `${readerText}${pending ? ' · the load balancer has no address yet' : ''}`,
    since: writerService.metadata.creationTimestamp,
  };
}

/** What a pod that is not ready is doing. */
function stageOf(pod: Pod | null): string {
  if (!pod) return 'its pod is not there yet';
  if (!pod.spec.nodeName) return 'waits for a node';
  const state = databaseIn(pod.status?.containerStatuses)?.state;
  const waiting = state?.waiting?.reason;
  if (waiting) return waitingStages[waiting] ?? `waits: ${waiting}`;
  return state?.running ? 'starts PostgreSQL' : 'is being created';
}

/** By the reason that kubelet gives for a container that waits. */
const waitingStages: Readonly<Record<string, string>> = {
  ContainerCreating: 'attaches its volume and pulls the image',
  PodInitializing: 'prepares',
};
