// What it means that a reader becomes the writer in place of one that is lost. Pure.
import {objectNames} from '../chart/names.ts';
import {toTheSecond} from '../core/time.ts';
import {durationText} from '../observation/text/ages.ts';
import type {Verdict} from '../observation/checks/failover.ts';
import {listed} from '../observation/checks/messages.ts';
import {isAhead} from '../observation/checks/reader-to-promote.ts';
import {lsnText, type ReaderPosition, type WritesAtRisk} from '../observation/role/failover.ts';
import type {Target, WriterPosition} from '../observation/snapshot.ts';
import {waitForFewer} from '../observation/synchronous.ts';
import {roughBytes} from '../parameters/quantity.ts';

export interface FailoverFacts {
  readonly target: Target;
  readonly verdict: Verdict;
  /** The operator says that the writer's node is off. */
  readonly nodeIsOff: boolean;
  readonly chosen: ReaderPosition;
  /** Where each reader is that answered, the chosen one too. */
  readonly positions: readonly ReaderPosition[];
  readonly atRisk: WritesAtRisk;
  /** Pods of readers that did not answer. */
  readonly silent: readonly string[];
  /** The earlier writer answers and is stopped by SQL; before it stops, it sends the chosen reader all that it has. */
  readonly isSentAll: boolean;
  readonly nodes: {readonly writer: string | null; readonly reader: string};
  /** Null when it is not there any more. `kept`: the claim that keeps it. */
  readonly oldVolume: {readonly name: string; readonly size: string; readonly kept: string} | null;
  /** How many readers each commit of the new writer waits for. */
  readonly commitsWaitFor: number;
  /** The disk is not bound to its node: it could be attached to another one, with every row. */
  readonly diskCanMove: boolean;
  /** What `leftBehindConsequences` tells; absent: nothing. */
  readonly leftBehind?: readonly FailoverConsequence[];
}

export interface FailoverConsequence {
  readonly code:
    | 'ROLE_CHANGE'
    | 'WRITES_AT_RISK'
    | 'DISK_CAN_MOVE'
    | 'COMMITS_WAIT'
    | 'REPLICA_ADD'
    | 'DATA_KEPT'
    | 'DATA_DELETED'
    | 'SETTINGS_MOVE'
    | 'NO_CHANGE';
  readonly object: string;
  readonly sentence: string;
}

/** What is lost is told first, because that is what has to be decided, and the screen may be small. */
export function failoverConsequences(facts: FailoverFacts): readonly FailoverConsequence[] {
  const {target, chosen, nodes} = facts;
  const {writer, reader} = objectNames(target);
  return [
    ...atRiskOf(facts),
    ...wordOfOperator(facts),
    ...behindOthers(facts),
    ...unknownOthers(facts),
    ...diskFirst(facts),
    {
      code: 'ROLE_CHANGE',
      object: `StatefulSet/${writer}`,
      sentence: `${chosen.pod} becomes the writer, on ${nodes.reader}. Writes are taken again after about 8 seconds.`,
    },
    ...stoppedFirst(facts),
    ...commitsHang(facts),
    ...(facts.leftBehind ?? []),
    ...oldVolumeKept(facts),
    {
      code: 'REPLICA_ADD',
      object: `StatefulSet/${reader}`,
      sentence: `In the place of ${chosen.pod} a fresh reader is copied from the new writer.`,
    },
    ...othersFollow(facts),
    {
      code: 'NO_CHANGE',
      object: `Release/${target.release}`,
      sentence: 'Names, Services, passwords and what helm has recorded stay as they are.',
    },
  ];
}

function wordOfOperator({nodeIsOff, verdict, nodes}: FailoverFacts): readonly FailoverConsequence[] {
  if (!nodeIsOff || verdict !== 'gone') return [];
  const node = nodes.writer ?? 'of the writer';
  const sentence =
    `You say that the node ${node} is off. If it is not, its database may go on acknowledging writes, and all of ` +
    'them are lost.';
  return [{code: 'WRITES_AT_RISK', object: `Node/${node}`, sentence}];
}

