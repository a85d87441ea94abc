// The pods of a release: one that goes or is changed, and one that is tried beside it.
import type {ImageLibraries} from '../../chart/collations.ts';
import type {Pod, Resources} from '../../observation/kubernetes.ts';
import type {PodToMake} from '../../observation/pods/pod-of-set.ts';
import type {PodRefusal} from '../../observation/pods/pod-refusal.ts';
import type {Template} from '../../observation/pods/pod-template.ts';
import type {ConfigMapContent} from '../../plan/manifests.ts';

/** One particular pod: another pod of the same name has another uid. */
export interface PodRef {
  readonly name: string;
  readonly uid: string;
}

export interface PodPatch {
  /** Null removes a label. */
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
  /** The version of PostgreSQL, such as `17.6`. */
  readonly version: string | null;
}

export interface TrialStart {
  /** As helm renders it. */
  readonly template: Template;
  /** The ConfigMaps that helm renders, by name: the cluster has older ones of these names, or none yet. */
  readonly configMaps: Readonly<Record<string, ConfigMapContent>>;
  /** The pod that is to get the template: the trial runs on its node. */
  readonly beside: Pod;
  /** The StatefulSet with which a pod that was forgotten goes. */
  readonly owner: {readonly name: string; readonly uid: string} | null;
}

export interface PodsPort {
  /** Deletes only the pod with that uid. */
  deletePod(pod: PodRef): Promise<void>;
  /**
   * Has the server of a pod that is being deleted end its sessions, for which it would otherwise wait. Never throws.
   */
  shutDownFast(pod: string): Promise<void>;
  patchPod(pod: PodRef, patch: PodPatch): Promise<void>;
  /**
   * Whether the cluster would resize the pod with that uid while it runs; nothing is changed.
   * @returns why not, to follow "because"; null when it would.
   */
  resizeProblem(pod: PodRef, resources: readonly ContainerResources[]): Promise<string | null>;
  /**
   * Has the API server take that pod in a dry run: admission and validation, whether or not the name is taken.
   * @returns what it has against the pod; null when it takes the pod, or this user may not make pods.
   */
  podRefusal(pod: PodToMake): Promise<PodRefusal | null>;
  /**
   * Pulls the image on the node of that pod, in a pod of its own that is deleted afterwards.
   * @returns what is in it. Throws UserError when it cannot be pulled.
   */
  tryImage(trial: ImageTrial, signal: AbortSignal): Promise<ImageContent>;
  /**
   * Starts the writer's new pod template in a pod of its own that is deleted afterwards, with an empty volume and
   * without a Service that leads to it.
   * @returns a sentence for the user where it could not be tried for want of room
   * @throws UserError with the last log lines of a pod that does not get ready
   */
  trialStart(trialStart: TrialStart, signal: AbortSignal): Promise<string | null>;
}
