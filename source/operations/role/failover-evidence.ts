// What is seen of a writer that is away, from its node, its pod, its disk, and the readers.
import {objectNames} from '../../chart/names.ts';
import {fromValues} from '../../chart/values.ts';
import {volumesToMove} from '../../observation/checks/switchover.ts';
import {nodesToMeasure} from '../../observation/checks/writer-place.ts';
import {
  containerOf,
  hasStarted,
  nodeOfVolume,
  type ReaderPosition,
  type WriterEvidence,
} from '../../observation/role/failover.ts';
import type {Node, PersistentVolume, Pod} from '../../observation/kubernetes.ts';
import {isReady, proofOf, viewOf} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Permission} from '../../observation/survey.ts';
import {isAnotherDatabase} from '../../observation/system-identifier.ts';
import {askReaders, type Places, type ReaderAnswers} from './failover-candidates.ts';
import type {FailoverPort} from '../ports/failover.ts';
import type {StoragePort} from '../ports/storage.ts';
import type {SwitchoverPort} from '../ports/switchover.ts';

/** What the cluster and the readers said of the writer. */
interface WriterAnswers {
  /** The look that it belongs to: `takenAt` of its Snapshot. */
  readonly takenAt: number;
  /** The release's volumes, by the claim's name. */
  readonly volumes: Readonly<Record<string, PersistentVolume>>;
  readonly said: Omit<WriterEvidence, 'pod'>;
  /** Null: nobody reads the plan that they are for. */
  readonly readers: ReaderAnswers | null;
  readonly places: Places;
}

/** What was begun to be asked, all at once. */
export interface AskingOfWriter {
  /** The look that it belongs to: `takenAt` of its Snapshot. */
  readonly takenAt: number;
  readonly permissions: Promise<readonly Permission[]>;
  readonly said: Promise<WriterAnswers>;
}

type Asked = FailoverPort & SwitchoverPort & Pick<StoragePort, 'volumes'>;
type Read = Omit<Snapshot, 'database'>;

/**
 * All questions are asked at once, because each takes seconds where nothing answers. They need only the objects, so
 * they may be asked while the endpoints are still being proven.
 * @param isPlanRead whether somebody reads the plan: what only the plan says is not asked otherwise
 */
export function startAskingWriter(read: Read, ports: Asked, isPlanRead: boolean): AskingOfWriter {
  const asking = {
    takenAt: read.takenAt,
    permissions: failoverPermissions(read, ports),
    said: askWriter(read, ports, isPlanRead),
  };
  // Whoever awaits them gets the error, unless something else fails first.
  for (const one of [asking.permissions, asking.said]) one.catch(() => undefined);
  return asking;
}

/** Whether this user may do what a failover does. */
export async function failoverPermissions(read: Read, ports: Asked): Promise<readonly Permission[]> {
  return ports.failoverPermissions(volumesToMove({...read, database: []}));
}

/** As `startAskingWriter`, without the permissions. */
export async function askWriter(read: Read, ports: Asked, isPlanRead: boolean): Promise<WriterAnswers> {
  const {writerPod, readerPods} = viewOf({...read, database: []});
  const address = writerPod?.status?.podIP;
  const asked = readerPods.filter(runs).map(({metadata}) => metadata.name);
  const volumes = ports.volumes(read.claims);
  const writersVolume = volumes.then((found) => found[objectNames(read.target).writerClaim] ?? null);
  const positionsSaid = positionsOf(asked, ports);
  const namesOf = (found: readonly ReaderPosition[]) => found.map(({pod}) => pod);
  const [place, answers, positions, readers, places] = await Promise.all([
    writersVolume.then((volume) => placeOf(writerPod, volume, ports)),
    address === undefined
      ? []
      : Promise.all(asked.map(async (from) => ({from, said: await ports.answerFrom(from, address)}))),
    positionsSaid,
    isPlanRead ? positionsSaid.then((found) => askReaders(namesOf(found), ports)) : null,
    placesOf(read, writersVolume, ports),
  ]);
  const open = await openFrom(answers, address, ports);
  const {isAttachmentKnown, ...where} = place;
  const isElsewhere = mayRunElsewhere(writerPod, await writersVolume, {...where, isAttachmentKnown, positions});
  const said = {
    ...(isElsewhere ? {...where, node: null, mayRunElsewhere: true as const} : where),
    answers,
    positions,
    open,
  };
  return {takenAt: read.takenAt, volumes: await volumes, said, readers, places};
}

/** The nodes that the writer could come to: those of readers, and all where its own disk could be attached. */
async function placesOf(read: Read, volume: Promise<PersistentVolume | null>, ports: Asked): Promise<Places> {
  const {readerPods} = viewOf({...read, database: []});
  const parameters = fromValues(read.release.values);
  const names = readerPods.flatMap(({spec}) => spec.nodeName ?? []);
  const everywhere = async (found: PersistentVolume | null): Promise<readonly Node[] | null> =>
    found !== null && nodeOfVolume(found) === null ? ports.allNodes() : [];
  const [nodes, use, all] = await Promise.all([
    ports.nodes([...new Set(names)]),
    ports.nodeUse(parameters ? nodesToMeasure(readerPods, parameters) : []),
    volume.then(everywhere),
  ]);
  return {nodes, use, all};
}

/** Where each reader is that answers. */
async function positionsOf(asked: readonly string[], ports: FailoverPort): Promise<readonly ReaderPosition[]> {
  const positions = await Promise.all(asked.map((pod) => ports.readerPosition(pod)));
  return positions.filter((position) => position !== null);
}

/**
 * The node that the database is on: that of its pod; where the pod has never started, the one that has the disk,
 * because an earlier pod of that name may still run there.
 */
async function placeOf(
  writerPod: Pod | null,
  volume: PersistentVolume | null,
  ports: FailoverPort,
): Promise<Pick<WriterEvidence, 'node' | 'attachedTo'> & {readonly isAttachmentKnown: boolean}> {
  const seen = async (name: string | null | undefined) => (name ? ports.nodeSeen(name) : null);
  const podsNode = writerPod?.spec.nodeName;
  const [ofPod, attachment] = await Promise.all([seen(podsNode), volume && ports.attachedTo(volume.metadata.name)]);
  const {node: attachedTo, isKnown} = attachment ?? {node: null, isKnown: true};
  const where = writerPod && hasStarted(writerPod) ? podsNode : (attachedTo ?? podsNode);
  const node = where === podsNode && ofPod ? ofPod : await seen(where ?? (volume && nodeOfVolume(volume)));
  return {attachedTo, node, isAttachmentKnown: isKnown};
}

/**
 * Nothing says where an earlier pod of that name was, whose disk can be on any node: it may not be read, or a reader
 * has heard of a writer within the last minute. Source: PostgreSQL manual, wal_receiver_timeout, after which a reader
 * ends the connection.
 */
function mayRunElsewhere(
  writerPod: Pod | null,
  volume: PersistentVolume | null,
  said: Pick<WriterEvidence, 'attachedTo' | 'positions'> & {readonly isAttachmentKnown: boolean},
): boolean {
  const isNew = writerPod === null || !hasStarted(writerPod);
  if (!isNew || volume === null || nodeOfVolume(volume) !== null || said.attachedTo !== null) return false;
  return !said.isAttachmentKnown || said.positions.some(({receiver}) => receiver !== null);
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

export function evidenceOf(before: Snapshot, said: WriterAnswers['said']): WriterEvidence {
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
