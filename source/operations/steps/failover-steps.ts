// The steps of a failover: the writer is replaced, then readers follow it, then proofs.
import {setTimeout as pause} from 'node:timers/promises';
import {claimOfPod, podNames} from '../../chart/names.ts';
import {goodAfterFailover, isReplaced, waitsForRoom} from '../../observation/role/failover-seen.ts';
import type {FailoverRecord} from '../../observation/role/failover.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {isReady, proofOf, viewOf} from '../../observation/release-view.ts';
import {chosenSide, isKept, keepNext} from '../../plan/failover-actions.ts';
import {rethrowBug, type Step} from '../converge.ts';
import type {Ports} from '../ports/index.ts';
import {performFailover, type FailoverRun} from '../role/perform-failover.ts';

export interface DesiredFailover extends FailoverRun {
  /** When the failover was begun, by this run or an earlier one; ISO 8601, by the cluster's clock. */
  readonly startedAt: string;
  /** The readers may need what was begun before the failover and waits for it: they are not waited for. */
  readonly readersWait: boolean;
  isSettled: boolean;
  isCounted: boolean;
  /** Transactions that the earlier writer had committed and the new one does not have; null: they cannot be counted. */
  lostCommits: number | null;
}

type FailoverStep = Step<DesiredFailover>;

export const failoverSteps: readonly FailoverStep[] = [
  {
    name: 'the earlier writer is cut off, and a reader takes its role',
    shownAs: {track: 'writer', text: 'a reader takes its role'},
    isUrgent: true,
    done: (snapshot, {record}) => isReplaced(snapshot, record),
    async run(ports, desired) {
      await performFailover(ports, desired);
      return null;
    },
  },
  {
    name: 'writer',
    done: (snapshot, {record}) =>
      record.phase === 'back' || (isReady(viewOf(snapshot).writerPod) && proofOf(snapshot, 'writer') !== null),
  },
  {
    name: 'what was kept and prepared is put in order',
    done: (_snapshot, {isSettled}) => isSettled,
    async run(ports, desired, snapshot) {
      await copyAgain(ports, desired, snapshot);
      const note = await settle(ports, desired.record);
      const record = {...desired.record, isSettled: true} as const;
      await desired.note(record);
      desired.record = record;
      desired.isSettled = true;
      return note;
    },
  },
  {
    name: 'what the earlier writer had more is counted',
    // Nobody can look at a volume on a node that is away.
    done: (_snapshot, {isCounted, record}) => isCounted || record.isNodeLost || record.phase === 'back',
    async run(ports, desired) {
      desired.lostCommits = await counted(ports, desired);
      desired.isCounted = true;
      return null;
    },
  },
  {
    name: 'readers follow the new writer',
    shownAs: {track: 'readers', text: 'they follow the new writer'},
    done: (snapshot, {record, readersWait}) =>
      record.phase === 'back' || readersWait || goodAfterFailover(snapshot, record),
  },
  {
    name: 'endpoints',
    done: (snapshot, {record, readersWait}) =>
      record.phase === 'back' ||
      (proofOf(snapshot, 'writer') !== null &&
        (readersWait ||
          proofOf(snapshot, 'reader') !== null ||
          viewOf(snapshot).desiredReaders === 0 ||
          waitsForRoom(snapshot, record))),
  },
];

/** Sets how long volumes live, and makes the claim that keeps the earlier writer's. @returns what could not be done */
async function settle(ports: Ports, record: FailoverRecord): Promise<string | null> {
  const chosen = chosenSide(record);
  // The earlier writer's volume stays `Retain` once another pod is the writer, because nobody could make it again.
  const volume = record.phase === 'back' ? record.writer.volume : (chosen?.volume ?? null);
  if (volume && volume.reclaimPolicy !== 'Retain')
    await ports.setReclaimPolicy(volume.name, volume.reclaimPolicy).catch(rethrowBug);
  await ports.publishNotReadyAddresses(false).catch(rethrowBug);
  return record.phase === 'back' ? null : keepVolume(ports, record);
}

