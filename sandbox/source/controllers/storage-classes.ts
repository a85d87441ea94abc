// The storage classes that a sandbox begins with: one that grows, one that does not, one that nobody answers for.
import {kinds} from '../store/kinds.ts';
import type {Store} from '../store/store.ts';
import {provisioner} from './volumes.ts';

const classes = [
  {name: 'standard', provisioner, grows: true, isDefault: true},
  {name: 'fixed', provisioner, grows: false, isDefault: false},
  {name: 'unprovisioned', provisioner: 'sandbox/absent', grows: true, isDefault: false},
];

/** For a new sandbox: whoever deletes or changes one finds it so after a restart. */
export function seedStorageClasses(store: Store): void {
  for (const {name, provisioner: named, grows, isDefault} of classes) {
    const annotations = isDefault ? {annotations: {'storageclass.kubernetes.io/is-default-class': 'true'}} : {};
    store.create(kinds.storageClass, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {name, ...annotations},
      provisioner: named,
      allowVolumeExpansion: grows,
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
    });
  }
}