/** The node is silent, but the database answers: the database is told to stop, and to listen to nobody afterwards. */
function stoppedFirst({target, verdict, nodes}: FailoverFacts): readonly FailoverConsequence[] {
  if (verdict !== 'answers') return [];
  const pod = `${objectNames(target).writer}-0`;
  const sentence =
    `The database of ${pod} still answers, although its node ${nodes.writer ?? ''} does not. A reader stops it ` +
    'first, and has it listen to nobody when it is started again (listen_addresses, by ALTER SYSTEM).';
  return [{code: 'ROLE_CHANGE', object: `Pod/${pod}`, sentence}];
}

/** Nobody knows what a reader that does not answer has. */
function unknownOthers({target, silent, chosen}: FailoverFacts): readonly FailoverConsequence[] {
  if (silent.length === 0) return [];
  const one = silent.length === 1;
  const sentence =
    `${listed(silent)} ${one ? 'does' : 'do'} not answer: what ${one ? 'it has' : 'they have'} more than ` +
    `${chosen.pod}, if anything, is lost too, and one that has more has to be copied again.`;
  return [{code: 'WRITES_AT_RISK', object: `StatefulSet/${objectNames(target).reader}`, sentence}];
}

function atRiskOf({target, chosen, atRisk, isSentAll}: FailoverFacts): readonly FailoverConsequence[] {
  const {writer} = objectNames(target);
  const sentence = isSentAll
    ? `${chosen.pod} streams from it, and gets all that it wrote before it stops: no acknowledged write is at risk.`
    : riskSentence(chosen, atRisk);
  return [{code: 'WRITES_AT_RISK', object: `StatefulSet/${writer}`, sentence}];
}

/** A result uses the sentence too. */
export function riskSentence({pod, lsn}: Pick<ReaderPosition, 'pod' | 'lsn'>, atRisk: WritesAtRisk): string {
  const {bytes, isCovered} = atRisk;
  const has = `${pod} has the WAL up to ${lsn}.`;
  if (isCovered && bytes === 0) return `No acknowledged write is at risk: commits waited for readers. ${has}`;
  const known = bytes > 0 ? `Lost: at least ${roughBytes(bytes)}. ` : '';
  return `${known}At risk: what the writer acknowledged ${sinceSign(atRisk)}. ${wroteUpTo(atRisk)}${has}`;
}

function sinceSign({lastSignAt, silentMs = null}: WritesAtRisk): string {
  if (lastSignAt === null) return 'and did not send';
  const long = silentMs === null ? '' : `in the ${durationText(silentMs)} `;
  return `${long}after its last sign, at ${toTheSecond(lastSignAt)}`;
}

function wroteUpTo({writer = null}: WritesAtRisk): string {
  if (writer === null) return '';
  const when = writer.at === null ? '' : `, seen at ${toTheSecond(writer.at)}`;
  return `It had written up to ${lsnText(writer.bytes)}${when}. `;
}

/** Readers that have more than the one that was asked for. */
function ahead({positions, chosen}: Pick<FailoverFacts, 'positions' | 'chosen'>): readonly ReaderPosition[] {
  return positions.filter((one) => isAhead(one, chosen));
}

/** Readers that can follow the one that becomes the writer. */
function followers({positions, chosen}: Pick<FailoverFacts, 'positions' | 'chosen'>): readonly ReaderPosition[] {
  return positions.filter((one) => one.pod !== chosen.pod && !isAhead(one, chosen));
}

function behindOthers(facts: FailoverFacts): readonly FailoverConsequence[] {
  const {target, chosen} = facts;
  const others = ahead(facts);
  if (others.length === 0) return [];
  const maxExtra = Math.max(0, ...others.map(({bytes}) => bytes - chosen.bytes));
  const names = others.map(({pod}) => pod);
  const sentence =
    `${listed(names)} ${names.length === 1 ? 'has' : 'have'} up to ${roughBytes(maxExtra)} more than ${chosen.pod}: ` +
    `that is lost too, and ${names.length === 1 ? 'it is' : 'they are'} copied again.`;
  return [{code: 'WRITES_AT_RISK', object: `StatefulSet/${objectNames(target).reader}`, sentence}];
}

