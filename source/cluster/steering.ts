// Which object of Argo CD or Flux makes a release, found by the mark on its StatefulSets.
import {labelKeys, databaseNameSelector, instanceSelector} from '../chart/names.ts';
import {UserError} from '../core/cause.ts';
import type {StatefulSet} from '../observation/kubernetes.ts';
import {
  steeringMark,
  valuesOfApplication,
  type SteeringMark,
  type SteeringObject,
  type SteeringSeen,
} from '../observation/steering.ts';
import type {ReleaseState} from '../observation/snapshot.ts';
import {ApiError, type Api, type List} from './api.ts';
import {cachedReader} from './paced-reader.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';

/** Argo CD's namespace, unless somebody chose another one. Source: its "Getting Started". */
const argoNamespace = 'argocd';
const kinds = {'Argo CD': 'Application', Flux: 'HelmRelease', Terraform: 'state'} as const;

type Marked = Pick<StatefulSet, 'metadata'>;
export type SteeringOf = (objects: readonly Marked[]) => Promise<SteeringSeen | null>;

/**
 * Null: no tool steers it, as far as its StatefulSets say, or its Services while the StatefulSets are being made again.
 */
export async function readSteering(api: Api, objects: readonly Marked[]): Promise<SteeringSeen | null> {
  const mark = objects.flatMap((one) => steeringMark(one) ?? [])[0];
  if (mark === undefined) return null;
  const {tool, object} = mark;
  const named = object && `${kinds[tool]} ${object.namespace === null ? '' : `${object.namespace}/`}${object.name}`;
  const found = await objectOf(api, mark);
  // Flux removes its labels only with an uninstall, so they may be left over: a HelmRelease that was deleted steers
  // nothing.
  return found === 'gone' && tool === 'Flux' ? null : {tool, object: found === 'gone' ? null : found, named};
}

const freshMs = 5000;

/**
 * For looks that come several times a second: they learn at once which object steers, and what it says within seconds.
 */
export function steeringReader(api: Api): SteeringOf {
  const read = cachedReader((objects: readonly Marked[]) => readSteering(api, objects), freshMs);
  return (objects) => read(JSON.stringify(objects.flatMap((one) => steeringMark(one) ?? [])[0] ?? null), objects);
}

/** Null: it may not be read. `gone`: the cluster does not have it. */
async function objectOf(api: Api, {tool, object}: SteeringMark): Promise<SteeringObject | null | 'gone'> {
  if (object === null || tool === 'Terraform') return null;
  const asked = tool === 'Flux' ? helmRelease(api, object) : application(api, object);
  return (await ifAllowed(asked.then((found) => found ?? ('gone' as const)))) ?? null;
}

type Named = NonNullable<SteeringMark['object']>;

async function helmRelease(api: Api, {namespace, name}: Named): Promise<SteeringObject | null> {
  for (const version of ['v2', 'v2beta2']) {
    const path = `/apis/helm.toolkit.fluxcd.io/${version}/namespaces/${namespace ?? ''}/helmreleases/${name}`;
    const found = await api.find<SteeringObject>(path);
    if (found) return found;
  }
  return null;
}

async function application(api: Api, {namespace, name}: Named): Promise<SteeringObject | null> {
  const inSpace = (space: string) =>
    api.find<SteeringObject>(`/apis/argoproj.io/v1alpha1/namespaces/${space}/applications/${name}`);
  if (namespace !== null) return inSpace(namespace);
  const own = await ifAllowed(inSpace(argoNamespace));
  if (own) return own;
  const query = {fieldSelector: `metadata.name=${name}`};
  const everywhere = api.list<SteeringObject>('/apis/argoproj.io/v1alpha1/applications', query).catch(none);
  return (await everywhere).items[0] ?? null;
}

/** A cluster without Argo CD does not know the kind. */
function none(error: unknown): List<SteeringObject> {
  if (error instanceof ApiError && error.status === 404) return {items: [], resourceVersion: ''};
  throw error;
}

/** Reads helm's record of the release in another namespace. Null: there is none. */
type RecordedIn = (namespace: string) => Promise<ReleaseState | null>;

/** Reads a release of which helm keeps no record in its namespace. Null: no tool is known to steer it. */
export async function readWithoutRecord(
  api: Api,
  {namespace, release}: {readonly namespace: string; readonly release: string},
  recordedIn: RecordedIn,
): Promise<ReleaseState | null> {
  const labelSelector = `${instanceSelector(release)},${databaseNameSelector}`;
  const found = await Promise.all(
    [paths.statefulSets, paths.services].map((collection) =>
      ifAllowed(api.listMetadata(collection(namespace), {labelSelector})),
    ),
  );
  const objects = found.flatMap((list) => list?.items ?? []);
  return inForce({recorded: null, namespace, objects, steering: await readSteering(api, objects)}, recordedIn);
}

interface KnownRelease {
  /** Null: helm has recorded nothing in the namespace of the release. */
  readonly recorded: ReleaseState | null;
  readonly namespace: string;
  readonly objects: readonly Marked[];
  readonly steering: SteeringSeen | null;
}

/** The release that is in force. Null: neither helm nor the tool that steers it tells. */
export async function inForce(known: KnownRelease, recordedIn: RecordedIn): Promise<ReleaseState | null> {
  const {recorded, steering} = known;
  if (steering?.tool === 'Argo CD') return asApplied(known, steering);
  return recorded === null && steering?.tool === 'Flux' ? recordElsewhere(steering, known, recordedIn) : recorded;
}

/**
 * A HelmRelease of Flux keeps its records in its own namespace, unless it names a storage namespace. Source: Flux,
 * HelmRelease, Storage namespace.
 */
async function recordElsewhere(
  {object}: SteeringSeen,
  {namespace}: KnownRelease,
  recordedIn: RecordedIn,
): Promise<ReleaseState | null> {
  const storage = object?.spec?.['storageNamespace'] ?? object?.metadata.namespace;
  if (typeof storage !== 'string' || storage === namespace) return null;
  const recorded = await recordedIn(storage);
  return recorded && {...recorded, hasRecord: false};
}

/**
 * Argo CD renders and applies by itself, and writes no record: a record that is there was written by helm before Argo
 * CD took over, and tells the past. Where the values of Argo CD cannot be read, that record is all there is.
 */
async function asApplied({recorded, objects}: KnownRelease, {object}: SteeringSeen): Promise<ReleaseState> {
  const values = object && (await valuesIn(object));
  if (values === null && recorded !== null && recorded.values !== null) return recorded;
  const earlier = recorded?.revisions ?? [];
  const newest = revisionSeen(objects, earlier.at(-1)?.revision ?? 0);
  return {revisions: [...earlier.slice(0, -1), newest], values, hasRecord: false};
}

/** Null: some of the values are in Git, or they are invalid. */
async function valuesIn(object: SteeringObject): Promise<ReleaseState['values']> {
  const {parseHelmYaml} = await import('../chart/helm-yaml.ts');
  try {
    return valuesOfApplication(object, (text) => parseHelmYaml(text, 'values'));
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** The revision, as far as the labels of the objects tell it. */
function revisionSeen(objects: readonly Marked[], revision: number): ReleaseState['revisions'][number] {
  const {labels = {}} = objects[0]?.metadata ?? {};
  const [, chartName = '', chartVersion = ''] = /^(.+?)-(\d.*)$/.exec(labels[labelKeys.chart] ?? '') ?? [];
  return {
    revision,
    status: 'deployed',
    updatedAt: null,
    chartName,
    chartVersion,
    appVersion: labels[labelKeys.version] ?? '',
    description: '',
  };
}
