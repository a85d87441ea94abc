// What decides on a node for a pod: the nodes with what runs on them, and the pod's volumes.
import {kinds} from '../../store/kinds.ts';
import type {KubeObject} from '../../store/objects.ts';
import type {Store} from '../../store/store.ts';
import {claimsOf, hasEnded, isBound, volumeNodesOf} from '../shapes.ts';
import type {SchedulingState} from './filters.ts';

/**
 * @param nodeOf the name of the node that a pod takes room on, if any
 * @param more nodes that do not exist yet
 */
export function schedulingStateOf(
  store: Store,
  pod: KubeObject,
  nodeOf: (other: KubeObject) => string | undefined,
  more: readonly KubeObject[] = [],
): SchedulingState {
  const pods = store.list(kinds.pod).filter((other) => other.metadata.uid !== pod.metadata.uid && !hasEnded(other));
  const candidates = [...store.list(kinds.node), ...more].map((node) => ({
    node,
    pods: pods.filter((other) => nodeOf(other) === node.metadata.name),
  }));
  const bound = claimsOf(pod)
    .flatMap((claim) => store.get(kinds.claim, pod.metadata.namespace ?? '', claim) ?? [])
    .filter(isBound);
  const volumeNodes = bound.flatMap((claim) => {
    const {volumeName = ''} = claim['spec'] as {volumeName?: string};
    const terms = volumeNodesOf(store.get(kinds.volume, null, volumeName));
    return terms ? [terms] : [];
  });
  return {
    candidates,
    volumeNodes,
    namespaceLabels: (namespace) => store.get(kinds.namespace, null, namespace)?.metadata.labels ?? {},
  };
}

/** What is wrong with the pod's claims, whatever the node; null: nothing. */
export function obstacleOf(store: Store, pod: KubeObject): string | null {
  const claims = claimsOf(pod).map((claim) => ({
    claim,
    object: store.get(kinds.claim, pod.metadata.namespace ?? '', claim),
  }));
  const missing = claims.find(({object}) => !object);
  if (missing) return `persistentvolumeclaim "${missing.claim}" not found.`;
  const going = claims.find(({object}) => object?.metadata.deletionTimestamp);
  if (going) return `persistentvolumeclaim "${going.claim}" is being deleted.`;
  return claims.some(({object}) => object && !isBound(object) && !waitsForConsumer(store, object))
    ? 'pod has unbound immediate PersistentVolumeClaims.'
    : null;
}

function waitsForConsumer(store: Store, claim: KubeObject): boolean {
  const {storageClassName = ''} = claim['spec'] as {storageClassName?: string};
  return store.get(kinds.storageClass, null, storageClassName)?.['volumeBindingMode'] === 'WaitForFirstConsumer';
}
