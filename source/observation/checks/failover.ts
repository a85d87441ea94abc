// Whether a writer that is away is surely gone, so that a reader may become the writer, and which reader.
import {objectNames, readerOfPod} from '../../chart/names.ts';
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {cause, type Cause, type Remedy} from '../../core/cause.ts';
import {toTheSecond} from '../../core/time.ts';
import {agoText} from '../ages.ts';
import {backupStateOf} from '../backup.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import type {NodeSeen, ReaderPosition, WriterEvidence} from '../failover.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot, Target} from '../snapshot.ts';
import {kubectl, listed, object} from './messages.ts';

/**
 * `healthy`: the writer serves. `stoppable`: it does not serve, but its kubelet answers and will say when it has ended.
 * `gone`: nothing of it runs. `answers`: its node is silent, but its database answers and may be stopped by SQL.
 * `perhaps alive`: nobody knows.
 */
export type Verdict = 'healthy' | 'stoppable' | 'gone' | 'answers' | 'perhaps alive';

/** A kubelet renews its Lease every 10 seconds. Kubernetes documentation, Nodes, Heartbeats. */
const silentMs = 20_000;

const unchanged = 'Nothing was changed.';

/** `nodeIsOff`: somebody has made sure that the node is off. A database that still answers outweighs their word. */
export function verdictOf(evidence: WriterEvidence, nodeIsOff: boolean): Verdict {
  const {pod, node, answers} = evidence;
  const isAnswering = answers.some(({said}) => said === 'accepting connections' || said === 'rejecting connections');
  if (serves(pod, isAnswering)) return 'healthy';
  if (isSpeaking(node)) return 'stoppable';
  if (isAnswering) return 'answers';
  return nodeIsOff || isSurelyOff(node) ? 'gone' : 'perhaps alive';
}

function serves(pod: WriterEvidence['pod'], isAnswering: boolean): boolean {
  return pod !== null && pod.isReady && !pod.isAnother && (pod.isProven || isAnswering);
}

/** No node is known that the writer could run on, the cluster no longer has it, or it is tainted out-of-service. */
function isSurelyOff(node: NodeSeen | null): boolean {
  return node === null || node.kind === 'gone' || (node.kind === 'there' && node.isOutOfService);
}

/** The node's kubelet renews its Lease, so what it reports about its pods is true. */
export function isSpeaking(node: NodeSeen | null): boolean {
  return node?.kind === 'there' && node.isReady && (node.leaseAgeMs ?? 0) < silentMs;
}

/** The evidence, one line per source, for the people who decide. */
export function evidenceLines({pod, node, attachedTo, answers, positions}: WriterEvidence): readonly string[] {
  return [
    ...(node ? [nodeLine(node)] : []),
    pod
      ? `Pod ${pod.name}: ${pod.isReady ? 'Ready' : 'not Ready'}, ` +
        (pod.container === null ? 'on no node' : `container ${pod.container}`)
      : 'Pod: there is none',
    ...(attachedTo === null ? [] : [`Volume: attached to ${attachedTo}`]),
    ...answers.map(({from, said}) => `Asked from ${from}: ${said ?? 'it could not be asked'}`),
    ...positions.map(positionLine),
  ];
}

function nodeLine(node: NodeSeen): string {
  if (node.kind === 'gone') return `Node ${node.name}: the cluster does not have it any more`;
  if (node.kind === 'unreadable') return `Node ${node.name}: this user may not read it`;
  const since = node.since === null ? '' : ` since ${toTheSecond(node.since)}`;
  const lease =
    node.leaseAgeMs === null ? '' : `, last sign of its kubelet ${Math.round(node.leaseAgeMs / 1000)} s ago`;
  const taint = node.isOutOfService ? ', tainted out-of-service' : '';
  return `Node ${node.name}: ${node.isReady ? 'Ready' : 'not Ready'}${since}${lease}${taint}`;
}

function positionLine({pod, lsn, receiver}: ReaderPosition): string {
  const last = receiver?.lastMessageAt;
  const heard = last ? `, last message of the writer ${toTheSecond(last)}` : ', not connected to the writer';
  return `Reader ${pod}: has the WAL up to ${lsn}${heard}`;
}

/** Why no reader may become the writer now; null: one may. */
export function mayFailOver(target: Target, evidence: WriterEvidence, verdict: Verdict): Cause | null {
  switch (verdict) {
    case 'healthy':
      return writerHealthy(target, evidence);
    case 'answers':
      return evidence.open ? null : notFenced(target, evidence, verdict);
    case 'perhaps alive':
      return notFenced(target, evidence, verdict);
    case 'stoppable':
    case 'gone':
      return null;
  }
}

