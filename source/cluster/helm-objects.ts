// Finds what helm made for a release by its marks on the cluster, including what helm itself no longer knows.
import {helmAnnotations, resourcePolicy} from '../chart/tool-annotations.ts';
import {instanceSelector} from '../chart/names.ts';
import type {ObjectMetadata} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import {ApiError, type Api} from './api.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';

/** The kinds that chart 16.7.26 makes, except Secrets and claims, which are never considered left over. */
export const collections: Readonly<Record<string, (namespace: string) => string>> = {
  StatefulSet: paths.statefulSets,
  Service: paths.services,
  CronJob: paths.cronJobs,
  NetworkPolicy: paths.networkPolicies,
  PodDisruptionBudget: paths.disruptionBudgets,
  ConfigMap: paths.configMaps,
  ServiceAccount: paths.serviceAccounts,
};

/**
 * Leaves out objects that are being deleted, and those that helm was told to keep. Source: helm,
 * pkg/kube/resource_policy.go
 */
export async function readHelmObjects(api: Api, {namespace, release}: Target): Promise<readonly ObjectMetadata[]> {
  const found = await Promise.all(
    Object.entries(collections).map(async ([kind, collection]) => {
      const query = {labelSelector: instanceSelector(release)};
      const list = await ifAllowed(api.listMetadata(collection(namespace), query));
      return (list?.items ?? []).map(({metadata}): ObjectMetadata => ({kind, metadata}));
    }),
  );
  return found.flat().filter(({metadata: {annotations = {}, deletionTimestamp}}) => {
    const isHelms =
      annotations[helmAnnotations.releaseName] === release &&
      annotations[helmAnnotations.releaseNamespace] === namespace;
    return isHelms && deletionTimestamp === undefined && annotations[resourcePolicy] !== 'keep';
  });
}

/** The kinds that may be deleted: those above, and what the installer makes beside them. */
const deletable: typeof collections = {...collections, Secret: paths.secrets, Job: paths.jobs, Pod: paths.pods};

/** Deletes as helm does: what an object owns goes in the background. A different object with the same name stays. */
export async function deleteObjects(api: Api, namespace: string, objects: readonly ObjectMetadata[]): Promise<void> {
  await Promise.all(
    objects.map(async ({kind, metadata: {name, uid}}) => {
      const collection = deletable[kind];
      if (!collection) return;
      const options = {propagationPolicy: 'Background', preconditions: {uid}};
      await api.delete(`${collection(namespace)}/${name}`, options).catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
      });
    }),
  );
}
