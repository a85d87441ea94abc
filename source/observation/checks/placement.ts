// Where recreated pods would run: a pod that is taken down and finds no place is away until there is one.
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import type {Remedy} from '../../core/cause.ts';
import {bytesOf, milliCpuOf} from '../../parameters/quantity.ts';
import {ofReaders} from '../../parameters/readers.ts';
import type {Node, Pod, PersistentVolume} from '../kubernetes.ts';
import {fittingNodes, matchesOne, podPlacement} from '../place.ts';
import {runningContainers} from '../pods/resources.ts';
import type {NodeUse, Survey} from '../survey.ts';
import {refuse, warn, type Finding, type CheckContext} from './rule.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {object} from './messages.ts';

export interface ReplacedPod {
  readonly pod: Pod;
  readonly isWriter: boolean;
  /** The volume of the pod's claim; null: not known. */
  readonly volume: PersistentVolume | null;
}

/**
 * Why the pod cannot be resized on its node, as text to follow "because"; null where it can, or where it has to wait
 * because no other node has room either.
 */
export function placeProblem(
  survey: Survey,
  asked: CheckContext,
  replaced: ReplacedPod,
  neighbours: readonly string[],
): string | null {
  const desired = asOf(replaced, asked);
  const own = survey.nodes?.find(({metadata}) => metadata.name === replaced.pod.spec.nodeName);
  if (!own || holds(roomOf(own), desired)) {
    const isFull =
      own !== undefined && survey.nodeUse !== null && !holds(freeFor(own, survey.nodeUse, replaced.pod), desired);
    const others = isFull ? nodesFor(survey, desired, replaced, survey.nodeUse ?? {}, new Set(neighbours)) : [];
    return others.length > 0 ? `${own?.metadata.name} has no room for it now and ${others[0]} has` : null;
  }
  return `${own.metadata.name} is too small for it`;
}

/**
 * Places the replaced pods one after the other, each beside the pods that run and those before it. `nodesOfOthers`:
 * the nodes of the pods that do not move. `readers`: the readers that could become the writer.
 */
export function placement(
  survey: Survey,
  context: CheckContext,
  replacedPods: readonly ReplacedPod[],
  nodesOfOthers: readonly string[],
  readers: readonly Pod[] = [],
): readonly Finding[] {
  if (survey.nodes === null) return [];
  const findings: Finding[] = [];
  const places = new Map(replacedPods.map(({pod}) => [pod.metadata.name, pod.spec.nodeName ?? '']));
  let use = survey.nodeUse ?? {};
  for (const replaced of replacedPods) {
    const desired = asOf(replaced, context);
    const {name} = replaced.pod.metadata;
    const from = places.get(name) ?? '';
    const taken = new Set([
      ...nodesOfOthers,
      ...[...places].flatMap(([other, node]) => (other === name ? [] : [node])),
    ]);
    const found = nodesFor(survey, desired, replaced, use, taken);
    const to = found.includes(from) ? from : found[0];
    if (to === undefined) {
      findings.push(
        noNodeFinding(
          survey,
          desired,
          replaced,
          replaced.isWriter ? possibleWriter(survey, desired, replaced, readers) : null,
        ),
      );
      continue;
    }
    use = {...use, [from]: minus(use[from], requestsOf(replaced.pod))};
    use = {...use, [to]: minus(use[to], negative(requestedResources(desired)))};
    places.set(name, to);
  }
  return findings;
}

/** The context with the sizes of the pod's role: readers may have another size than the writer. */
function asOf({isWriter}: ReplacedPod, desired: CheckContext): CheckContext {
  return isWriter ? desired : {...desired, parameters: ofReaders(desired.parameters)};
}

/** Nodes that have a place for the pod now, its own among them. */
function nodesFor(
  {nodes}: Survey,
  desired: CheckContext,
  {pod, isWriter, volume}: ReplacedPod,
  use: Readonly<Record<string, NodeUse>>,
  taken: ReadonlySet<string>,
): readonly string[] {
  const {instanceType, spread} = desired.parameters;
  return fittingNodes(nodes ?? [], instanceType, podPlacement(desired.parameters, isWriter ? 'writer' : 'readers'))
    .filter(
      (node) =>
        reaches(volume, node) &&
        holds(freeFor(node, use, pod), desired) &&
        (spread === 'preferred' || !taken.has(node.metadata.name)),
    )
    .map(({metadata}) => metadata.name);
}

/** A reader on whose node the writer would have the desired room, once it has the reader's volume; else null. */
function possibleWriter(
  survey: Survey,
  desired: CheckContext,
  {pod: writer}: ReplacedPod,
  readers: readonly Pod[],
): Pod | null {
  const fitting = fittingNodes(survey.nodes ?? [], desired.parameters.instanceType, podPlacement(desired.parameters));
  const fits = (reader: Pod): boolean => {
    const node = fitting.find(({metadata}) => metadata.name === reader.spec.nodeName);
    return node !== undefined && holds(freeFor(node, survey.nodeUse ?? {}, reader), desired);
  };
  return readers.find((reader) => reader.spec.nodeName !== writer.spec.nodeName && fits(reader)) ?? null;
}

function switchFirst({target}: CheckContext, nextWriter: Pod | null): readonly Remedy[] {
  if (nextWriter === null) return [];
  const {name} = nextWriter.metadata;
  const title =
    `Have ${name} become the writer first, without a loss: ${nextWriter.spec.nodeName} has room for it. ` +
    'Then run the same command again';
  return [propose(title, {kind: 'switchover', ...releaseRef(target), to: name})];
}

