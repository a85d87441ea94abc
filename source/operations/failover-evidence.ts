// What is seen of a writer that is away, from its node, its pod, its disk, and the readers.
import {objectNames} from '../chart/names.ts';
import {containerOf, nodeOfVolume, type ReaderPosition, type WriterEvidence} from '../observation/failover.ts';
import type {PersistentVolume, Pod} from '../observation/kubernetes.ts';
import {isReady, proofOf, viewOf} from '../observation/release-view.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import {isAnotherDatabase} from '../observation/system-identifier.ts';
import {askReaders, type ReadersSaid} from './failover-candidates.ts';
import type {FailoverPort} from './ports/failover.ts';
import type {StoragePort} from './ports/storage.ts';
import type {SwitchoverPort} from './ports/switchover.ts';

/** What the cluster and the readers said of the writer. */
export interface SaidOfWriter {
  /** The look that it belongs to: `takenAt` of its Snapshot. */
  readonly takenAt: number;
  /** Of the release, by the claim's name. */
  readonly volumes: Readonly<Record<string, PersistentVolume>>;
  readonly said: Omit<WriterEvidence, 'pod'>;
  readonly readers: ReadersSaid;
}

type Asked = FailoverPort & SwitchoverPort & Pick<StoragePort, 'volumes'>;

/**
 * All questions are asked at once, because each takes seconds where nothing answers. They need only the objects, so
 * they may be asked while the endpoints are still being proven.
 */
export async function askOfWriter(read: Omit<Snapshot, 'database'>, ports: Asked): Promise<SaidOfWriter> {
  const {writerPod, readerPods} = viewOf({...read, database: []});
  const address = writerPod?.status?.podIP;
  const asked = readerPods.filter(runs).map(({metadata}) => metadata.name);
  const volumes = ports.volumes(read.claims);
  const positionsSaid = positionsOf(asked, ports);
  const [place, answers, positions, readers] = await Promise.all([
    volumes.then((found) => placeOf(writerPod, found[objectNames(read.target).writerClaim] ?? null, ports)),
    address === undefined
      ? []
      : Promise.all(asked.map(async (from) => ({from, said: await ports.answerFrom(from, address)}))),
    positionsSaid,
    positionsSaid.then((found) =>
      askReaders(
        found.map(({pod}) => pod),
        ports,
      ),
    ),
  ]);
  const open = await openFrom(answers, address, ports);
  return {takenAt: read.takenAt, volumes: await volumes, said: {...place, answers, positions, open}, readers};
}

/** Of the readers that answer. */
async function positionsOf(asked: readonly string[], ports: FailoverPort): Promise<readonly ReaderPosition[]> {
  const positions = await Promise.all(asked.map((pod) => ports.readerPosition(pod)));
  return positions.filter((position) => position !== null);
}

/** The node that the pod, or its volume, is on. */
async function placeOf(
  writerPod: Pod | null,
  volume: PersistentVolume | null,
  ports: FailoverPort,
): Promise<Pick<WriterEvidence, 'node' | 'attachedTo'>> {
  const seen = async (name: string | null | undefined) => (name ? ports.nodeSeen(name) : null);
  const [ofPod, attachedTo] = await Promise.all([
    seen(writerPod?.spec.nodeName),
    volume && ports.attachedTo(volume.metadata.name),
  ]);
  return {attachedTo, node: ofPod ?? (await seen(attachedTo ?? (volume && nodeOfVolume(volume))))};
}

function runs(pod: Pod): boolean {
  return containerOf(pod) === 'running' && !pod.metadata.deletionTimestamp;
}

/** The writer as seen from the first reader that it answers and whose superuser it lets in. */
async function openFrom(
  answers: WriterEvidence['answers'],
  host: string | undefined,
  ports: FailoverPort,
): Promise<NonNullable<WriterEvidence['open']> | null> {
  if (host === undefined) return null;
  for (const {from} of answers.filter(({said}) => said === 'accepting connections')) {
    const writer = await ports.writerSeenFrom(from, host);
    if (writer) return {host, ...writer};
  }
  return null;
}

export function evidenceOf(before: Snapshot, said: SaidOfWriter['said']): WriterEvidence {
  const {writerPod} = viewOf(before);
  return {
    pod: writerPod && {
      name: writerPod.metadata.name,
      isReady: isReady(writerPod),
      isProven: proofOf(before, 'writer') !== null,
      isAnother: isAnotherDatabase(before, 'writer'),
      container: containerOf(writerPod),
    },
    ...said,
  };
}
