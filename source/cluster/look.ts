// Looks at a release again and again: whenever something changed, and every second.
import {databaseIn, labelKeys, componentLabels} from '../chart/names.ts';
import {allowNamespaces} from '../chart/parameters/allow-namespaces.ts';
import {clusterTimeOf} from '../observation/cluster-time.ts';
import type {Pod} from '../observation/kubernetes.ts';
import {isReady, viewOf} from '../observation/release-view.ts';
import type {Fact, Snapshot, Target} from '../observation/snapshot.ts';
import type {LookOptions, Observation, Pace} from '../operations/ports/observation.ts';
import {networkAsked} from '../observation/network.ts';
import {ApiError, ConnectionError} from './api.ts';
import {watchChanges} from './watch-changes.ts';
import type {Connection} from './connect.ts';
import {readLogTails} from './log-tails.ts';
import {networkReader, readNetwork} from './network.ts';
import {readSnapshot, type Reading} from './snapshot.ts';
import {steeringReader} from './steering.ts';
import {readVolumes} from './storage.ts';
import {clock} from '../core/time.ts';
import {volumeReader} from './volume-reader.ts';
import {readWriterNode, writerNodeReader} from './writer-node.ts';

/** Asks the database for the facts of one snapshot. Resolves, whatever happens. */
export type Prove = (
  snapshot: Reading['snapshot'],
  credentials: Reading['credentials'],
  signal: AbortSignal,
) => Promise<readonly Fact[]>;

/** The shortest pause between two looks, in milliseconds, however much changes. */
const leastGapMs = 120;
const maxGapMs = 1000;
/**
 * A proof is asked for again after this many milliseconds, or at once when other pods are ready: more often while
 * somebody waits for it.
 */
const proofAgeMs = {busy: 2000, calm: 10_000} as const;
/**
 * A failed proof is repeated much earlier, then at ever longer intervals, so that one that fails for minutes is not
 * repeated three times a second.
 */
const failedProofAgeMs = 300;

/**
 * One complete look, proofs included. An endpoint that did not answer is asked a second time, because no other look
 * follows, and a busy node can be slow once.
 */
export async function lookOnce(
  connection: Connection,
  target: Target,
  prove: Prove,
  {onRead = () => undefined, mayLackWriter = false}: LookOptions = {},
): Promise<Snapshot> {
  const {snapshot, credentials} = await readSnapshot(connection, target, {hasLogs: !mayLackWriter});
  onRead(snapshot);
  if (mayLackWriter && !isReady(viewOf({...snapshot, database: []}).writerPod)) return {...snapshot, database: []};
  const named = namedNamespaces(snapshot);
  const [database, volumes, network, writerNode] = await Promise.all([
    proveTwice(prove, snapshot, credentials),
    readVolumes(connection.api, snapshot.claims).catch(() => ({})),
    named && readNetwork(connection.api, named).catch(() => null),
    readWriterNode(connection.api, snapshot).catch(() => null),
  ]);
  const withoutStream = notStreaming(snapshot, database);
  const logTails = await readLogTails(
    connection.api,
    target.namespace,
    snapshot.pods.filter(({metadata}) => withoutStream.includes(metadata.name)),
    withoutStream,
  );
  return {...snapshot, database, volumes, network, writerNode, logTails: {...snapshot.logTails, ...logTails}};
}

/** The namespaces that the release lets in; null: all of them. */
function namedNamespaces({release}: Reading['snapshot']): readonly string[] | null {
  return networkAsked(allowNamespaces.read(release.values ?? {}) ?? null);
}

async function proveTwice(
  prove: Prove,
  snapshot: Reading['snapshot'],
  credentials: Reading['credentials'],
): Promise<readonly Fact[]> {
  const facts = await prove(snapshot, credentials, AbortSignal.timeout(15_000));
  return facts.some((fact) => hadNoAnswer(fact) && mayAnswer(snapshot, fact))
    ? prove(snapshot, credentials, AbortSignal.timeout(15_000))
    : facts;
}

/** Neither yes nor no: PostgreSQL itself said nothing. */
function hadNoAnswer(fact: Fact): boolean {
  if (fact.kind !== 'endpoint' || fact.result.answered) return false;
  return fact.result.reason === 'unreachable' || fact.result.reason === 'other';
}

