// Volumes that go from node to node with their pods: folders that every node of the lab, or of the sandbox, can reach.
import {chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {kubectl} from './namespace.ts';
import {onSandbox} from '../setup/on-sandbox.ts';

/** The lab's folder of volumes, beside its kubeconfig. The sandbox's pods are processes of this machine. */
const parent = onSandbox ? tmpdir() : join(dirname(process.env['KUBECONFIG'] ?? ''), 'volumes');
export const hasRoamingVolumes = existsSync(parent);

export interface RoamingVolumes {
  readonly storageClass: string;
  /** To be called when what has used them is gone. */
  remove(): Promise<void>;
}

export async function roamingVolumes(count: number): Promise<RoamingVolumes> {
  const name = `roaming-${Math.random().toString(36).slice(2, 7)}`;
  const folder = mkdtempSync(join(parent, `${name}-`));
  const paths = Array.from({length: count}, (_, number) => join(folder, String(number)));
  for (const path of paths) mkdirSync(path);
  // In spite of the umask, because PostgreSQL is not root.
  for (const path of [folder, ...paths]) chmodSync(path, 0o777);
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {name},
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  const volumes = paths.map((path, number) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {name: `${name}-${number}`},
    spec: {
      capacity: {storage: '1Gi'},
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: name,
      hostPath: {path},
    },
  }));
  const items = [storageClass, ...volumes];
  await kubectl(['create', '--validate=false', '-f', '-'], JSON.stringify({apiVersion: 'v1', kind: 'List', items}));
  return {
    storageClass: name,
    async remove() {
      await kubectl(['delete', '--wait=false', 'pv', ...volumes.map(({metadata}) => metadata.name)]);
      await kubectl(['delete', 'storageclass', name]);
      rmSync(folder, {recursive: true, force: true});
    },
  };
}
