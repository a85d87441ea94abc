// Whether the writer could run where a reader runs: with the reader's volume, it starts on the reader's node.
import {cause, type Cause, type ObjectRef, type Remedy} from '../../core/cause.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {nodeOfVolume} from '../role/failover.ts';
import type {Node, PersistentVolume, Pod} from '../kubernetes.ts';
import {isAdmitted, podPlacement, type PodPlacement} from '../place.ts';
import type {Target} from '../snapshot.ts';
import type {NodeUse} from '../survey.ts';
import {kubectl} from '../../commands/kubectl.ts';
import {listed} from './messages.ts';
import {freeFor, holds, requestsOf} from './placement.ts';

export interface NodesSeen {
  /** The nodes that may be read. */
  readonly nodes: readonly Node[];
  /** What pods ask of a node, by its name. A node is missing here where its pods may not be listed. */
  readonly use: Readonly<Record<string, NodeUse>>;
  /** The node that the writer leaves: a reader that leaves it too leaves room for both. Absent: none, or not known. */
  readonly left?: string | undefined;
}

export type Obstacle = 'takes no pods' | 'has no room';

/** A reader whose node is known, and why the writer could not start there. */
export interface Blocked {
  readonly pod: string;
  readonly node: string;
  readonly obstacle: Obstacle;
}

/** Why the writer could not start where that reader runs now; null: it could, or it is not known. */
export function obstacleAt(reader: Pod, parameters: Parameters, {nodes, use, left}: NodesSeen): Blocked | null {
  const node = nodes.find(({metadata}) => metadata.name === reader.spec.nodeName);
  if (!node) return null;
  const {name} = node.metadata;
  const of = (obstacle: Obstacle): Blocked => ({pod: reader.metadata.name, node: name, obstacle});
  const {tolerations = [], ...placement} = podPlacement(parameters);
  // An admission plugin may have given the reader more tolerations, and gives them to the writer too.
  const all = [...tolerations, ...(reader.spec.tolerations ?? [])];
  if (isClosed(node, {...placement, tolerations: all})) return of('takes no pods');
  const isFull =
    name !== left &&
    asksMore(reader, parameters) &&
    use[name] !== undefined &&
    !holds(freeFor(node, use, reader), {parameters});
  return isFull ? of('has no room') : null;
}

/** The nodes whose room has to be known: those of readers that are smaller than the writer. */
export function nodesToMeasure(readers: readonly Pod[], parameters: Parameters): readonly string[] {
  const nodes = readers.filter((reader) => asksMore(reader, parameters)).flatMap(({spec}) => spec.nodeName ?? []);
  return [...new Set(nodes)];
}

/** The place that a reader leaves is large enough for a writer that asks for no more. */
function asksMore(reader: Pod, parameters: Parameters): boolean {
  return !holds(requestsOf(reader), {parameters});
}

/** Nodes that take no pods of the database: cordoned, not Ready, or with a taint that keeps it away. */
export function closedNodes(nodes: readonly Node[], pods: PodPlacement = {}): readonly string[] {
  return nodes.filter((node) => isClosed(node, pods)).map(({metadata}) => metadata.name);
}

function isClosed(node: Node, pods: PodPlacement): boolean {
  const ready = node.status?.conditions?.find(({type}) => type === 'Ready');
  return !isAdmitted(node, pods) || (ready !== undefined && ready.status !== 'True');
}

/** Whether a pod with that volume has to run on that node. */
export function isBoundTo(node: string | undefined, volume: PersistentVolume | undefined): boolean {
  return node !== undefined && volume !== undefined && nodeOfVolume(volume) === node;
}

interface NoPlace {
  readonly about: ObjectRef;
  /** The readers that could take the role but for their nodes. */
  readonly blocked: readonly Blocked[];
  /** What can be done instead of opening these nodes. */
  readonly instead?: readonly Remedy[];
}

/** The writer could not start where the readers are that could take its role. */
export function noPlaceForWriter(
  target: Target,
  {cpu, memory}: Pick<Parameters, 'cpu' | 'memory'>,
  {about, blocked, instead = []}: NoPlace,
): Cause {
  const nodesWith = (...obstacles: readonly Obstacle[]) => [
    ...new Set(blocked.filter(({obstacle}) => obstacles.includes(obstacle)).map(({node}) => node)),
  ];
  const [closed, full] = [nodesWith('takes no pods'), nodesWith('has no room')];
  const why = [
    ...(closed.length === 0 ? [] : [`${listed(closed)} ${closed.length === 1 ? 'takes' : 'take'} no pods now`]),
    ...(full.length === 0
      ? []
      : [`${listed(full)} ${full.length === 1 ? 'has' : 'have'} no room for its ${cpu} CPU and ${memory} memory`]),
  ];
  const nodes = listed(nodesWith('takes no pods', 'has no room'), 'or');
  return cause(
    'UNSCHEDULABLE',
    `The writer of ${target.release} would have to run on ${nodes}, where the volume of the reader is, and ` +
      `${listed(why)}. Nothing was changed.`,
    {
      object: about,
      remedies: [
        ...closed.map((node) => ({title: `Let ${node} take pods again`, command: kubectl(target, 'uncordon', node)})),
        ...full.map((node) => ({
          title: `Make room on ${node}: see what it has, and what is taken`,
          command: kubectl(target, 'describe', 'node', node),
        })),
        ...instead,
      ],
    },
  );
}