function writerHealthy(target: Target, evidence: WriterEvidence): Cause {
  const {writer} = objectNames(target);
  return cause(
    'WRITER_HEALTHY',
    `The writer of ${target.release} serves. A failover would give up writes for nothing; a switchover moves its ` +
      `role with every acknowledged row. ${unchanged}`,
    {
      object: object('Pod', target, `${writer}-0`),
      evidence: evidenceLines(evidence),
      remedies: [propose('Move the writer without a loss', {kind: 'switchover', ...releaseRef(target), to: null})],
    },
  );
}

function notFenced(target: Target, evidence: WriterEvidence, verdict: 'answers' | 'perhaps alive'): Cause {
  const {writer} = objectNames(target);
  const name = evidence.node?.name ?? 'its node';
  const message =
    verdict === 'answers'
      ? `The node ${name} does not answer the cluster, but the database on it still answers the readers, and may ` +
        `still acknowledge writes of clients. With a second writer beside it, rows would be lost. ${unchanged}`
      : `The node ${name} does not answer, and nobody knows whether the database on it still acknowledges writes. ` +
        `With a second writer beside it, rows would be lost. ${unchanged}`;
  return cause('NOT_FENCED', message, {
    object: object('Pod', target, `${writer}-0`),
    firstSeen: evidence.node?.kind === 'there' ? evidence.node.since : null,
    evidence: evidenceLines(evidence),
    remedies: fencingRemedies(target, name, verdict),
  });
}

function fencingRemedies(target: Target, node: string, verdict: 'answers' | 'perhaps alive'): readonly Remedy[] {
  const failover = {kind: 'failover' as const, ...releaseRef(target), to: null};
  return [
    {title: `Turn the machine of ${node} off, at its cloud or by its switch, or bring it back: then nothing is lost`},
    {
      title:
        'When it is off and the disk can move to another node, say so: the writer is made anew there with every row',
      command: kubectl(target, 'taint', 'nodes', node, 'node.kubernetes.io/out-of-service=nodeshutdown:NoExecute'),
    },
    verdict === 'answers'
      ? propose('When it is off, see what a failover would mean', {...failover, nodeIsOff: false})
      : propose('When you know that it is off, have a reader become the writer', {...failover, nodeIsOff: true}),
  ];
}

/**
 * The reader that is asked for, else the one with the most WAL; of equals the one with the highest number, so that
 * scaling to fewer readers stays possible. Null when none of them answers.
 */
export function mostWal(positions: readonly ReaderPosition[], to: string | null): ReaderPosition | null {
  const [first] = positions
    .filter(({pod}) => to === null || pod === to)
    .sort((a, b) => b.bytes - a.bytes || ordinalOf(b.pod) - ordinalOf(a.pod));
  return first ?? null;
}

function ordinalOf(pod: string): number {
  return Number(/\d+$/.exec(pod)?.[0] ?? 0);
}

/** Why `to` cannot be asked for; null when it is a reader of the release, or when none is named. */
export function isNoReader(target: Target, to: string | null, readersWanted: number): Cause | null {
  if (to === null) return null;
  const ordinal = readerOfPod(target, to);
  if (ordinal !== null && ordinal < readersWanted) return null;
  const {reader} = objectNames(target);
  const right = Array.from({length: readersWanted}, (_, n) => `${reader}-${n}`);
  const words = readersWanted === 0 ? 'It has none.' : `Right ${right.length === 1 ? 'is' : 'are'} ${listed(right)}.`;
  return cause('BAD_INPUT', `--to: ${to} is no reader of ${target.release}. ${words}`);
}

/** Nobody can take the role: what is left is the newest backup. */
export function noReaderToPromote(before: Snapshot, evidence: readonly string[]): Cause {
  const {target} = before;
  const {readersWanted} = viewOf(before);
  const last = backupStateOf(before)?.last ?? null;
  const who = readersWanted === 0 ? 'has no reader' : 'has no reader that answers';
  const backup = last
    ? ` The newest backup was begun ${agoText(Date.parse(last.startedAt), clusterTimeOf(before))} ago, at ` +
      `${toTheSecond(last.startedAt)}: what was written later is not in it.`
    : ' There is no backup that could be restored instead.';
  return cause(
    'NO_READER_TO_PROMOTE',
    `${target.release} ${who}, so none can become the writer.${backup} ${unchanged}`,
    {
      object: object('StatefulSet', target, objectNames(target).reader),
      evidence,
      remedies: [
        {title: 'Bring back the node, or the disk, of the writer or of a reader'},
        ...(last
          ? [
              propose('Restore the newest backup as a new release', {
                ...{kind: 'backup', action: 'restore', backup: last.name, as: `${target.release}-restored`},
                ...releaseRef(target),
              }),
            ]
          : []),
        propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)}),
      ],
    },
  );
}
