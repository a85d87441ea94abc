// How each pod of a release gets its new pod template, in the order in which they do.
import type {InPlaceSupport, PodUpdate} from '../observation/pod-template.ts';
import type {Pod} from '../observation/kubernetes.ts';

export interface PodUpdatePlan {
  readonly pod: Pod;
  readonly isWriter: boolean;
  readonly update: PodUpdate;
  /** This change gives it another pod template; otherwise it is one that it has missed before. */
  readonly isConcerned: boolean;
  readonly inPlaceSupport: InPlaceSupport;
  /** Why it is not done to the running pod, to follow "because"; null when it is, or when nobody would ask. */
  readonly why: string | null;
  /** It starts anew on another node. Absent: on its own, as far as is known. */
  readonly leavesNode?: boolean;
  /** Settings that it takes while it runs. Absent: none. */
  readonly reloads?: readonly string[];
}

/** What the step is called that brings it about. */
export function verbOf(update: PodUpdate): 'restart' | 'resize' | 'reload' | 'label' {
  if (update === 'resources') return 'resize';
  if (update === 'reload') return 'reload';
  return update === 'labels' ? 'label' : 'restart';
}

export function restarts({update}: PodUpdatePlan): boolean {
  return update === 'image' || update === 'recreate';
}
