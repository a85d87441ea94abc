// The way of each pod of a release to its new definition, in the order in which they go it.
import type {InPlaceSupport, PodUpdate} from '../observation/pod-template.ts';
import type {Pod} from '../observation/kubernetes.ts';

export interface PodUpdatePlan {
  readonly pod: Pod;
  readonly isWriter: boolean;
  readonly renewal: PodUpdate;
  /** This change gives it another definition; otherwise it is one that it has missed before. */
  readonly isConcerned: boolean;
  readonly living: InPlaceSupport;
  /** Why it is not done to the running pod, to follow "because"; null when it is, or when nobody would ask. */
  readonly why: string | null;
}

/** What the step is called that brings it about. */
export function verbOf(renewal: PodUpdate): 'restart' | 'resize' | 'label' {
  if (renewal === 'resources') return 'resize';
  return renewal === 'labels' ? 'label' : 'restart';
}

export function restarts({renewal}: PodUpdatePlan): boolean {
  return renewal === 'image' || renewal === 'recreate';
}
