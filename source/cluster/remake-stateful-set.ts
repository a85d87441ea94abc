// Makes a StatefulSet again with another size of its claims, which Kubernetes does not let anybody change in place.
import {setTimeout as pause} from 'node:timers/promises';
import {at, isObject, mergeValues, withoutPaths, type Values} from '../chart/tree.ts';
import {clock} from '../core/time.ts';
import type {FieldOwner, StatefulSet} from '../observation/kubernetes.ts';
import {dataSizeOf} from '../observation/storage.ts';
import {ApiError, type Api} from './api.ts';
import {paths} from './paths.ts';
import {orphanPods} from './storage.ts';

/**
 * How long to try. The garbage collector takes a moment to delete a StatefulSet without its pods, and another one where
 * somebody makes it again meanwhile.
 */
const timeoutMs = 30_000;
const betweenMs = 100;

interface SetToMake {
  readonly name: string;
  readonly live: StatefulSet | null;
  readonly rendered: Values | null;
}

/** @throws ApiError when the cluster refuses, and the last conflict where somebody keeps making the old one again */
export async function remakeStatefulSet(
  api: Api,
  namespace: string,
  {name, live, rendered}: SetToMake,
  size: string,
): Promise<void> {
  const path = `${paths.statefulSets(namespace)}/${name}`;
  const began = clock.now();
  let known = live;
  for (;;) {
    const current = await api.find<StatefulSet>(path);
    if (current && dataSizeOf(current) === size) return;
    known = current ?? known;
    const source = known ?? rendered;
    if (source === null) return;
    const isPatient = clock.now() - began < timeoutMs;
    if (current) await orphan(api, namespace, current);
    else if (await made(api, namespace, bodyOf(source as unknown as Values, size), known, isPatient)) return;
    if (!isPatient)
      throw new ApiError(409, 'AlreadyExists', `StatefulSet ${name} is made again by somebody else as it was`);
  }
}

async function orphan(api: Api, namespace: string, set: StatefulSet): Promise<void> {
  if (!set.metadata.deletionTimestamp) await orphanPods(api, namespace, [set], {dryRun: false});
  await pause(betweenMs);
}

/** False: somebody else made the StatefulSet first. */
async function made(
  api: Api,
  namespace: string,
  body: Values,
  known: StatefulSet | null,
  isPatient: boolean,
): Promise<boolean> {
  const owner = ownerOf(known?.metadata.managedFields ?? []);
  const collection = paths.statefulSets(namespace);
  const path = `${collection}/${String(at(body, ['metadata', 'name']))}`;
  try {
    if (owner?.operation === 'Apply')
      await api.patch(path, body, 'apply-patch', {fieldManager: owner.manager, force: true});
    else await api.create(collection, body, {fieldManager: owner?.manager ?? 'pg-helm-install'});
    return true;
  } catch (error) {
    // Where somebody has just made the StatefulSet, an apply is refused with 422, because it would change immutable
    // fields.
    if (isPatient && error instanceof ApiError && (error.status === 409 || error.status === 422)) return false;
    throw error;
  }
}

/** The field manager of the claim templates. */
function ownerOf(managedFields: readonly FieldOwner[]): FieldOwner | null {
  return managedFields.find(({fieldsV1}) => at(fieldsV1, ['f:spec', 'f:volumeClaimTemplates']) !== undefined) ?? null;
}

/** The StatefulSet as it was asked for, without what the cluster has written into it. */
function bodyOf({metadata, spec}: Values, size: string): Values {
  const {name, namespace, labels, annotations} = isObject(metadata) ? metadata : {};
  const templates = at(spec, ['volumeClaimTemplates']);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {name, ...defined({namespace, labels, annotations})},
    spec: {
      ...(isObject(spec) ? spec : {}),
      volumeClaimTemplates: (Array.isArray(templates) ? templates.filter(isObject) : []).map((one) =>
        resized(one, size),
      ),
    },
  };
}

function resized(live: Values, size: string): Values {
  const template = withoutPaths(live, [['status']]);
  if (at(template, ['metadata', 'name']) !== 'data') return template;
  return mergeValues(template, {spec: {resources: {requests: {storage: size}}}});
}

function defined(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
