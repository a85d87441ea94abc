// Looks at a release again and again: whenever something changed, and every second.
import {allowNamespaces} from '../chart/parameters/allow-namespaces.ts';
import {clusterTimeOf} from '../observation/cluster-time.ts';
import type {Pod} from '../observation/kubernetes.ts';
import {isReady} from '../observation/release-view.ts';
import type {Fact, Snapshot, Target} from '../observation/snapshot.ts';
import type {Observation, Pace} from '../operations/ports/observation.ts';
import type {AllowNamespaces} from '../parameters/descriptors/allow-namespaces.ts';
import {ApiError, ConnectionError} from './api.ts';
import {watchChanges} from './changes.ts';
import type {Connection} from './connect.ts';
import {readLogTails} from './log-tails.ts';
import {networkReader, readNetwork} from './network.ts';
import {readSnapshot, type Reading} from './snapshot.ts';
import {steeringReader} from './steering.ts';
import {readVolumes} from './storage.ts';
import {clock} from '../core/time.ts';
import {volumeReader} from './volume-reader.ts';
import {readWriterNode, writerNodeReader} from './writer-node.ts';

/** Asks the database; the facts of one snapshot. Resolves, whatever happens. */
export type Prove = (
  snapshot: Reading['snapshot'],
  credentials: Reading['credentials'],
  signal: AbortSignal,
) => Promise<readonly Fact[]>;

/** At most this often, however much changes. */
const leastGapMs = 120;
const maxGapMs = 1000;
/**
 * A proof is asked for again after this long, or at once when the ready pods are others: often while somebody waits for
 * it.
 */
const proofAgeMs = {busy: 2000, calm: 10_000} as const;
/**
 * One that failed much earlier, then at ever longer intervals: what fails for minutes is not asked three times a
 * second.
 */
const failedProofAgeMs = 300;

/**
 * One complete look, proofs included. An endpoint from which no answer came is asked a second time: nobody looks again,
 * and a busy node can be slow once.
 */
export async function lookOnce(connection: Connection, target: Target, prove: Prove): Promise<Snapshot> {
  const {snapshot, credentials} = await readSnapshot(connection, target);
  const named = namedNamespaces(snapshot);
  const [database, volumes, network, writerNode] = await Promise.all([
    proveTwice(prove, snapshot, credentials),
    readVolumes(connection.api, snapshot.claims).catch(() => ({})),
    named && readNetwork(connection.api, named).catch(() => null),
    readWriterNode(connection.api, snapshot).catch(() => null),
  ]);
  const doubtful = notStreaming(snapshot, database);
  const logTails = await readLogTails(
    connection.api,
    target.namespace,
    snapshot.pods.filter(({metadata}) => doubtful.includes(metadata.name)),
    doubtful,
  );
  return {...snapshot, database, volumes, network, writerNode, logTails: {...snapshot.logTails, ...logTails}};
}

/** As the release has them; null: every namespace is let in. */
function namedNamespaces({release}: Reading['snapshot']): AllowNamespaces {
  return allowNamespaces.read(release.values ?? {}) ?? null;
}

async function proveTwice(
  prove: Prove,
  snapshot: Reading['snapshot'],
  credentials: Reading['credentials'],
): Promise<readonly Fact[]> {
  const facts = await prove(snapshot, credentials, AbortSignal.timeout(15_000));
  return facts.some(hadNoAnswer) ? prove(snapshot, credentials, AbortSignal.timeout(15_000)) : facts;
}

/** Neither yes nor no: PostgreSQL itself said nothing. */
function hadNoAnswer(fact: Fact): boolean {
  if (fact.kind !== 'endpoint' || fact.result.answered) return false;
  return fact.result.reason === 'unreachable' || fact.result.reason === 'other';
}

