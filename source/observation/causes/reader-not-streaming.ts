// A reader does not stream, and no other rule knows why: the writer does not list it, and its own last words are all
// there is.
import {kubectlHere} from '../../commands/kubectl.ts';
import {cause, type Remedy} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {fillIn, propose} from '../../commands/command-line.ts';
import {databaseIn, objectNames, replicationUser} from '../../chart/names.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import type {Pod} from '../kubernetes.ts';
import {isReady, proofOf, viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {cloneAgain} from './clone-again.ts';
import {
  databasePods,
  isCurrent,
  momentOf,
  ownCrashesOf,
  wordsOf,
  type Crash,
  type DatabasePod,
} from './database-pods.ts';
import {readerRefused} from './password-mismatch.ts';
import type {FoundCause} from './rule.ts';
import {capitalised} from '../../core/capitalised.ts';
import {evidence, nameOf, refTo} from './messages.ts';
import {superuserQuery} from './recovery-commands.ts';

/** A reader connects within a second or two; one whose connection broke tries again every five. */
const graceMs = 15_000;
const maxLines = 5;

interface Reason {
  readonly pattern: RegExp;
  readonly words: string;
  /** Whether trying again is in vain. */
  readonly lasts: boolean;
  remedies(snapshot: Snapshot, pod: Pod): readonly Remedy[];
}

/** Recognised by the reader's log, or by its position where the log says nothing yet. */
const hasReplayedMore: Reason = {
  pattern: /new timeline \d+ forked off current database system timeline \d+ before current recovery point/,
  words: 'it has replayed what the writer never wrote, so that the two can never meet again',
  lasts: true,
  remedies: (snapshot, pod) => cloneAgain(snapshot, pod, {isCopy: true}),
};

/** PostgreSQL 17: what a walreceiver and pg_basebackup log of the writer's refusals. */
const reasons: readonly Reason[] = [
  {
    pattern: /is not permitted to log in|permission denied to start WAL sender|must be .*replication role/i,
    words: `the writer does not let its role ${replicationUser} replicate`,
    lasts: true,
    remedies: (snapshot) => [letReplicate(snapshot)],
  },
  {
    pattern: /no pg_hba\.conf entry for replication connection/,
    words: "the writer's pg_hba.conf has no line for replication from there",
    lasts: true,
    remedies: (snapshot) => [
      fillIn(
        'Add a line such as "host replication repl_user all scram-sha-256" to primary.pgHbaConfiguration in the ' +
          'file of --values, and set it again',
        'set',
        releaseRef(snapshot.target),
        '--values FILE',
      ),
    ],
  },
  hasReplayedMore,
  {
    // PostgreSQL 17: walsender.c, StartReplication; xlogreader.c, ValidXLogRecordHeader.
    pattern:
      /requested starting point \S+ (?:on timeline \d+ )?is (?:ahead of the WAL flush position|not in this server's history)|record with incorrect prev-link/,
    words: 'it has WAL that this writer never wrote: the two have different histories on one timeline',
    lasts: true,
    remedies: (snapshot, pod) => cloneAgain(snapshot, pod, {isCopy: true}),
  },
  {
    pattern: /replication slot "[^"]*" (?:does not exist|is active)/,
    words: 'its replication slot is gone, or is in use by another',
    lasts: false,
    remedies: (snapshot, pod) => [restartReader(snapshot, pod)],
  },
  {
    pattern: /could not translate host name|could not connect|connection refused|timeout expired|no route to host/i,
    words: 'it does not reach the writer',
    lasts: false,
    remedies: (snapshot) => [
      {
        title: "See whether the writer's Service has found its pod",
        command: kubectlHere(
          snapshot.target,
          'get',
          'endpointslices',
          '-l',
          `kubernetes.io/service-name=${objectNames(snapshot.target).writer}`,
        ),
      },
      {
        title: 'See which network policies stand in the way',
        command: kubectlHere(snapshot.target, 'get', 'networkpolicies'),
      },
    ],
  },
];

/** Not certain where it may heal by another try. Looked for only where no other rule knows of a pod in trouble. */
export function readerNotStreaming(snapshot: Snapshot): FoundCause | null {
  const asked = snapshot.database.some(({kind}) => kind === 'replication');
  // Nobody can stream from a writer that is away.
  if (!asked || !proofOf(snapshot, 'writer')) return null;
  const {streams} = viewOf(snapshot);
  const silent = databasePods(snapshot).filter(
    (subject) =>
      subject.role === 'reader' &&
      !streams.some(({pod, state}) => pod === subject.pod.metadata.name && state !== 'startup'),
  );
  // Behind the proxy of a mesh, a stream does not tell which reader it belongs to.
  const nameless = streams.filter(({pod}) => pod === null).length;
  const late = silent.find(({pod}) => clusterTimeOf(snapshot) - awaitedSince(pod) > graceMs);
  if (!late || nameless >= silent.length) return null;
  return notStreamingCause(snapshot, late);
}

/** Why the writer refuses a reader whose container ends of it, where trying again is in vain. Certain at once. */
export function readerRefusedByWriter(snapshot: Snapshot): FoundCause | null {
  for (const crash of ownCrashesOf(snapshot)) {
    const reason = lastingReason(snapshot, crash);
    if (!reason) continue;
    const {container, ended} = crash;
    const crashed = `container ${container.name} terminated: ${ended.reason ?? 'Error'}, exit code ${ended.exitCode}`;
    return {
      ...found(snapshot, crash, reason, [`${crashed}, restarts ${container.restartCount}`]),
      certain: isCurrent(snapshot, crash, ended.finishedAt),
    };
  }
  return null;
}

/** Whether a rule knows why the writer refuses that reader: this file's, or the one of passwords. */
export function isRefusedByWriter(snapshot: Snapshot, crash: Crash): boolean {
  return lastingReason(snapshot, crash) !== undefined || isAboutPassword(snapshot, crash);
}

function lastingReason(snapshot: Snapshot, {pod, role}: Crash): Reason | undefined {
  if (role !== 'reader') return undefined;
  const last = complaintsIn(wordsOf(snapshot, pod)).at(-1) ?? '';
  if (readerRefused.test(last)) return roleReason(snapshot);
  return reasons.find(({pattern, lasts}) => lasts && pattern.test(last));
}

function isAboutPassword(snapshot: Snapshot, {pod, role}: Crash): boolean {
  return role === 'reader' && readerRefused.test(complaintsIn(wordsOf(snapshot, pod)).at(-1) ?? '');
}

/** From when on the reader should stream, in milliseconds since the epoch; infinite where its server does not run. */
function awaitedSince({status}: Pod): number {
  const container = databaseIn(status?.containerStatuses);
  const started = momentOf(container?.state?.running?.startedAt);
  const ready = momentOf(status?.conditions?.find(({type}) => type === 'Ready')?.lastTransitionTime);
  return started === 0 ? Infinity : Math.max(started, ready);
}

function notStreamingCause(snapshot: Snapshot, subject: DatabasePod): FoundCause {
  const {pod} = subject;
  const words = wordsOf(snapshot, pod).filter((line) => !line.includes('LOG:  waiting for WAL'));
  const reason =
    roleReason(snapshot) ??
    aheadReason(snapshot, pod) ??
    reasons.find(({pattern}) => words.some((line) => pattern.test(line)));
  const of = `pg_stat_replication of the writer ${listing(snapshot, pod)}`;
  return {...found(snapshot, subject, reason, [of]), certain: reason?.lasts === true && isCurrent(snapshot, subject)};
}

/** `facts`: what is seen beside its last words. */
function found(
  snapshot: Snapshot,
  subject: DatabasePod,
  reason: Reason | undefined,
  facts: readonly string[],
): Pick<FoundCause, 'cause'> {
  const {pod} = subject;
  const words = wordsOf(snapshot, pod).filter((line) => !line.includes('LOG:  waiting for WAL'));
  const state = isReady(pod) ? 'is Ready, and does not stream: what it answers gets older' : 'does not stream';
  return {
    cause: cause(
      'READER_NOT_STREAMING',
      `${capitalised(nameOf(subject))} ${state}. ${reason ? capitalised(reason.words) : 'Why is in its last lines'}. ` +
        'The writer is not affected.',
      {
        object: refTo('Pod', pod.metadata, snapshot),
        evidence: evidence(...facts, ...tail(words)),
        remedies: [
          ...(reason?.remedies(snapshot, pod) ?? [restartReader(snapshot, pod)]),
          propose('Read its whole log', {kind: 'logs', ...releaseRef(snapshot.target), role: 'reader'}),
        ],
      },
    ),
  };
}

/** Set when this reader has more of the earlier writer's WAL than the promoted reader had. */
function aheadReason(snapshot: Snapshot, {metadata}: Pod): Reason | undefined {
  const moved = snapshot.secret?.roleMoves?.at(-1);
  const stream = viewOf(snapshot).streams.find(({pod}) => pod === metadata.name);
  const isAhead = (stream?.replayedBytes ?? 0) > (moved?.promotedAtBytes ?? Infinity);
  return stream?.state === 'startup' && isAhead ? hasReplayedMore : undefined;
}

function listing(snapshot: Snapshot, {metadata}: Pod): string {
  const stream = viewOf(snapshot).streams.find(({pod}) => pod === metadata.name);
  return stream ? `lists ${metadata.name} in its ${stream.state}` : `does not list ${metadata.name}`;
}

/** The last lines that complain; without any, the last lines. */
function tail(words: readonly string[]): readonly string[] {
  const complaints = complaintsIn(words);
  return (complaints.length > 0 ? complaints : words).slice(-maxLines);
}

function complaintsIn(words: readonly string[]): readonly string[] {
  return words.filter((line) => /\b(?:FATAL|PANIC|ERROR|error):/.test(line));
}

/** Judges the role by what the writer says of it, because the reader's log speaks of a wrong password only. */
function roleReason(snapshot: Snapshot): Reason | undefined {
  return proofOf(snapshot, 'writer')?.result.mayReplicate === false ? reasons[0] : undefined;
}

function letReplicate(snapshot: Snapshot): Remedy {
  const {writer} = objectNames(snapshot.target);
  return {
    title:
      `Let the role ${replicationUser} log in and replicate again. Where it was renamed, rename it back first ` +
      `(alter role OTHER rename to ${replicationUser})`,
    command: superuserQuery(snapshot, `${writer}-0`, `alter role ${replicationUser} login replication`),
  };
}

function restartReader(snapshot: Snapshot, {metadata: {name}}: Pod): Remedy {
  return {
    title: 'Have this reader start again: it keeps its volume, and connects again',
    command: kubectlHere(snapshot.target, 'delete', 'pod', name),
  };
}
