// Grows the disks of a release: its claims ask for more, and its StatefulSets are deleted without their pods.
import type {PersistentVolumeClaim, Metadata, StatefulSet, PersistentVolume} from '../observation/kubernetes.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {DryRun} from '../operations/ports/cluster.ts';
import {ApiError, type Api} from './api.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';

/**
 * @param size a Kubernetes quantity. Throws ApiError where the class does not let volumes grow, a quota does not allow
 * it, or a claim would shrink.
 */
export async function growClaims(
  api: Api,
  namespace: string,
  claims: readonly string[],
  size: string,
  {dryRun}: DryRun,
): Promise<void> {
  for (const name of claims) {
    const body = {spec: {resources: {requests: {storage: size}}}};
    await api.patch(`${paths.claims(namespace)}/${name}`, body, 'merge-patch', dryRun ? {dryRun: 'All'} : {});
  }
}

/** Another claim that has the name by now is left alone. */
export async function deleteClaims(
  api: Api,
  namespace: string,
  claims: readonly PersistentVolumeClaim[],
): Promise<void> {
  await Promise.all(
    claims.map(async ({metadata: {name, uid}}) => {
      await api.delete(`${paths.claims(namespace)}/${name}`, {preconditions: {uid}}).catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
      });
    }),
  );
}

/**
 * Deletes StatefulSets and leaves their pods running: a StatefulSet that is made again with the same name takes them
 * over. Another StatefulSet that has the name by now is left alone.
 */
export async function orphanPods(
  api: Api,
  namespace: string,
  sets: readonly StatefulSet[],
  {dryRun}: DryRun,
): Promise<void> {
  for (const {metadata} of sets) {
    const options = {
      propagationPolicy: 'Orphan',
      preconditions: {uid: metadata.uid},
      ...(dryRun ? {dryRun: ['All']} : {}),
    };
    await api.delete(`${paths.statefulSets(namespace)}/${metadata.name}`, options).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
    });
  }
}

/**
 * The volumes of claims, by the claim's name. Holds only those that this user may read, because volumes belong to the
 * whole cluster.
 */
export async function readVolumes(
  api: Api,
  claims: readonly PersistentVolumeClaim[],
): Promise<Readonly<Record<string, PersistentVolume>>> {
  const found = await Promise.all(
    claims.map(async ({metadata, spec}): Promise<[string, PersistentVolume][]> => {
      const volume = spec.volumeName
        ? await ifAllowed(api.find<PersistentVolume>(`${paths.volumes}/${spec.volumeName}`))
        : null;
      return volume ? [[metadata.name, volume]] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** The storage under the data of a pod that has this claim, read right before the pod is deleted. */
export async function readStorageUnder(
  api: Api,
  namespace: string,
  claimName: string,
): Promise<Pick<Snapshot, 'namespace' | 'claims' | 'volumes'>> {
  const [space, claim] = await Promise.all([
    ifAllowed(api.find<{metadata: Metadata; status?: {phase?: string}}>(`${paths.namespaces}/${namespace}`)),
    ifAllowed(api.find<PersistentVolumeClaim>(`${paths.claims(namespace)}/${claimName}`)),
  ]);
  const claims = claim ? [claim] : [];
  return {
    namespace: space && {metadata: space.metadata, phase: space.status?.phase ?? 'Active'},
    claims,
    volumes: await readVolumes(api, claims),
  };
}