export function observe(
  connection: Connection,
  target: Target,
  prove: Prove,
  signal: AbortSignal,
  pace: Pace = 'busy',
): {observations: AsyncGenerator<Observation>; requestLook: () => void} {
  const gap = new GapBetweenLooks(signal);
  const requestLook = () => gap.requestLook();
  const volumes = volumeReader((claims) => readVolumes(connection.api, claims), clock.now);
  const proofs = new Proofs(prove, {requestLook, notify: () => gap.databaseAnswered()}, signal, proofAgeMs[pace]);
  const network = networkReader(connection.api);
  const writerNode = writerNodeReader(connection.api);
  const steering = steeringReader(connection.api);

  async function* looks(): AsyncGenerator<Observation> {
    watchChanges(connection, target, requestLook, signal);
    let lostSince: number | null = null;
    let doubtful: readonly string[] = [];
    let last: Reading['snapshot'] | null = null;
    while (!signal.aborted) {
      gap.beginLook();
      const began = clock.now();
      try {
        const {snapshot, credentials} = await readSnapshot(connection, target, doubtful, steering);
        last = {
          ...snapshot,
          volumes: volumes.known(snapshot.claims),
          network: network.known(namedNamespaces(snapshot)),
          writerNode: writerNode.known(snapshot),
        };
        lostSince = null;
        proofs.consider(snapshot, credentials);
        const database = proofs.facts(snapshot);
        doubtful = notStreaming(snapshot, database);
        yield {kind: 'seen', snapshot: {...last, database}};
      } catch (error) {
        if (!isPassing(error)) throw error;
        last = null;
        lostSince ??= began;
        yield {kind: 'lost', since: lostSince, text: error.message};
      }
      const hasAnswer = await gap.wait();
      if (hasAnswer && last) yield {kind: 'seen', snapshot: {...last, database: proofs.facts(last)}};
    }
  }

  return {observations: looks(), requestLook};
}

/** The pause after a look: the next one is soon when something changed, and later when nothing did. */
class GapBetweenLooks {
  private isRequested = false;
  /** The database has answered: somebody may be waiting for just that. */
  private hasAnswer = false;
  private endOnRequest: () => void = () => undefined;
  private endOnAnswer: () => void = () => undefined;

  constructor(private readonly signal: AbortSignal) {}

  requestLook(): void {
    this.isRequested = true;
    this.endOnRequest();
  }

  databaseAnswered(): void {
    this.hasAnswer = true;
    this.endOnAnswer();
  }

  /** What was asked for before is seen by this look. */
  beginLook(): void {
    this.isRequested = false;
  }

  /** @returns whether the database has answered since the last gap */
  async wait(): Promise<boolean> {
    await this.pause(leastGapMs);
    if (!this.isRequested && !this.hasAnswer) await this.pause(maxGapMs);
    const {hasAnswer} = this;
    this.hasAnswer = false;
    return hasAnswer;
  }

  /** Ends early by the signal or by the database's answer; the longer pause also by requestLook(). */
  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.signal.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        this.signal.removeEventListener('abort', end);
        this.endOnRequest = () => undefined;
        this.endOnAnswer = () => undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.signal.addEventListener('abort', end, {once: true});
      this.endOnAnswer = end;
      if (this.hasAnswer) end();
      if (ms > leastGapMs) this.endOnRequest = end;
    });
  }
}

/** Nothing answers, or an API server that starts, stops or has too much to do. */
function isPassing(error: unknown): error is Error {
  return (
    error instanceof ConnectionError || (error instanceof ApiError && (error.status >= 500 || error.status === 429))
  );
}

/** A reader that runs for so long should be known to the writer. */
const readerConnectsInMs = 15_000;

/** Readers that the writer does not know of, although they run: what keeps them is in their logs. */
function notStreaming(snapshot: Reading['snapshot'], facts: readonly Fact[]): readonly string[] {
  const replication = facts.find((fact) => fact.kind === 'replication');
  if (replication?.kind !== 'replication') return [];
  // One that stays in its beginning has another history than the writer.
  const known = new Set(replication.streams.flatMap(({pod, state}) => (state === 'startup' ? [] : [pod])));
  return snapshot.pods
    .filter(
      (pod) =>
        pod.metadata.labels?.['app.kubernetes.io/component'] === 'read' &&
        !known.has(pod.metadata.name) &&
        (isReady(pod) || runsForMs(snapshot, pod) > readerConnectsInMs),
    )
    .map(({metadata}) => metadata.name);
}

