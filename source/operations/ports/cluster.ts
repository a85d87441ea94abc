// The namespace, and what is changed in the StatefulSets and Services of a release without helm.
import type {Values} from '../../chart/tree.ts';
import type {StatefulSet} from '../../observation/kubernetes.ts';
import type {Template} from '../../observation/pods/pod-template.ts';

/** With `dryRun` the cluster only says whether it would make the change. */
export interface DryRun {
  readonly dryRun: boolean;
}

export interface ClusterPort {
  createNamespace(): Promise<void>;
  /**
   * The pod templates that the StatefulSets had, by the revision that pods carry in a label. Empty when they may not be
   * read.
   */
  podTemplates(): Promise<Readonly<Record<string, Template>>>;
  /** Sets how many readers the cluster is to have. */
  setReaders(count: number, options: DryRun): Promise<void>;
  /**
   * Deletes the StatefulSets and leaves their pods running: the next StatefulSets of the same names take the pods over.
   */
  orphanPods(sets: readonly StatefulSet[], options: DryRun): Promise<void>;
  /**
   * Makes a StatefulSet again with another size of its claims, around its running pods, as the field manager that made
   * it, so that a tool that steers it still does. If that tool meanwhile makes it as it was, it is made once more.
   * @param set `live` null: there is none, and what helm renders is made
   */
  remakeStatefulSet(
    set: {readonly name: string; readonly live: StatefulSet | null; readonly rendered: Values | null},
    size: string,
  ): Promise<void>;
  /**
   * Sets whether the writer's Service leads to its pod before the pod is ready: a client then finds the writer as soon
   * as it listens.
   */
  publishNotReadyAddresses(early: boolean): Promise<void>;
}
