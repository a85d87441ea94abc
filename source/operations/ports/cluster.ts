// The namespace, and the StatefulSets and Services of a release beside helm.
import type {Values} from '../../chart/tree.ts';
import type {StatefulSet} from '../../observation/kubernetes.ts';
import type {Template} from '../../observation/pod-template.ts';

/** With `dryRun` the cluster only says whether it would. */
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
  /** How many readers the cluster is to have. */
  setReaders(count: number, options: DryRun): Promise<void>;
  /** The StatefulSets go, their pods run on: the next ones of the names take them over. */
  orphanPods(sets: readonly StatefulSet[], options: DryRun): Promise<void>;
  /**
   * Makes one again whose claims are to have another size, around its pods, in the name of whoever made it: what
   * somebody else steers stays steered. Made meanwhile by them as it was, it is made once more.
   * @param set `live` null: there is none, and what helm renders is made
   */
  remakeStatefulSet(
    set: {readonly name: string; readonly live: StatefulSet | null; readonly rendered: Values | null},
    size: string,
  ): Promise<void>;
  /**
   * Whether the writer's Service leads to its pod before that is ready: a client then finds it as soon as it listens.
   */
  publishNotReadyAddresses(early: boolean): Promise<void>;
}
