// Reads what kubectl applied for a release of which helm has no record, and writes the record that helm would have
// written.
import {instanceSelector} from '../chart/names.ts';
import {lastApplied} from '../chart/tool-annotations.ts';
import {at, isObject, type Values} from '../chart/tree.ts';
import {releaseSecret, type WrittenRelease} from '../helm/encode-release.ts';
import type {Target} from '../observation/snapshot.ts';
import type {AppliedObject} from '../plan/applied-objects.ts';
import {ApiError, type Api} from './api.ts';
import {collections} from './helm-objects.ts';
import {paths} from './paths.ts';

const apiVersions: Readonly<Record<string, string>> = {
  StatefulSet: 'apps/v1',
  CronJob: 'batch/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
};

/** Found by the label of the release. Secrets are not read: they stay what they are. @throws ApiError */
export async function readApplied(
  api: Api,
  {namespace, release}: Pick<Target, 'namespace' | 'release'>,
): Promise<readonly AppliedObject[]> {
  const query = {labelSelector: instanceSelector(release)};
  const found = await Promise.all(
    Object.entries(collections).map(async ([kind, collection]) => {
      const {items} = await api.list<Values>(collection(namespace), query);
      // Objects that a controller derived from others have an owner; the objects of a release itself have none.
      const own = items.filter((one) => !Array.isArray(at(one, ['metadata', 'ownerReferences'])));
      return own.map((one): AppliedObject => {
        const live = {apiVersion: apiVersions[kind] ?? 'v1', kind, ...one};
        return {kind, name: String(at(one, ['metadata', 'name'])), live, applied: appliedIn(one)};
      });
    }),
  );
  return found.flat();
}

function appliedIn(object: Values): Values | null {
  const text = at(object, ['metadata', 'annotations', lastApplied]);
  if (typeof text !== 'string') return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** A record that exists already is left as it is. @throws ApiError */
export async function writeRecord(api: Api, written: WrittenRelease, now: number): Promise<void> {
  await api.create(paths.secrets(written.namespace), releaseSecret(written, now)).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
  });
}
