// The nodes: the first ones are made once, others are added later. Leases keep them alive; a node whose kubelet is
// silent is given up, and its pods with it, as the real controllers do.
import {microTime, type Recorder} from '../events.ts';
import {isSilent, type Faults} from '../faults.ts';
import {equal} from '../store/canonical.ts';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import {omit} from '../store/omit.ts';
import {timestamp, type Store} from '../store/store.ts';
import {firstNodes, isAdded, nodeObject, numberOf, seedOf, type NodeSeed} from './node-types.ts';
import {hasEnded, podSpecOf, podStatusOf, withCondition, type Condition, type Taint} from './shapes.ts';
import {TaintEvictions} from './taint-eviction.ts';
import type {Controller} from './work-queue.ts';

const component = 'node-controller';
const heartbeatMs = 10_000;
const lookEveryMs = 1000;
/** The real controller waits 40 to 50 seconds before it gives a silent node up: too long for a demo. */
const graceMs = 5_000;

const wellConditions: readonly (readonly [type: string, status: string, reason: string, message: string])[] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
];
const unreachable = 'node.kubernetes.io/unreachable';
const unschedulable = 'node.kubernetes.io/unschedulable';

interface NodesOptions {
  readonly store: Store;
  readonly events: Recorder;
  readonly faults: () => Faults;
  /** Where a node's ports listen. */
  readonly addressOf: (index: number) => string;
  /** The value of Kubernetes's label, which also names the images of that architecture: amd64, arm64. */
  readonly architecture: string;
}

export interface Nodes extends Controller {
  /** To be called when the faults have changed. */
  look(): void;
  add(seed: NodeSeed): void;
}

export function startNodes({store, events, faults, addressOf, architecture}: NodesOptions): Nodes {
  // Nodes that were added before the sandbox stopped are back, with the addresses that the sandbox has now.
  for (const seed of [...firstNodes, ...store.list(kinds.node).filter(isAdded).map(seedOf)]) keepNode(seed);
  const silentSince = new Map<string, number>();
  const evictions = new TaintEvictions(store, events, {key: unreachable, effect: 'NoExecute'});
  heartbeat();
  const timers = [setInterval(heartbeat, heartbeatMs), setInterval(look, lookEveryMs)];
  const end = store.onChange(({type, kind, object}) => {
    if (kind === kinds.node && type !== 'DELETED') queueMicrotask(() => keepCordonTaint(store, object.metadata.name));
  });
  look();
  return {
    look,
    add(seed) {
      keepNode(seed);
      heartbeat();
      look();
    },
    close() {
      end();
      timers.forEach(clearInterval);
    },
  };

  /** Makes the node, or brings it up to date; labels and cordons that somebody gave it stay. */
  function keepNode(seed: NodeSeed): void {
    const known = store.get(kinds.node, null, seed.name);
    const object = nodeObject(seed, {address: addressOf(numberOf(seed.name)), architecture}, known);
    if (known) store.update(kinds.node, object);
    else store.create(kinds.node, object);
  }

  function heartbeat(): void {
    for (const node of store.list(kinds.node)) if (!isSilent(faults(), node.metadata.name)) renewLease(store, node);
  }

  function look(): void {
    for (const node of store.list(kinds.node)) {
      const {name} = node.metadata;
      if (!isSilent(faults(), name)) {
        silentSince.delete(name);
        if (markReady(store, events, node)) evictions.clear();
        continue;
      }
      const since = silentSince.get(name) ?? Date.now();
      silentSince.set(name, since);
      if (Date.now() - since < graceMs) continue;
      markUnreachable(store, events, node);
      for (const pod of podsOn(store, name)) evictions.look(pod);
    }
  }
}

function renewLease(store: Store, node: KubeObject): void {
  const {name, uid = ''} = node.metadata;
  const spec = {holderIdentity: name, leaseDurationSeconds: 40, renewTime: microTime()};
  const known = store.get(kinds.lease, 'kube-node-lease', name);
  const ownerReferences = [{apiVersion: 'v1', kind: 'Node', name, uid}];
  if (known) store.update(kinds.lease, {...known, spec});
  else
    store.create(kinds.lease, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {name, namespace: 'kube-node-lease', ownerReferences},
      spec,
    });
}