/** How long its server runs; negative where it does not. */
function runsForMs(snapshot: Reading['snapshot'], {status}: Pod): number {
  const server = status?.containerStatuses?.find(({name}) => name === 'postgresql');
  const startedAt = Date.parse(server?.state?.running?.startedAt ?? '');
  return Number.isNaN(startedAt) ? -1 : clusterTimeOf(snapshot) - startedAt;
}

/** Keeps the newest facts, and asks for new ones beside the looking: a slow database must not slow the rest. */
class Proofs {
  private newest: readonly Fact[] = [];
  private of: readonly ReadyPod[] = [];
  private askedAt = 0;
  private dueInMs = failedProofAgeMs;
  private asking = false;
  /** A prover never rejects; one that does must not end the process from behind. */
  private bug: {readonly error: unknown} | null = null;

  constructor(
    private readonly prove: Prove,
    private readonly bell: {readonly requestLook: () => void; readonly notify: () => void},
    private readonly signal: AbortSignal,
    private readonly freshMs: number,
  ) {}

  consider(snapshot: Reading['snapshot'], credentials: Reading['credentials']): void {
    const pods = readyPods(snapshot);
    if (this.asking || pods.length === 0) return;
    const others = !same(pods, this.of);
    if (!others && clock.now() - this.askedAt < this.dueInMs) return;
    this.asking = true;
    this.askedAt = clock.now();
    const proven = this.prove(snapshot, credentials, this.signal).catch((error: unknown) => {
      this.bug = {error};
      return [];
    });
    void proven.then((facts) => {
      this.asking = false;
      this.of = pods;
      this.newest = facts;
      this.dueInMs = isComplete(facts, pods)
        ? this.freshMs
        : others
          ? failedProofAgeMs
          : Math.min(this.freshMs, 2 * this.dueInMs);
      this.bell.notify();
      if (this.dueInMs < maxGapMs) setTimeout(this.bell.requestLook, this.dueInMs).unref();
    });
  }

  /** Facts of pods that are still the ones that were asked: a writer that was restarted has proven nothing yet. */
  facts(snapshot: Reading['snapshot']): readonly Fact[] {
    if (this.bug) throw this.bug.error;
    const now = new Set(readyPods(snapshot).map(({life}) => life));
    const left = this.of.filter(({life}) => now.has(life));
    const [writer, reader] = [left.some(({isReader}) => !isReader), left.some(({isReader}) => isReader)];
    return this.newest.filter((fact) => (fact.kind === 'endpoint' && fact.role === 'reader' ? reader : writer));
  }
}

/** Everybody who was asked answered, and every ready reader streams. */
function isComplete(facts: readonly Fact[], pods: readonly ReadyPod[]): boolean {
  const answered =
    facts.some(({kind}) => kind === 'endpoint') &&
    facts.every((fact) => fact.kind !== 'endpoint' || fact.result.answered);
  const streams = facts.flatMap((fact) => (fact.kind === 'replication' ? fact.streams : []));
  return answered && streams.filter(({state}) => state === 'streaming').length >= pods.length - 1;
}

interface ReadyPod {
  /** Another one after each restart. */
  readonly life: string;
  readonly isReader: boolean;
}

function readyPods({pods}: Reading['snapshot']): ReadyPod[] {
  return pods.filter(isReady).map(({metadata, status}) => ({
    life: [metadata.uid, ...(status?.containerStatuses ?? []).map(({restartCount}) => restartCount)].join('/'),
    isReader: metadata.labels?.['app.kubernetes.io/component'] === 'read',
  }));
}

function same(a: readonly ReadyPod[], b: readonly ReadyPod[]): boolean {
  return a.length === b.length && a.every(({life}) => b.some((other) => other.life === life));
}
