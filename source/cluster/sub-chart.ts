// Reads a database inside the release of an application, and moves it out of that release object by object.
import {chartVersionOf, databaseChart, databaseNameSelector, labelKeys} from '../chart/names.ts';
import {helmAnnotations, resourcePolicy} from '../chart/tool-annotations.ts';
import {at, mergeValues, objectAt, withoutPaths, type Path, type Values} from '../chart/tree.ts';
import {decodeWhole, lightRevision} from '../helm/release-record.ts';
import type {Metadata, PersistentVolumeClaim, Pod, Service, StatefulSet} from '../observation/kubernetes.ts';
import type {Revision} from '../observation/snapshot.ts';
import {type SubChart, type SubChartObject} from '../observation/sub-chart.ts';
import type {Api} from './api.ts';
import {collections} from './helm-objects.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';
import {listRecords, readRelease, type ReleaseSecret} from './releases.ts';

/** The kinds that charts 11 to 16.7.26 make, except claims. */
const movable: typeof collections = {...collections, Secret: paths.secrets};
/** Values that are dropped: the Secret has the passwords, and the chart reads them there. */
const passwordPaths: readonly Path[] = [
  ['auth', 'password'],
  ['auth', 'postgresPassword'],
  ['auth', 'replicationPassword'],
  ['global', databaseChart, 'auth', 'password'],
  ['global', databaseChart, 'auth', 'postgresPassword'],
  ['global', databaseChart, 'auth', 'replicationPassword'],
];

interface Place {
  readonly namespace: string;
  readonly parent: string;
}

/** Where the database stands in the parent: in the newest record that has it. */
interface Origin {
  readonly newest: Revision;
  readonly isInNewest: boolean;
  readonly path: readonly string[];
  readonly fullname: string;
  readonly values: Values;
}

export async function readSubChart(api: Api, {namespace, parent}: Place): Promise<SubChart | null> {
  const origin = await readOrigin(api, {namespace, parent});
  if (origin === null) return null;
  const {fullname: release, newest, isInNewest, path} = origin;
  const query = {labelSelector: `${labelKeys.instance} in (${parent},${release}),${databaseNameSelector}`};
  const [objects, sets, pods, claims, services, own] = await Promise.all([
    readObjects(api, namespace, query),
    api.list<StatefulSet>(paths.statefulSets(namespace), query),
    api.list<Pod>(paths.pods(namespace), query),
    api.list<PersistentVolumeClaim>(paths.claims(namespace), query),
    api.list<Service>(paths.services(namespace), query),
    readRelease(api, {namespace, release}),
  ]);
  const labels = sets.items[0]?.metadata.labels ?? pods.items[0]?.metadata.labels ?? {};
  return {
    parent: {release: parent, newest, hasDatabase: isInNewest},
    release,
    newest: own.revisions.at(-1) ?? null,
    path,
    version: chartVersionOf(labels) ?? '',
    values: origin.values,
    objects: objects.filter(({owner}) => owner === parent || owner === release),
    sets: sets.items,
    pods: pods.items.filter(({metadata}) => metadata.labels?.[labelKeys.component] !== undefined),
    claims: claims.items,
    services: services.items,
  };
}

async function readOrigin(api: Api, {namespace, parent}: Place): Promise<Origin | null> {
  const records = (await listRecords(api, namespace, parent)).reverse();
  const [first] = records;
  const newest = first && lightRevision(first.metadata);
  if (!newest) return null;
  for (const {metadata} of records) {
    const found = await originIn(api, namespace, metadata);
    if (found === null) continue;
    return {
      ...found,
      newest: {...newest, ...found.chart, revision: newest.revision},
      isInNewest: metadata.name === first.metadata.name,
    };
  }
  return null;
}

type Found = Pick<Origin, 'path' | 'fullname' | 'values'> & {
  readonly chart: Pick<Revision, 'chartName' | 'chartVersion'>;
};

async function originIn(api: Api, namespace: string, {name}: Metadata): Promise<Found | null> {
  const secret = await api.find<ReleaseSecret>(`${paths.secrets(namespace)}/${name}`);
  const data = secret?.data?.release ?? '';
  if (data === '') return null;
  const {revision, values, chartValues, manifest} = decodeWhole(name, data);
  const place = placeIn(manifest);
  if (place === null) return null;
  const given = mergeValues(chartValues, values);
  const all = mergeValues(objectAt(given, place.path), {global: objectAt(given, ['global'])});
  return {
    path: place.path,
    fullname: at(all, ['architecture']) === 'replication' ? place.set.replace(/-[^-]+$/, '') : place.set,
    values: withoutPaths(all, [['enabled'], ...passwordPaths]),
    chart: {chartName: revision.chartName, chartVersion: revision.chartVersion},
  };
}

/** Above each object helm writes the template that it comes from: `# Source: shop/charts/postgresql/templates/…`. */
function placeIn(manifest: string): {readonly path: readonly string[]; readonly set: string} | null {
  const source = /^# Source: (\S+\/charts\/\S+)\/templates\/primary\/statefulset\.yaml$/m.exec(manifest);
  const [document = ''] = manifest.slice(source?.index).split(/^---\s*$/m);
  if (!source || !/^\s*helm\.sh\/chart: postgresql-\d/m.test(document)) return null;
  const [, set = ''] = /^metadata:\s*\n(?: {2,}.*\n)*? {2}name: "?([^\s"]+)/m.exec(document) ?? [];
  return {path: (source[1] ?? '').split('/charts/').slice(1), set};
}

async function readObjects(
  api: Api,
  namespace: string,
  query: {readonly labelSelector: string},
): Promise<readonly SubChartObject[]> {
  const found = await Promise.all(
    Object.entries(movable).map(async ([kind, collection]) => {
      const list = await ifAllowed(api.listMetadata(collection(namespace), query));
      return (list?.items ?? []).map(({metadata: {name, annotations = {}}}): SubChartObject => ({
        kind,
        name,
        isKept: annotations[resourcePolicy] === 'keep',
        owner: annotations[helmAnnotations.releaseName] ?? null,
      }));
    }),
  );
  return found.flat();
}

export async function keepObjects(
  api: Api,
  namespace: string,
  objects: readonly SubChartObject[],
  isKept: boolean,
): Promise<void> {
  const body = {metadata: {annotations: {[resourcePolicy]: isKept ? 'keep' : null}}};
  for (const {kind, name} of objects) {
    const collection = movable[kind];
    if (collection) await api.patch(`${collection(namespace)}/${name}`, body);
  }
}

/** All labels are moved at once, because in between a Service finds no pod. */
export async function moveLabels(
  api: Api,
  namespace: string,
  {release, pods, claims, services}: SubChart,
): Promise<void> {
  const labels = {[labelKeys.instance]: release};
  const patches = [
    ...pods.map(({metadata}) => [`${paths.pods(namespace)}/${metadata.name}`, {metadata: {labels}}] as const),
    ...services.map(
      ({metadata, spec}) =>
        [
          `${paths.services(namespace)}/${metadata.name}`,
          {metadata: {labels}, ...(spec.selector ? {spec: {selector: labels}} : {})},
        ] as const,
    ),
    ...claims.map(({metadata}) => [`${paths.claims(namespace)}/${metadata.name}`, {metadata: {labels}}] as const),
  ];
  await Promise.all(patches.map(([path, body]) => api.patch(path, body)));
}