/** @returns whether the node had to be changed for that */
function markReady(store: Store, events: Recorder, node: KubeObject): boolean {
  const {spec, conditions, taints, status} = partsOf(node);
  const next = wellConditions.reduce<Condition[]>(
    (all, [type, state, reason, message]) =>
      withCondition(
        all,
        {type, status: state, reason, message, lastHeartbeatTime: heartbeatOf(all, type)},
        timestamp(),
      ),
    [...conditions],
  );
  const left = taints.filter(({key}) => key !== unreachable);
  if (equal(next, conditions) && left.length === taints.length) return false;
  const wasLost = conditions.some(({type, status: state}) => type === 'Ready' && state !== 'True');
  const updated = store.update(kinds.node, {
    ...node,
    spec: withTaints(spec, left),
    status: {...status, conditions: next},
  });
  if (wasLost)
    events.record(updated, {
      type: 'Normal',
      reason: 'NodeReady',
      message: `Node ${node.metadata.name} status is now: NodeReady`,
      component: 'kubelet',
      host: node.metadata.name,
    });
  return true;
}

function markUnreachable(store: Store, events: Recorder, node: KubeObject): void {
  const {spec, conditions, taints, status} = partsOf(node);
  if (taints.some(({key}) => key === unreachable)) return;
  const message = 'Kubelet stopped posting node status.';
  const next = conditions.reduce<Condition[]>(
    (all, {type, lastHeartbeatTime}) =>
      withCondition(
        all,
        {type, status: 'Unknown', reason: 'NodeStatusUnknown', message, lastHeartbeatTime},
        timestamp(),
      ),
    [...conditions],
  );
  const added = ['NoSchedule', 'NoExecute'].map((effect) => ({key: unreachable, effect, timeAdded: timestamp()}));
  const updated = store.update(kinds.node, {
    ...node,
    spec: withTaints(spec, [...taints, ...added]),
    status: {...status, conditions: next},
  });
  events.record(updated, {
    type: 'Normal',
    reason: 'NodeNotReady',
    message: `Node ${node.metadata.name} status is now: NodeNotReady`,
    component,
  });
  for (const pod of podsOn(store, node.metadata.name)) markPodNotReady(store, events, pod);
}

function markPodNotReady(store: Store, events: Recorder, pod: KubeObject): void {
  const {conditions = [], ...rest} = podStatusOf(pod);
  const ready = conditions.find(({type}) => type === 'Ready');
  if (ready?.status !== 'True') return;
  const changed = store.update(kinds.pod, {
    ...pod,
    status: {...rest, conditions: withCondition(conditions, {...ready, status: 'False'}, timestamp())},
  });
  events.record(changed, {type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready', component});
}

function podsOn(store: Store, node: string): KubeObject[] {
  return store.list(kinds.pod).filter((pod) => podSpecOf(pod).nodeName === node && !hasEnded(pod));
}

/** Gives a cordoned node the taint that says so, and takes it away again afterwards. */
function keepCordonTaint(store: Store, name: string): void {
  const node = store.get(kinds.node, null, name);
  if (!node) return;
  const {spec, taints} = partsOf(node);
  const isTainted = taints.some(({key}) => key === unschedulable);
  if ((spec.unschedulable === true) === isTainted) return;
  const next = isTainted
    ? taints.filter(({key}) => key !== unschedulable)
    : [...taints, {key: unschedulable, effect: 'NoSchedule', timeAdded: timestamp()}];
  store.update(kinds.node, {...node, spec: withTaints(spec, next)});
}

interface NodeSpec {
  readonly unschedulable?: boolean;
  readonly taints?: readonly Taint[];
}

function partsOf(node: KubeObject) {
  const spec = (node['spec'] ?? {}) as NodeSpec;
  const status = (node['status'] ?? {}) as {conditions?: Condition[]};
  return {spec, status, taints: spec.taints ?? [], conditions: status.conditions ?? []};
}

function withTaints(spec: NodeSpec, taints: readonly Taint[]): NodeSpec {
  return {...omit(spec, 'taints'), ...(taints.length > 0 ? {taints} : {})};
}

/** The real kubelet renews this time only every five minutes; in between, the lease shows that the node lives. */
function heartbeatOf(conditions: readonly Condition[], type: string): unknown {
  const before = conditions.find((condition) => condition.type === type);
  return before?.status === 'Unknown' ? timestamp() : (before?.['lastHeartbeatTime'] ?? timestamp());
}
