// Which reader becomes the writer in a failover and what is left behind then, and what the readers are asked for the
// plan.
import {setTimeout as pause} from 'node:timers/promises';
import {claimOfPod, objectNames} from '../../chart/names.ts';
import type {Cause} from '../../core/cause.ts';
import {diskFirst, nodesForDisk} from '../../observation/checks/disk-first.ts';
import {evidenceLines, type Verdict} from '../../observation/checks/failover.ts';
import {movedTimeline, readerToPromote, writersTimeline} from '../../observation/checks/reader-to-promote.ts';
import {isBoundTo, obstacleAt, type Blocked, type NodesSeen} from '../../observation/checks/writer-place.ts';
import {type FailoverRecord, type ReaderPosition, type WriterEvidence} from '../../observation/role/failover.ts';
import type {Node, PersistentVolume, Pod} from '../../observation/kubernetes.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import type {FailoverConsequence} from '../../plan/failover.ts';
import {leftBehindConsequences} from '../../plan/left-behind.ts';
import type {ServerFacts, UnloggedTables} from '../../plan/switchover.ts';
import type {SwitchoverPort} from '../ports/switchover.ts';

/** Each database is asked in turn, and there may be hundreds: nobody waits longer for a writer because of that. */
const maxUnloggedMs = 3000;

/** What readers say of the database that they copy, and how they are set up. */
export interface ReaderAnswers {
  /** Null: no reader could be asked in time. */
  readonly unlogged: UnloggedTables | null;
  /** By their pods, of those that answered. */
  readonly servers: Readonly<Record<string, ServerFacts>>;
}

/** Asked while the writer is looked at, which takes longer. `names`: pods of readers that answer. Never throws. */
export async function askReaders(names: readonly string[], ports: SwitchoverPort): Promise<ReaderAnswers> {
  const [first] = names;
  const [unlogged, ...servers] = await Promise.all([
    first === undefined ? null : Promise.race([ports.unloggedTables(first), pause(maxUnloggedMs, null, {ref: false})]),
    ...names.map(async (name) => [name, await ports.serverFacts(name)] as const),
  ]);
  return {unlogged, servers: Object.fromEntries(servers.flatMap(([name, said]) => (said ? [[name, said]] : [])))};
}

/** Where the writer could run. */
export interface Places extends Pick<NodesSeen, 'nodes' | 'use'> {
  /** All nodes, where the writer's disk could be attached to another one; null: this user may not list them. */
  readonly all: readonly Node[] | null;
}

interface Sought {
  readonly before: Snapshot;
  /** The pod of the reader that was asked for; null: any. */
  readonly to: string | null;
  readonly nodeIsOff: boolean;
  readonly seen: WriterEvidence;
  readonly verdict: Verdict;
  /** The release's volumes, by the claim's name. */
  readonly volumes: Readonly<Record<string, PersistentVolume>>;
  readonly parameters: Parameters;
  readonly readers: ReaderAnswers | null;
  readonly places: Places;
}

interface Candidates {
  readonly chosen: ReaderPosition;
  /** The readers among which the choice is made once the writer has ended; the chosen one too. */
  readonly able: readonly ReaderPosition[];
  /** The readers that answered and have the writer's timeline. */
  readonly current: readonly ReaderPosition[];
  readonly timeline: number;
  /** The nodes that volumes of readers are bound to, by pods. */
  readonly nodes: NonNullable<FailoverRecord['nodes']>;
  readonly leftBehind: readonly FailoverConsequence[];
  /** Some other node could have the writer's disk, as far as is known. */
  readonly diskCanMove: boolean;
}

/** Or the cause for which no reader becomes the writer. */
export function candidatesOf(sought: Sought): Candidates | Cause {
  const {before, to, nodeIsOff, seen, verdict, volumes, parameters} = sought;
  const {positions} = seen;
  const bound = viewOf(before).readerPods.filter(({metadata, spec}) =>
    isBoundTo(spec.nodeName, volumes[claimOfPod(before.target, metadata.name)]),
  );
  const evidence = evidenceLines(seen);
  const whole = positions.filter(({pod}) => hasWholeVolume(before, pod, volumes));
  const blocked = blockedAmong(bound, sought);
  const chosen = readerToPromote(before, {to, nodeIsOff, positions, able: whole, blocked, parameters, evidence});
  const volume = volumes[objectNames(before.target).writerClaim] ?? null;
  const places = nodesForDisk(before, {volume, seen}, parameters, sought.places.all);
  const reader = 'code' in chosen ? null : chosen.pod;
  const first = to === null ? diskFirst(before, {seen, verdict, nodeIsOff, volume, places, reader, evidence}) : null;
  if (first) return first;
  if ('code' in chosen) return chosen;
  const timeline = writersTimeline(positions, movedTimeline(before));
  return {
    chosen,
    timeline,
    diskCanMove: places?.length !== 0,
    current: positions.filter((one) => one.timeline === timeline),
    // A reader of an earlier timeline counts only where it was asked for.
    able: whole.filter((one) => one.timeline === timeline || one.pod === to),
    nodes: Object.fromEntries(bound.map(({metadata, spec}) => [metadata.name, spec.nodeName ?? ''])),
    leftBehind: leftBehind(sought, chosen, timeline),
  };
}

function leftBehind(
  {before: {target, secret}, seen: {positions}, readers}: Sought,
  chosen: ReaderPosition,
  timeline: number,
): readonly FailoverConsequence[] {
  if (readers === null) return [];
  const {unlogged, servers} = readers;
  const moved = secret?.roleMoves?.at(-1) ?? null;
  const reader = servers[chosen.pod] ?? null;
  return leftBehindConsequences({target, chosen, timeline, moved, positions, unlogged, reader});
}

function blockedAmong(readers: readonly Pod[], {before, parameters, places}: Sought): readonly Blocked[] {
  const left = viewOf(before).writerPod?.spec.nodeName;
  const {nodes, use} = places;
  return readers.flatMap((reader) => obstacleAt(reader, parameters, {nodes, use, left}) ?? []);
}

function hasWholeVolume({claims, target}: Snapshot, pod: string, volumes: Sought['volumes']): boolean {
  const name = claimOfPod(target, pod);
  const claim = claims.find(({metadata}) => metadata.name === name);
  const volume = volumes[name];
  return claim?.status?.phase === 'Bound' && volume !== undefined && !volume.metadata.deletionTimestamp;
}
