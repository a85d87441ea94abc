// The namespaces that every cluster has, and what every namespace has: its default account and the cluster's authority.
import {kinds, type Kind} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {Store} from '../store/store.ts';

/** @returns a function that ends this */
export function keepNamespaces(store: Store): () => void {
  const end = store.onChange(({type, kind, object, previous}) => {
    if (kind === kinds.namespace && type === 'ADDED') queueMicrotask(() => createDefaults(object.metadata.name));
    // Makes them again when somebody deletes them, as the real controllers do.
    else if (type === 'DELETED' && previous && isDefault(kind, object))
      queueMicrotask(() => createDefaults(object.metadata.namespace ?? ''));
  });
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) {
    if (!store.get(kinds.namespace, null, name))
      store.create(kinds.namespace, {apiVersion: 'v1', kind: 'Namespace', metadata: {name}});
  }
  return end;

  function createDefaults(namespace: string): void {
    const place = store.get(kinds.namespace, null, namespace);
    if (!place || place.metadata.deletionTimestamp) return;
    if (!store.get(kinds.serviceAccount, namespace, 'default'))
      store.create(kinds.serviceAccount, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: {name: 'default', namespace},
      });
    if (store.get(kinds.configMap, namespace, 'kube-root-ca.crt')) return;
    const annotations = {
      'kubernetes.io/description': 'The sandbox has no authority of its own: its certificate is in the kubeconfig.',
    };
    store.create(kinds.configMap, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {name: 'kube-root-ca.crt', namespace, annotations},
      data: {'ca.crt': ''},
    });
  }
}

function isDefault(kind: Kind, {metadata: {name}}: KubeObject): boolean {
  return (
    (kind === kinds.serviceAccount && name === 'default') || (kind === kinds.configMap && name === 'kube-root-ca.crt')
  );
}
