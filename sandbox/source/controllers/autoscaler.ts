// The cluster autoscaler: adds a node where a pod finds no room and a new node would take it, and removes an added one
// that nobody uses. Its words are those of kubernetes/autoscaler, cluster-autoscaler 1.34:
// processors/status/eventing_scale_up_processor.go, core/scaledown/actuation/actuator.go.
import type {Recorder} from '../events.ts';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {Store} from '../store/store.ts';
import {
  firstNodes,
  instanceTypeLabel,
  instanceTypeNames,
  isAdded,
  nodeObject,
  zoneLabel,
  zones,
  type NodeSeed,
} from './node-types.ts';
import type {Nodes} from './nodes.ts';
import {selectedNode} from './scheduler.ts';
import {nodeMatches, refusalOf, type Refusal, type SchedulingState} from './scheduling/filters.ts';
import {obstacleOf, schedulingStateOf} from './scheduling/scheduling-state.ts';
import {hasEnded, podSpecOf, podStatusOf, volumeNodesOf} from './shapes.ts';
import type {Controller} from './work-queue.ts';

const component = 'cluster-autoscaler';
/** The nodes that a sandbox begins with are among them. Each has an address, see network/block.ts. */
export const maxNodes = 20;

interface AutoscalerOptions {
  readonly store: Store;
  readonly events: Recorder;
  readonly nodes: Pick<Nodes, 'add'>;
  readonly architecture: string;
  /** How long a pod waits before a node is added: room may come by itself. */
  readonly graceMs?: number;
  /** How long an added node must have been empty before it is removed. The real autoscaler waits ten minutes. */
  readonly idleMs?: number;
  readonly lookEveryMs?: number;
}

export function startAutoscaler({
  store,
  events,
  nodes,
  architecture,
  graceMs = 1000,
  idleMs = 120_000,
  lookEveryMs = 500,
}: AutoscalerOptions): Controller {
  // Since when, in milliseconds: of pods by uid, of nodes by name.
  const waitingSince = new Map<string, number>();
  const emptySince = new Map<string, number>();
  const timer = setInterval(() => {
    scaleUp();
    scaleDown();
  }, lookEveryMs);
  return {close: () => clearInterval(timer)};

  function scaleUp(): void {
    const waiting = store.list(kinds.pod).filter(isUnschedulable);
    const due = lasting(waitingSince, waiting.map(uidOf), graceMs);
    const {added, helped} = nodesFor(waiting.filter((pod) => due.has(uidOf(pod))));
    if (added.length === 0) return;
    const message = `pod triggered scale-up: [${growthOf(store.list(kinds.node), added)}]`;
    for (const pod of helped) events.record(pod, {type: 'Normal', reason: 'TriggeredScaleUp', message, component});
    for (const seed of added) nodes.add(seed);
  }

  /** The nodes to add, so that every pod that can be helped finds room: several pods may share a node. */
  function nodesFor(pods: readonly KubeObject[]): {added: readonly NodeSeed[]; helped: readonly KubeObject[]} {
    const added: NodeSeed[] = [];
    const helped: KubeObject[] = [];
    const placed = new Map<string, string>();
    const nodeOf = (pod: KubeObject) => podSpecOf(pod).nodeName ?? placed.get(uidOf(pod));
    for (const pod of pods) {
      if (obstacleOf(store, pod) !== null) continue;
      const state = schedulingStateOf(
        store,
        pod,
        nodeOf,
        added.map((seed) => nodeOfSeed(seed, architecture)),
      );
      const node = nodeThatFits(pod, state) ?? newNodeFor(pod, state, architecture);
      if (node === null) continue;
      placed.set(uidOf(pod), typeof node === 'string' ? node : node.name);
      if (typeof node !== 'string') added.push(node);
      if (added.some(({name}) => name === placed.get(uidOf(pod)))) helped.push(pod);
    }
    return {added, helped};
  }

  function scaleDown(): void {
    const empty = store.list(kinds.node).filter((node) => isAdded(node) && !isUsed(store, node));
    const names = empty.map(({metadata}) => metadata.name);
    const due = lasting(emptySince, names, idleMs);
    for (const node of empty) {
      if (!due.has(node.metadata.name)) continue;
      const message = 'marked the node as toBeDeleted/unschedulable';
      events.record(node, {type: 'Normal', reason: 'ScaleDown', message, component});
      store.remove(kinds.node, null, node.metadata.name);
    }
  }
}