/** Where no pod of the role is ready, asking again takes seconds and tells nothing. */
function mayAnswer(snapshot: Reading['snapshot'], fact: Fact): boolean {
  const isOfReader = fact.kind === 'endpoint' && fact.role === 'reader';
  return readyPods(snapshot).some(({isReader}) => isReader === isOfReader);
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
    let withoutStream: readonly string[] = [];
    let last: Reading['snapshot'] | null = null;
    while (!signal.aborted) {
      gap.beginLook();
      const began = clock.now();
      try {
        const {snapshot, credentials} = await readSnapshot(connection, target, {withoutStream, steeringOf: steering});
        last = {
          ...snapshot,
          volumes: volumes.known(snapshot.claims),
          network: network.known(namedNamespaces(snapshot)),
          writerNode: writerNode.known(snapshot),
        };
        lostSince = null;
        proofs.consider(snapshot, credentials);
        const database = proofs.facts(snapshot);
        withoutStream = notStreaming(snapshot, database);
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
  /** Whether the database has answered, which somebody may be waiting for. */
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

  /** This look covers every look that was requested before it. */
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

  /** Ends early when the signal aborts or the database answers; the longer pause also on requestLook(). */
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

/** True where nothing answers, or an API server that is starting, stopping or overloaded. */
function isPassing(error: unknown): error is Error {
  return (
    error instanceof ConnectionError || (error instanceof ApiError && (error.status >= 500 || error.status === 429))
  );
}

/** After running this long a reader should be known to the writer. */
const readerConnectsInMs = 15_000;

/** Readers that run although the writer does not know of them: their logs say what keeps them. */
function notStreaming(snapshot: Reading['snapshot'], facts: readonly Fact[]): readonly string[] {
  const replication = facts.find((fact) => fact.kind === 'replication');
  if (replication?.kind !== 'replication') return [];
  // A stream that stays in state `startup` has another history than the writer.
  const known = new Set(replication.streams.flatMap(({pod, state}) => (state === 'startup' ? [] : [pod])));
  return snapshot.pods
    .filter(
      (pod) =>
        pod.metadata.labels?.[labelKeys.component] === componentLabels.reader &&
        !known.has(pod.metadata.name) &&
        (isReady(pod) || runsForMs(snapshot, pod) > readerConnectsInMs),
    )
    .map(({metadata}) => metadata.name);
}

/** How long the pod's server has been running; negative where it is not running. */
function runsForMs(snapshot: Reading['snapshot'], {status}: Pod): number {
  const server = databaseIn(status?.containerStatuses);
  const startedAt = Date.parse(server?.state?.running?.startedAt ?? '');
  return Number.isNaN(startedAt) ? -1 : clusterTimeOf(snapshot) - startedAt;
}

/**
 * Keeps the newest facts, and asks for new ones in the background, because a slow database must not slow down the
 * looks.
 */
class Proofs {
  private newest: readonly Fact[] = [];
  private of: readonly ReadyPod[] = [];
  private askedAt = 0;
  private dueInMs = failedProofAgeMs;
  private asking = false;
  /**
   * A prover never rejects. If one does all the same, facts() throws its error, instead of an unhandled rejection
   * ending the process.
   */
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

  /**
   * The facts of pods that have not restarted since they were asked: a writer that has restarted has proven nothing
   * yet.
   */
  facts(snapshot: Reading['snapshot']): readonly Fact[] {
    if (this.bug) throw this.bug.error;
    const now = new Set(readyPods(snapshot).map(({life}) => life));
    const left = this.of.filter(({life}) => now.has(life));
    const [writer, reader] = [left.some(({isReader}) => !isReader), left.some(({isReader}) => isReader)];
    return this.newest.filter((fact) => (fact.kind === 'endpoint' && fact.role === 'reader' ? reader : writer));
  }
}

/** Whether every endpoint that was asked answered, and every ready reader streams. */
function isComplete(facts: readonly Fact[], pods: readonly ReadyPod[]): boolean {
  const answered =
    facts.some(({kind}) => kind === 'endpoint') &&
    facts.every((fact) => fact.kind !== 'endpoint' || fact.result.answered);
  const streams = facts.flatMap((fact) => (fact.kind === 'replication' ? fact.streams : []));
  return answered && streams.filter(({state}) => state === 'streaming').length >= pods.length - 1;
}

interface ReadyPod {
  /** Differs after each restart. */
  readonly life: string;
  readonly isReader: boolean;
}

function readyPods({pods}: Reading['snapshot']): ReadyPod[] {
  return pods.filter(isReady).map(({metadata, status}) => ({
    life: [metadata.uid, ...(status?.containerStatuses ?? []).map(({restartCount}) => restartCount)].join('/'),
    isReader: metadata.labels?.[labelKeys.component] === componentLabels.reader,
  }));
}

function same(a: readonly ReadyPod[], b: readonly ReadyPod[]): boolean {
  return a.length === b.length && a.every(({life}) => b.some((other) => other.life === life));
}
