// What its controller reads of a StatefulSet, with the defaults of the API applied.
import type {KubeObject, Metadata} from '../../store/objects.ts';
import type {Selector} from '../label-selector.ts';
import type {PodSpec} from '../shapes.ts';

export interface Template {
  readonly metadata?: Partial<Metadata>;
  readonly spec: PodSpec;
}

interface StatefulSetSpec {
  readonly replicas: number;
  readonly serviceName?: string;
  readonly selector: Selector;
  readonly template: Template;
  readonly volumeClaimTemplates?: readonly KubeObject[];
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel';
  readonly updateStrategy: {
    readonly type: 'RollingUpdate' | 'OnDelete';
    readonly rollingUpdate?: {readonly partition?: number};
  };
  readonly revisionHistoryLimit?: number;
  readonly ordinals?: {readonly start?: number};
}

interface StatefulSetStatus {
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  readonly collisionCount?: number;
  readonly [count: string]: unknown;
}

export const revisionLabel = 'controller-revision-hash';

export function specOf(set: KubeObject): StatefulSetSpec {
  return set['spec'] as StatefulSetSpec;
}

export function statusOf(set: KubeObject): StatefulSetStatus {
  return (set['status'] ?? {}) as StatefulSetStatus;
}

/** Null: the pod's name is not one that the set gives. */
export function ordinalOf(set: KubeObject, pod: KubeObject): number | null {
  const number = new RegExp(`^${set.metadata.name.replaceAll('.', '\\.')}-(0|[1-9]\\d*)$`).exec(pod.metadata.name)?.[1];
  return number === undefined ? null : Number(number);
}

export function revisionNameOf(pod: KubeObject): string {
  return pod.metadata.labels?.[revisionLabel] ?? '';
}
