// `eviction` of a pod: a deletion that a PodDisruptionBudget may refuse.
import {deleteObject} from '../../store/deletion.ts';
import {kinds} from '../../store/kinds.ts';
import {StatusError, type KubeObject} from '../../store/objects.ts';
import {notFound, type Store} from '../../store/store.ts';
import {isDryRun, objectIn, type ApiRequest} from '../request.ts';
import type {Place} from '../routing.ts';
import {isRecord} from '../schema/decode.ts';
import type {Answer} from '../status-answer.ts';

export function evict(store: Store, place: Place, request: ApiRequest): Answer {
  const {namespace, name} = place;
  const pod = store.get(kinds.pod, namespace, name ?? '');
  if (!pod) throw notFound(kinds.pod, name ?? '');
  checkBudgets(store, pod);
  const {deleteOptions} = objectIn(request);
  const options = isRecord(deleteOptions) ? deleteOptions : {};
  const grace = options['gracePeriodSeconds'];
  deleteObject(store, kinds.pod, namespace, name ?? '', {
    gracePeriodSeconds: typeof grace === 'number' ? grace : undefined,
    dryRun: isDryRun(request.query),
  });
  return {code: 201, body: {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201}};
}

/** @throws StatusError 429 where a budget allows no disruption of the pod */
function checkBudgets(store: Store, pod: KubeObject): void {
  const guarding = store.list(kinds.disruptionBudget, pod.metadata.namespace).find((budget) => {
    const {selector} = budget['spec'] as {selector?: {matchLabels?: Record<string, string>}};
    return Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => pod.metadata.labels?.[key] === value);
  });
  const status = (guarding?.['status'] ?? {}) as {
    disruptionsAllowed?: number;
    desiredHealthy?: number;
    currentHealthy?: number;
  };
  if (!guarding || status.disruptionsAllowed !== 0) return;
  const text =
    `The disruption budget ${guarding.metadata.name} needs ${status.desiredHealthy ?? 0} healthy pods and has ` +
    `${status.currentHealthy ?? 0} currently`;
  throw new StatusError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{reason: 'DisruptionBudget', message: text}],
  });
}
