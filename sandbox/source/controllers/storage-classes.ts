// The storage classes that a sandbox begins with: one that can grow, one that cannot, one that no provisioner serves.
import {kinds} from '../store/kinds.ts';
import type {Store} from '../store/store.ts';
import {provisioner} from './volumes.ts';

const classes = [
  {name: 'standard', provisioner, grows: true, isDefault: true},
  {name: 'fixed', provisioner, grows: false, isDefault: false},
  {name: 'unprovisioned', provisioner: 'sandbox/absent', grows: true, isDefault: false},
];

/** Only for a new sandbox: a class that somebody deletes or changes stays so after a restart. */
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