/** The number of lost transactions; null where it cannot be known. */
async function counted(ports: Ports, {record, timelineAfter}: DesiredFailover): Promise<number | null> {
  const {timeline, kept, writer, writerPod: pod} = record;
  const after = timelineAfter ?? (await timelineNow(ports, pod));
  const fork = after === null || after === timeline ? null : await ports.forkOf(after);
  if (fork === null || writer.volume === null) return null;
  return ports.lostCommits({writer: pod, claim: kept.name, timeline, fork}).catch((error: unknown) => {
    rethrowBug(error);
    return null;
  });
}

/** Null: the server does not answer, or does not write. */
async function timelineNow(ports: Ports, pod: string): Promise<number | null> {
  const facts = await ports.serverFacts(pod);
  return facts === null || facts.isReader ? null : facts.timeline;
}

/** Has those readers copied again that may have more WAL than the new writer: they cannot follow it. */
async function copyAgain(ports: Ports, desired: DesiredFailover, now: Snapshot): Promise<void> {
  const {target, claims, pods} = now;
  const deleting = (await maybeAhead(ports, desired, now)).flatMap((reader) => {
    const claim = claims.find(({metadata}) => metadata.name === claimOfPod(target, reader));
    return claim !== undefined && isOfBefore(claim, reader, desired) ? [{reader, claim}] : [];
  });
  if (deleting.length === 0) return;
  await ports.deleteClaims(deleting.map(({claim}) => claim));
  for (const {metadata} of pods)
    if (deleting.some(({reader}) => reader === metadata.name))
      await ports.deletePod({name: metadata.name, uid: metadata.uid ?? ''});
}

/**
 * A writer that was promoted has a timeline of its own, and a reader with more WAL than it had cannot follow it. A
 * chosen reader whose pod went before it was promoted goes on with the earlier timeline: then a reader with more WAL
 * would follow, with rows that the writer does not have. So each reader counts that is not known to have no more.
 */
async function maybeAhead(
  ports: Ports,
  {record, positions, timelineAfter}: DesiredFailover,
  now: Snapshot,
): Promise<readonly string[]> {
  const {ahead, timeline, pod: chosen, writerPod} = record;
  const after = timelineAfter ?? (await timelineNow(ports, writerPod));
  if (record.phase === 'back' || after === null || after > timeline) return ahead;
  const isBehind = (name: string) => !ahead.includes(name) && positions.some(({pod}) => pod === name);
  const [, ...readers] = podNames(now.target, viewOf(now).desiredReaders);
  return readers.filter((name) => name !== chosen && !isBehind(name));
}

/** Whether the reader's claim is the one that it had before the failover: it may have been copied again already. */
function isOfBefore(
  {metadata, spec}: Snapshot['claims'][number],
  reader: string,
  {record: {readers}, startedAt}: DesiredFailover,
): boolean {
  const side = readers[reader];
  if (side) return spec.volumeName === side.volume.name;
  const {creationTimestamp: madeAt} = metadata;
  return madeAt !== undefined && Date.parse(madeAt) < Date.parse(startedAt);
}

const keptWithinMs = 20_000;

/** Gives the earlier writer's volume its claim, so that a user who may not read volumes can reach it too. */
async function keepVolume(ports: Ports, record: FailoverRecord): Promise<string | null> {
  const deadline = ports.now() + keptWithinMs;
  while (ports.now() < deadline) {
    const state = await ports.observeFailover(record);
    if (isKept(state, record)) return null;
    const next = keepNext(state, record);
    await (next && next.kind !== 'promote' ? ports.applyFailoverAction(next) : pause(100));
  }
  return `The volume ${record.writer.volume?.name} is kept, but the claim ${record.kept.name} did not get it.`;
}
