// The parts of objects that the controllers read. The store keeps objects as plain JSON.
import type {KubeObject, Metadata} from '../store/objects.ts';
import {labelsMatch, type Selector} from './label-selector.ts';

type Amounts = Readonly<Record<string, string>>;

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly [field: string]: unknown;
}

export interface Container {
  readonly name: string;
  readonly ports?: readonly {readonly name?: string; readonly containerPort: number; readonly protocol?: string}[];
  readonly resources?: {readonly requests?: Amounts; readonly limits?: Amounts};
  readonly restartPolicy?: string;
}

export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly Requirement[];
  readonly matchFields?: readonly Requirement[];
}
interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}
export interface PodAffinityTerm {
  readonly labelSelector?: Selector;
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: Selector;
  readonly topologyKey: string;
}
interface PodAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    readonly weight: number;
    readonly podAffinityTerm: PodAffinityTerm;
  }[];
}
export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
  readonly timeAdded?: string;
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly hostname?: string;
  readonly subdomain?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: {
        readonly nodeSelectorTerms: readonly NodeSelectorTerm[];
      };
      readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
        readonly weight: number;
        readonly preference: NodeSelectorTerm;
      }[];
    };
    readonly podAffinity?: PodAffinity;
    readonly podAntiAffinity?: PodAffinity;
  };
  readonly tolerations?: readonly Toleration[];
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly persistentVolumeClaim?: {readonly claimName: string};
    readonly [source: string]: unknown;
  }[];
  readonly [field: string]: unknown;
}

interface PodStatus {
  readonly phase?: string;
  readonly podIP?: string;
  readonly conditions?: readonly Condition[];
  readonly [field: string]: unknown;
}

export function podSpecOf(pod: KubeObject): PodSpec {
  return pod['spec'] as PodSpec;
}

export function podStatusOf(pod: KubeObject): PodStatus {
  return (pod['status'] ?? {}) as PodStatus;
}

export function isPodReady(pod: KubeObject): boolean {
  const {phase, conditions = []} = podStatusOf(pod);
  return phase === 'Running' && conditions.some(({type, status}) => type === 'Ready' && status === 'True');
}

export function hasEnded(pod: KubeObject): boolean {
  return ['Succeeded', 'Failed'].includes(podStatusOf(pod).phase ?? '');
}

/** The claims that a pod mounts. */
export function claimsOf(pod: KubeObject): string[] {
  return (podSpecOf(pod).volumes ?? []).flatMap(({persistentVolumeClaim}) => persistentVolumeClaim?.claimName ?? []);
}

/** The conditions with this one in it; the time of its transition changes only when its status does. */
export function withCondition(
  conditions: readonly Condition[],
  next: Omit<Condition, 'lastTransitionTime'>,
  now: string,
): Condition[] {
  const before = conditions.find(({type}) => type === next.type);
  const changed = {
    ...next,
    lastTransitionTime: (before?.status === next.status ? before?.lastTransitionTime : undefined) ?? now,
  } as Condition;
  return before
    ? conditions.map((condition) => (condition === before ? changed : condition))
    : [...conditions, changed];
}

export function isBound(claim: KubeObject): boolean {
  return (claim['status'] as {phase?: string} | undefined)?.phase === 'Bound';
}

/**
 * The terms of the nodes that a volume is tied to: one of them must hold. Null: the volume may be used on all nodes.
 */
export function volumeNodesOf(volume: KubeObject | null): readonly NodeSelectorTerm[] | null {
  const {nodeAffinity} = (volume?.['spec'] ?? {}) as {
    nodeAffinity?: {required?: {nodeSelectorTerms: readonly NodeSelectorTerm[]}};
  };
  return nodeAffinity?.required?.nodeSelectorTerms ?? null;
}

export function controllerOf({metadata}: KubeObject) {
  return metadata.ownerReferences?.find(({controller}) => controller) ?? null;
}

export function ownedBy(owner: KubeObject): NonNullable<Metadata['ownerReferences']> {
  const {name, uid = ''} = owner.metadata;
  return [{apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true, blockOwnerDeletion: true}];
}

export function selects(selector: Selector | undefined, object: KubeObject): boolean {
  return labelsMatch(selector, object.metadata.labels ?? {});
}

/** `namespace/name`, the key under which controllers look at an object. */
export function keyOf({metadata: {namespace, name}}: KubeObject): string {
  return `${namespace ?? ''}/${name}`;
}

export function parsedKey(key: string): [namespace: string, name: string] {
  const [namespace = '', name = ''] = key.split('/');
  return [namespace, name];
}
