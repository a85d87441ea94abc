// How each pod of a release gets its new pod template, in the order in which they do.
import type {InPlaceSupport, PodUpdate} from '../observation/pods/pod-template.ts';
import type {Pod} from '../observation/kubernetes.ts';

export interface PodUpdatePlan {
  readonly pod: Pod;
  readonly isWriter: boolean;
  readonly update: PodUpdate;
  /** This change gives the pod another pod template; otherwise the pod has missed an earlier one. */
  readonly isConcerned: boolean;
  readonly inPlaceSupport: InPlaceSupport;
  /** Why the update is not done to the running pod, to follow "because"; null when it is, or when nobody would ask. */
  readonly why: string | null;
  /** The pod starts again on another node. Absent: on its own node, as far as is known. */
  readonly leavesNode?: boolean;
  /** Settings that it takes while it runs. Absent: none. */
  readonly reloads?: readonly string[];
}

/** The name of the step that does the update. */
export function verbOf(update: PodUpdate): 'restart' | 'resize' | 'reload' | 'label' {
  if (update === 'resources') return 'resize';
  if (update === 'reload') return 'reload';
  return update === 'labels' ? 'label' : 'restart';
}

export function restarts({update}: PodUpdatePlan): boolean {
  return update === 'image' || update === 'recreate';
}