function noNodeFinding(survey: Survey, desired: CheckContext, replaced: ReplacedPod, nextWriter: Pod | null): Finding {
  const {parameters} = desired;
  const placement = podPlacement(parameters, replaced.isWriter ? 'writer' : 'readers');
  const ofType = fittingNodes(survey.nodes ?? [], parameters.instanceType, placement);
  const which = parameters.instanceType === 'any' ? 'a node' : `a node of the type ${parameters.instanceType}`;
  const what =
    `${replaced.pod.metadata.name} would have to start again on ${which} ` +
    `with ${parameters.cpu} CPU and ${parameters.memory} memory`;
  const isBound = ofType.length > 0 && !ofType.some((node) => reaches(replaced.volume, node));
  if (isBound) return volumeElsewhere(what, desired, replaced, nextWriter);
  const none =
    ofType.length === 0 ? 'there is none that takes pods now' : `none of ${ofType.length} has room for it now`;
  if (replaced.isWriter)
    return noRoomForWriter(`${what}, and ${none}`, survey, desired, {replaced, ofType, nextWriter});
  return warn(
    'NO_ROOM_NOW',
    `${what}, and ${none}. It waits for room, or for an autoscaler; the others go on meanwhile.`,
  );
}

function volumeElsewhere(
  what: string,
  desired: CheckContext,
  {pod, isWriter, volume}: ReplacedPod,
  nextWriter: Pod | null,
): Finding {
  const {target} = desired;
  const terms = volume?.spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return refuse(
    'UNSCHEDULABLE',
    `${what}, and its volume cannot be used there: the volume belongs to other nodes. Nothing was changed.`,
    {
      object: object('Pod', target, pod.metadata.name),
      evidence: [`volume ${volume?.metadata.name ?? '?'}: ${JSON.stringify(terms)}`],
      remedies: [
        ...switchFirst(desired, nextWriter),
        {title: 'Name a type of node that its volume reaches with --instance-type.'},
        isWriter
          ? {title: 'Install a release under another name there, copy the data, and switch the clients over.'}
          : {
              title:
                'A reader can be copied again: scale it away with --delete-volumes, change the type, and scale ' +
                'out again.',
            },
      ],
    },
  );
}

/** `ofType`: the nodes that could take it if they had room. */
function noRoomForWriter(
  what: string,
  {nodeUse}: Survey,
  desired: CheckContext,
  {
    replaced: {pod},
    ofType,
    nextWriter,
  }: {readonly replaced: ReplacedPod; readonly ofType: readonly Node[]; readonly nextWriter: Pod | null},
): Finding {
  const {target} = desired;
  const shown = ofType
    .slice(0, 5)
    .map(
      ({metadata: {name}, status}) =>
        `${name}: ${JSON.stringify(status?.allocatable ?? {})} allocatable, in use ` +
        `${JSON.stringify(nodeUse?.[name] ?? {})}`,
    );
  return refuse('UNSCHEDULABLE', `${what}: nothing could be written until there is one. Nothing was changed.`, {
    object: object('Pod', target, pod.metadata.name),
    evidence: shown,
    remedies: [
      ...switchFirst(desired, nextWriter),
      {title: 'Make room first, or ask for less with --cpu and --memory.'},
      {title: 'See what the nodes have and what is taken', command: kubectlHere(target, 'describe', 'nodes')},
    ],
  });
}

/** Whether a pod on that node can use the volume. */
export function reaches(volume: PersistentVolume | null, {metadata: {labels}}: Node): boolean {
  return matchesOne(volume?.spec.nodeAffinity?.required?.nodeSelectorTerms ?? [], labels);
}

interface Sizes {
  readonly parameters: Pick<CheckContext['parameters'], 'cpu' | 'memory'>;
}

/** Whether a pod with the desired sizes fits into that room. */
export function holds({milliCpu, memoryBytes}: NodeUse, desired: Sizes): boolean {
  const needed = requestedResources(desired);
  return milliCpu >= needed.milliCpu && memoryBytes >= needed.memoryBytes;
}

function requestedResources({parameters: {cpu, memory}}: Sizes): NodeUse {
  return {milliCpu: milliCpuOf(cpu), memoryBytes: bytesOf(memory)};
}

function roomOf({status}: Node): NodeUse {
  return {
    milliCpu: milliCpuOf(status?.allocatable?.['cpu'] ?? '0'),
    memoryBytes: bytesOf(status?.allocatable?.['memory'] ?? '0'),
  };
}

/** What is free on the node for this pod: what the pod itself takes there counts as free. */
export function freeFor(node: Node, use: Readonly<Record<string, NodeUse>>, pod: Pod): NodeUse {
  const free = minus(roomOf(node), use[node.metadata.name] ?? {milliCpu: 0, memoryBytes: 0});
  return pod.spec.nodeName === node.metadata.name ? minus(free, negative(requestsOf(pod))) : free;
}

/** What the pod asks of its node. */
export function requestsOf(pod: Pod): NodeUse {
  const sum = (read: (requests: Readonly<Record<string, string>>) => number): number =>
    runningContainers(pod).reduce((all, {resources}) => all + read(resources?.requests ?? {}), 0);
  return {milliCpu: sum(({cpu = '0'}) => milliCpuOf(cpu)), memoryBytes: sum(({memory = '0'}) => bytesOf(memory))};
}

function minus(a: NodeUse = {milliCpu: 0, memoryBytes: 0}, b: NodeUse): NodeUse {
  return {milliCpu: a.milliCpu - b.milliCpu, memoryBytes: a.memoryBytes - b.memoryBytes};
}

function negative({milliCpu, memoryBytes}: NodeUse): NodeUse {
  return {milliCpu: -milliCpu, memoryBytes: -memoryBytes};
}
