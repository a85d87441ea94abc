// The namespace, the StatefulSets and the writer's Service.
import {paths} from '../../cluster/paths.ts';
import {readPodTemplates} from '../../cluster/pods.ts';
import {remakeStatefulSet} from '../../cluster/remake-stateful-set.ts';
import {orphanPods} from '../../cluster/storage.ts';
import type {ClusterPort} from '../../operations/ports/cluster.ts';
import type {AdapterContext} from './context.ts';

export function clusterPort({connection: {api}, target, names}: AdapterContext): ClusterPort {
  const {namespace} = target;
  return {
    async createNamespace() {
      const made = api
        .create(paths.namespaces, {apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}})
        .catch((error) => {
          if ((error as {reason?: string}).reason !== 'AlreadyExists') throw error;
        });
      await made;
    },
    podTemplates: () => readPodTemplates(api, target),
    async setReaders(count, {dryRun}) {
      // With a field manager of its own, as helm has one, so that the field counts as set by this program.
      const query = {fieldManager: 'pg-helm-install', ...(dryRun ? {dryRun: 'All'} : {})};
      await api.patch(
        `${paths.statefulSets(namespace)}/${names.reader}`,
        {spec: {replicas: count}},
        'merge-patch',
        query,
      );
    },
    orphanPods: (sets, options) => orphanPods(api, namespace, sets, options),
    remakeStatefulSet: (set, size) => remakeStatefulSet(api, namespace, set, size),
    async publishNotReadyAddresses(early) {
      await api.patch(`${paths.services(namespace)}/${names.writer}`, {
        spec: {publishNotReadyAddresses: early ? true : null},
      });
    },
  };
}
