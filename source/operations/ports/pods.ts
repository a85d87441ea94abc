// The pods of a release: one that goes or is changed, and one that is tried beside it.
import type {ImageLibraries} from '../../chart/collations.ts';
import type {Pod, Resources} from '../../observation/kubernetes.ts';
import type {PodToMake} from '../../observation/pod-of-set.ts';
import type {PodRefusal} from '../../observation/pod-refusal.ts';
import type {Template} from '../../observation/pod-template.ts';
import type {ConfigMapContent} from '../../plan/manifests.ts';

/** One very pod: another one of the name has another uid. */
export interface PodRef {
  readonly name: string;
  readonly uid: string;
}

export interface PodPatch {
  /** Null takes it away. */
  readonly labels: Readonly<Record<string, string | null>>;
  readonly annotations: Readonly<Record<string, string | null>>;
  readonly containers: readonly {readonly name: string; readonly image: string}[];
  /** CPU and memory, changed while the containers run. */
  readonly resources: readonly ContainerResources[];
}

export interface ContainerResources {
  readonly name: string;
  readonly resources: Resources;
}

export interface ImageTrial {
  readonly image: string;
  /** The pod that is to run it: the same node, tolerations and pull secrets. */
  readonly beside: Pod;
  readonly pullSecret: string | null;
  /** The StatefulSet with which a pod that was forgotten goes. */
  readonly owner: {readonly name: string; readonly uid: string} | null;
}

/** Null: the image does not say. */
export interface ImageContent extends ImageLibraries {
  /** Of PostgreSQL, such as `17.6`. */
  readonly version: string | null;
}

export interface TrialStart {
  /** As helm renders it. */
  readonly template: Template;
  /** Those that helm renders, by name: the cluster has older ones of these names, or none yet. */
  readonly configMaps: Readonly<Record<string, ConfigMapContent>>;
  /** The pod that is to have it: the same node. */
  readonly beside: Pod;
  /** The StatefulSet with which a pod that was forgotten goes. */
  readonly owner: {readonly name: string; readonly uid: string} | null;
}

export interface PodsPort {
  /** Only that very pod: the uid decides. */
  deletePod(pod: PodRef): Promise<void>;
  /**
   * Has the server of a pod that is going end its sessions: by itself it waits for them. Never throws.
   */
  shutDownFast(pod: string): Promise<void>;
  patchPod(pod: PodRef, patch: PodPatch): Promise<void>;
  /**
   * Whether the cluster would resize that very pod while it runs; nothing is changed.
   * @returns why not, to follow "because"; null when it would.
   */
  resizeProblem(pod: PodRef, resources: readonly ContainerResources[]): Promise<string | null>;
  /**
   * Has the API server take that pod in a dry run: admission and validation, whether or not the name is taken.
   * @returns what it says against it; null when it takes it, or this user may not make pods.
   */
  podRefusal(pod: PodToMake): Promise<PodRefusal | null>;
  /**
   * Pulls the image on the node of that pod, in a pod of its own that goes again.
   * @returns what is in it. Throws UserError when it cannot be pulled.
   */
  tryImage(trial: ImageTrial, signal: AbortSignal): Promise<ImageContent>;
  /**
   * Starts the writer's new pod template in a pod of its own that goes again, with an empty volume and nobody led to
   * it.
   * @throws UserError with the last words of one that does not get ready
   */
  trialStart(trialStart: TrialStart, signal: AbortSignal): Promise<void>;
}
