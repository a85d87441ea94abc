// A pod whose containers are to have other resources: whether its node can give them. Kubernetes 1.34: pkg/kubelet/allocation.
import type {KubeObject} from '../store/objects.ts';
import type {Store} from '../store/store.ts';
import type {Condition} from './pod.ts';

export function resizeConditions(_store: Store, _pod: KubeObject): readonly Condition[] {
  return [];
}
