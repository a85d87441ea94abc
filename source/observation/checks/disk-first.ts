// Whether the writer can be recreated on another node with its own disk, with every row: then a failover, which gives
// up what was not sent, is not the first thing to do.
import {objectNames} from '../../chart/names.ts';
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {cause, type Cause, type Remedy} from '../../core/cause.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import {nodeOfVolume, outOfServiceCommand, type NodeSeen, type WriterEvidence} from '../role/failover.ts';
import type {Node, PersistentVolume} from '../kubernetes.ts';
import {fittingNodes, podPlacement} from '../place.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot, Target} from '../snapshot.ts';
import type {Verdict} from './failover.ts';
import {listed, object} from './messages.ts';
import {reaches} from './placement.ts';

/**
 * How long a new pod is given to start with its disk. The cluster waits 6 minutes before it takes a disk away from a
 * node that does not answer. Source: Kubernetes, attachdetach controller, maxWaitForUnmountDuration.
 */
const attachMs = 7 * 60_000;

/** What a container that has not been started yet waits for; `not started` where nothing is said of it. */
const beforeStart = ['ContainerCreating', 'PodInitializing', 'not started'];

export interface Disk {
  readonly seen: Pick<WriterEvidence, 'pod' | 'node'>;
  readonly verdict: Verdict;
  readonly nodeIsOff: boolean;
  /** The writer's volume; null: there is none. */
  readonly volume: PersistentVolume | null;
  /** What `nodesForDisk` gives. */
  readonly places: readonly string[] | null;
  /** The reader that would become the writer; null: none can. */
  readonly reader: string | null;
  readonly evidence: readonly string[];
}

/**
 * The nodes that the writer's disk could be attached to, and where it could run; empty: the disk has to stay. Null: it
 * could move, but the nodes are not known. `nodes`: all of the cluster; null: this user may not list them.
 */
export function nodesForDisk(
  before: Snapshot,
  {volume, seen}: Pick<Disk, 'volume' | 'seen'>,
  parameters: Parameters,
  nodes: readonly Node[] | null,
): readonly string[] | null {
  const claim = before.claims.find(({metadata}) => metadata.name === objectNames(before.target).writerClaim);
  const isWhole =
    claim?.status?.phase === 'Bound' && !claim.metadata.deletionTimestamp && !volume?.metadata.deletionTimestamp;
  if (!volume || !isWhole || nodeOfVolume(volume) !== null) return [];
  if (nodes === null) return null;
  const {instanceType, spread} = parameters;
  const taken = viewOf(before).readerPods.flatMap(({spec}) => spec.nodeName ?? []);
  return fittingNodes(nodes, instanceType, podPlacement(parameters))
    .filter((node) => reaches(volume, node))
    .map(({metadata}) => metadata.name)
    .filter((name) => name !== seen.node?.name && (spread === 'preferred' || !taken.includes(name)));
}

/** Null: the writer cannot be recreated with its disk elsewhere. Whoever names a reader has decided against it. */
export function diskFirst(before: Snapshot, disk: Disk): Cause | null {
  const {seen, verdict, places} = disk;
  if (verdict === 'stoppable') return isStarting(before, disk) ? beingRecreated(before.target, disk, true) : null;
  // A pod that is on no node waits for one that takes it.
  if (verdict !== 'gone' || seen.node === null || seen.pod?.container === null || places?.length === 0) return null;
  return isGivenUp(seen.node) ? beingRecreated(before.target, disk, false) : couldMove(before.target, disk);
}

/** The cluster recreates the pods of such a node by itself. */
function isGivenUp(node: NodeSeen): boolean {
  return node.kind === 'gone' || (node.kind === 'there' && node.isOutOfService);
}

/** The writer's pod is on a node that answers, and waits there for its disk. */
function isStarting(before: Snapshot, {volume, seen: {pod}}: Disk): boolean {
  const createdAt = viewOf(before).writerPod?.metadata.creationTimestamp;
  const canMove = volume !== null && nodeOfVolume(volume) === null;
  const isNew = createdAt !== undefined && clusterTimeOf(before) - Date.parse(createdAt) < attachMs;
  return canMove && isNew && beforeStart.includes(pod?.container ?? '');
}

const whyFirst = 'A failover gives up what the readers did not get, and its disk has every row.';

function couldMove(target: Target, disk: Disk): Cause {
  const node = disk.seen.node?.name ?? 'its node';
  const where = disk.places === null ? 'another node that it reaches' : listed(disk.places.slice(0, 3), 'or');
  return diskFirstRefusal(
    target,
    disk,
    `The disk of the writer of ${target.release} can be attached to ${where}. ${whyFirst}`,
    {
      title: `Say that the machine of ${node} is off: the writer is recreated with its disk`,
      command: outOfServiceCommand(target, node),
    },
  );
}

function beingRecreated(target: Target, disk: Disk, isPlaced: boolean): Cause {
  const where = isPlaced ? `on ${disk.seen.node?.name ?? 'its node'}` : 'on another node';
  const happens = `The cluster recreates the writer of ${target.release} ${where}, with its disk. ${whyFirst}`;
  const title = 'Watch it until it serves; the cluster may need 6 minutes to move the disk';
  return diskFirstRefusal(target, disk, happens, propose(title, {kind: 'status', ...releaseRef(target), watch: true}));
}

function diskFirstRefusal(target: Target, {reader, nodeIsOff, evidence}: Disk, happens: string, first: Remedy): Cause {
  return cause('DISK_CAN_MOVE', `${happens} Nothing was changed.`, {
    object: object('PersistentVolumeClaim', target, objectNames(target).writerClaim),
    evidence,
    remedies: [
      first,
      ...(reader === null
        ? []
        : [
            propose(`When that cannot be waited for, have ${reader} become the writer all the same`, {
              kind: 'failover',
              ...releaseRef(target),
              to: reader,
              nodeIsOff,
            }),
          ]),
    ],
  });
}
