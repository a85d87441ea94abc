// The steps of a switchover: what can be done while the writer serves comes first, then the role moves, then proofs.
import type {Snapshot} from '../../observation/snapshot.ts';
import {guardFinalizer} from '../../observation/role/switchover.ts';
import {isSwitchedOver} from '../../observation/role/switchover-seen.ts';
import {viewOf} from '../../observation/release-view.ts';
import {rethrowBug, type Ending, type Step} from '../converge.ts';
import {assertNotMoved, performSwitchover, type SwitchoverRun} from '../role/perform-switchover.ts';
import type {Ports} from '../ports/index.ts';
import {endpoints, readers, writer} from './install-steps.ts';

export interface DesiredSwitchover extends SwitchoverRun {
  /** Readers that are to stream in the end. */
  readonly readReplicaCount: number;
  /** The slots that the readers stream by. */
  readonly slots: readonly string[];
  /** What ALTER SYSTEM is to set on the new writer. */
  readonly settings: Readonly<Record<string, string>>;
  /** `begun`: perhaps not all of it. */
  prepared: 'nothing' | 'begun' | 'all';
  isSettled: boolean;
}

type SwitchoverStep = Step<DesiredSwitchover>;

export const switchoverSteps: readonly SwitchoverStep[] = [
  {
    name: 'prepare the reader and both volumes',
    shownAs: {track: 'storage', text: 'the volumes are kept, whatever becomes of their claims'},
    done: (snapshot, desired) =>
      desired.prepared === 'all' || desired.record.phase !== 'fence' || isStarted(snapshot, desired),
    async run(ports, desired) {
      await assertNotMoved(ports, desired.record);
      desired.prepared = 'begun';
      await prepare(ports, desired);
      desired.prepared = 'all';
      return null;
    },
  },
  {
    name: 'the writer stops, and the volumes change their claims',
    shownAs: {track: 'writer', text: 'its role moves'},
    isUrgent: true,
    done: (snapshot, {record}) => isSwitchedOver(snapshot, record),
    async run(ports, desired) {
      await performSwitchover(ports, desired);
      return null;
    },
  },
  writer,
  readers,
  endpoints,
  {
    name: 'what was prepared is taken back',
    done: (_snapshot, {isSettled}) => isSettled,
    async run(ports, desired) {
      await settle(ports, desired);
      desired.isSettled = true;
      return null;
    },
  },
];

/** Whether the writer is stopped already, or its claim is being deleted. */
function isStarted(snapshot: Snapshot, {record}: DesiredSwitchover): boolean {
  const {writerSet} = viewOf(snapshot);
  const claim = snapshot.claims.find(({metadata}) => metadata.name === record.writer.claim.name);
  return writerSet?.spec.replicas === 0 || !claim || Boolean(claim.metadata.deletionTimestamp);
}

/** Does beforehand what can be done, so that the time without a writer is as short as possible. */
async function prepare(ports: Ports, {record, slots, settings}: DesiredSwitchover): Promise<void> {
  const {pod} = record;
  await ports.makeReplicationSlots(pod.name, slots);
  await ports.alterSystem(pod.name, settings);
  await ports.checkpoint(new AbortController().signal);
  // On the reader this makes a restart point of that checkpoint, so that little is left to write at the next one.
  await ports.checkpointOn(pod.name);
  await ports.publishNotReadyAddresses(true).catch(rethrowBug);
}

/**
 * Where the writer was never stopped: nobody goes on with it, and nothing else would take back what was prepared. Slots
 * that nobody streams by keep WAL on the reader's disk, and guarded claims cannot be deleted. Never throws for a
 * missing right or answer.
 */
export async function takeBack(ports: Ports, desired: DesiredSwitchover, {how, snapshot}: Ending): Promise<void> {
  if (how === 'done' || desired.prepared === 'nothing') return;
  const {writer: ofWriter, reader: ofReader} = desired.record;
  const guarded = (snapshot?.claims ?? []).filter(
    ({metadata}) =>
      [ofWriter.claim.name, ofReader.claim.name].includes(metadata.name) &&
      metadata.finalizers?.includes(guardFinalizer) === true,
  );
  await settle(ports, desired).catch(rethrowBug);
  for (const claim of guarded) await ports.applySwitchoverAction({kind: 'guard', claim, on: false}).catch(rethrowBug);
}

/**
 * Puts back how long volumes live and when clients are led to the writer, and drops slots that nobody uses on the
 * reader.
 */
async function settle(ports: Ports, {record}: DesiredSwitchover): Promise<void> {
  for (const {volume} of [record.writer, record.reader])
    if (volume.reclaimPolicy !== 'Retain') await ports.setReclaimPolicy(volume.name, volume.reclaimPolicy);
  await ports.publishNotReadyAddresses(false).catch(rethrowBug);
  await ports.dropUnusedSlots(record.pod.name).catch(rethrowBug);
}
