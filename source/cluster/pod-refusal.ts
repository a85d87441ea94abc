// Asks the API server, without changing anything, whether it takes a pod.
import type {LimitRange} from '../observation/kubernetes.ts';
import type {PodToMake} from '../observation/pods/pod-of-set.ts';
import {isAboutThePod, maybeByLimitRange, type PodRefusal} from '../observation/pods/pod-refusal.ts';
import {ApiError, type Api} from './api.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';

/**
 * @returns what the API server has against the pod; null when it takes the pod, or when this user may not make pods, so
 * that nobody knows.
 * @throws ConnectionError
 */
export async function podRefusal(api: Api, namespace: string, pod: PodToMake): Promise<PodRefusal | null> {
  try {
    await api.create(paths.pods(namespace), pod, {dryRun: 'All'});
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!isAboutThePod(error.status, error.message)) return null;
    const ranges = maybeByLimitRange(error.message)
      ? await ifAllowed(api.list<LimitRange>(paths.limitRanges(namespace)))
      : null;
    return {words: error.message, limitRanges: ranges?.items ?? null};
  }
}