/** With fewer readers that can follow than each commit waits for, nothing is acknowledged. */
function commitsHang(facts: FailoverFacts): readonly FailoverConsequence[] {
  const {target, commitsWaitFor} = facts;
  const others = followers(facts).length;
  if (others >= commitsWaitFor) return [];
  const fewer = waitForFewer(target, others);
  const sentence =
    `Each commit waits for ${commitsWaitFor} ${commitsWaitFor === 1 ? 'reader' : 'readers'}, and ` +
    `${others === 0 ? 'no other one answers' : `only ${others} more ${others === 1 ? 'answers' : 'answer'}`}: every ` +
    `write hangs until enough of them follow the new writer. When that cannot be waited for, afterwards: ${fewer}`;
  return [{code: 'COMMITS_WAIT', object: `StatefulSet/${objectNames(target).writer}`, sentence}];
}

/** Where the node answers, its disk is spoilt, and would be so elsewhere. */
function diskFirst({diskCanMove, verdict, nodes, oldVolume}: FailoverFacts): readonly FailoverConsequence[] {
  if (!diskCanMove || verdict === 'stoppable' || !oldVolume || nodes.writer === null) return [];
  const sentence =
    `The disk ${oldVolume.name} could move to another node: with ${nodes.writer} tainted ` +
    'node.kubernetes.io/out-of-service the writer is recreated there, and nothing is lost.';
  return [{code: 'DISK_CAN_MOVE', object: `PersistentVolume/${oldVolume.name}`, sentence}];
}

function oldVolumeKept({oldVolume}: FailoverFacts): readonly FailoverConsequence[] {
  if (!oldVolume) return [];
  const {name, size, kept} = oldVolume;
  const sentence = `The volume ${name} of the earlier writer (${size}) is kept, under the claim ${kept}.`;
  return [{code: 'DATA_KEPT', object: `PersistentVolume/${name}`, sentence}];
}

function othersFollow(facts: FailoverFacts): readonly FailoverConsequence[] {
  const others = followers(facts).map(({pod}) => pod);
  if (others.length === 0) return [];
  return [
    {
      code: 'NO_CHANGE',
      object: `StatefulSet/${objectNames(facts.target).reader}`,
      sentence: `${listed(others)} ${others.length === 1 ? 'follows' : 'follow'} the new writer without a restart.`,
    },
  ];
}

interface Acknowledging {
  /** How many readers each commit waited for. */
  readonly synchronousReplicas: number;
  /** How many readers the release has, those that do not answer too. */
  readonly readers: number;
  /** The end of the writer's WAL as known from elsewhere than the readers; null: not known. */
  readonly writer: WriterPosition | null;
  /** When it was asked for, in milliseconds since the epoch by the cluster's clock. */
  readonly now: number;
}

/**
 * When each commit waited for more readers than are silent now, one of those that answer has every acknowledged commit.
 */
export function writesAtRisk(
  chosen: ReaderPosition,
  positions: readonly ReaderPosition[],
  {synchronousReplicas, readers, writer: known, now}: Acknowledging,
): WritesAtRisk {
  const maxBytes = Math.max(...positions.map(({bytes}) => bytes));
  const writer = furthest(positions, known);
  const signs = positions.flatMap(({receiver, replayedAt}) => [receiver?.lastMessageAt ?? [], replayedAt ?? []].flat());
  const lastSignAt = latest([...signs, ...(known ? [known.at] : [])]);
  return {
    bytes: Math.max(0, maxBytes - chosen.bytes, (writer?.bytes ?? 0) - chosen.bytes),
    lastSignAt,
    isCovered: chosen.bytes === maxBytes && synchronousReplicas > readers - positions.length,
    silentMs: lastSignAt === null ? null : Math.max(0, Math.round(now - Date.parse(lastSignAt))),
    writer,
  };
}

/** How far the writer had written, by its last messages to the readers, and by what is known from elsewhere. */
function furthest(
  positions: readonly ReaderPosition[],
  known: WriterPosition | null,
): NonNullable<WritesAtRisk['writer']> | null {
  const said = positions.flatMap(({receiver}) =>
    receiver && receiver.writerBytes !== null ? [{bytes: receiver.writerBytes, at: receiver.lastMessageAt}] : [],
  );
  return [...said, ...(known ? [known] : [])].sort((a, b) => b.bytes - a.bytes)[0] ?? null;
}

function latest(times: readonly string[]): string | null {
  return [...times].sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1) ?? null;
}