/** A node of the smallest type that takes the pod, in the zone with the fewest nodes; null where none would take it. */
function newNodeFor(pod: KubeObject, state: SchedulingState, architecture: string): NodeSeed | null {
  if (!isForRoom(state.candidates.flatMap((candidate) => refusalOf(pod, candidate, state) ?? []))) return null;
  const present = state.candidates.map(({node}) => node);
  const name = freeName(present);
  if (name === null) return null;
  const seeds = instanceTypeNames.flatMap((instanceType) =>
    emptiestFirst(present).map((zone) => ({name, instanceType, zone})),
  );
  return seeds.find((seed) => takes(pod, nodeOfSeed(seed, architecture), state)) ?? null;
}

/** The node as it will be; its address does not matter here. */
function nodeOfSeed(seed: NodeSeed, architecture: string): KubeObject {
  return nodeObject(seed, {address: '', architecture}, null);
}

/** Whether something is on the node: a pod, a volume on its disk, or a claim whose volume is being made there. */
function isUsed(store: Store, node: KubeObject): boolean {
  const {name} = node.metadata;
  return (
    store.list(kinds.pod).some((pod) => podSpecOf(pod).nodeName === name) ||
    store.list(kinds.volume).some((volume) => volumeNodesOf(volume)?.some((term) => nodeMatches(term, node))) ||
    store.list(kinds.claim).some((claim) => claim.metadata.annotations?.[selectedNode] === name)
  );
}

/** The keys that have been there for `ms`; a new key's time begins, and a missing one's is forgotten. */
function lasting(since: Map<string, number>, keys: readonly string[], ms: number): Set<string> {
  const now = Date.now();
  for (const known of since.keys()) if (!keys.includes(known)) since.delete(known);
  for (const key of keys) if (!since.has(key)) since.set(key, now);
  return new Set(keys.filter((key) => now - (since.get(key) ?? now) >= ms));
}

function isUnschedulable(pod: KubeObject): boolean {
  const {conditions = []} = podStatusOf(pod);
  return (
    !podSpecOf(pod).nodeName &&
    !pod.metadata.deletionTimestamp &&
    !hasEnded(pod) &&
    conditions.some(
      ({type, status, reason}) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
    )
  );
}

/** The name of a node that takes the pod already, where only the scheduler has not come to it yet. */
function nodeThatFits(pod: KubeObject, state: SchedulingState): string | null {
  return state.candidates.find((candidate) => refusalOf(pod, candidate, state) === null)?.node.metadata.name ?? null;
}

/** Whether the pod lacks room: a node of the kind that it asks for is full, or there is none of that kind yet. */
function isForRoom(refusals: readonly Refusal[]): boolean {
  const ofItsKind = refusals.filter(({about}) => about !== 'selector');
  return ofItsKind.length === 0 || ofItsKind.some(({about}) => about === 'room');
}

function takes(pod: KubeObject, node: KubeObject, state: SchedulingState): boolean {
  const candidate = {node, pods: []};
  return refusalOf(pod, candidate, {...state, candidates: [...state.candidates, candidate]}) === null;
}

function freeName(nodes: readonly KubeObject[]): string | null {
  const taken = new Set(nodes.map(({metadata}) => metadata.name));
  for (let number = firstNodes.length; number < maxNodes; number++)
    if (!taken.has(`node${number}`)) return `node${number}`;
  return null;
}

function emptiestFirst(nodes: readonly KubeObject[]): string[] {
  const count = (zone: string) => nodes.filter(({metadata}) => metadata.labels?.[zoneLabel] === zone).length;
  return [...zones].sort((a, b) => count(a) - count(b));
}

/** `{t3.medium 4->5 (max: 20)}`, one for each type that grows. */
function growthOf(nodes: readonly KubeObject[], added: readonly NodeSeed[]): string {
  return instanceTypeNames
    .flatMap((type) => {
      const before = nodes.filter(({metadata}) => metadata.labels?.[instanceTypeLabel] === type).length;
      const more = added.filter(({instanceType}) => instanceType === type).length;
      return more > 0 ? [`{${type} ${before}->${before + more} (max: ${maxNodes})}`] : [];
    })
    .join(' ');
}

function uidOf(pod: KubeObject): string {
  return pod.metadata.uid ?? '';
}
