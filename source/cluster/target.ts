// What the objects of a release are called. Where the names differ from the chart's own, they are noted on the Secret.
import {
  chartVersionOf,
  databaseChart,
  databaseComponents,
  instanceSelector,
  labelKeys,
  type Naming,
  ownNames,
} from '../chart/names.ts';
import {managedByUs, namesAnnotation, releaseLabel} from '../chart/own-marks.ts';
import {namingIn, namingOfSets} from '../chart/naming-values.ts';
import type {Metadata} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import type {Api} from './api.ts';
import {paths} from './paths.ts';
import {readRelease} from './releases.ts';

type Place = Pick<Target, 'context' | 'namespace' | 'release'>;

/**
 * Read once, before anything else. Where the names are noted nowhere, or may not be read, the chart's own names are
 * used: a look at the release then tells what is wrong.
 */
export async function readTarget(api: Api, {context, namespace, release}: Place): Promise<Target> {
  const place = {context, namespace, release};
  return {...place, ...((await readNaming(api, place).catch(() => null)) ?? ownNames(release))};
}

/**
 * For a release that is ours the Secret decides, not the values: somebody may have changed the names in the values with
 * helm, and the database would be looked for on another volume.
 */
async function readNaming(api: Api, {namespace, release}: Place): Promise<Naming | null> {
  const labelSelector = `${instanceSelector(release)},${managedByUs.key}=${managedByUs.value}`;
  const [{revisions, values}, {items}] = await Promise.all([
    readRelease(api, {namespace, release}),
    api.listMetadata(paths.secrets(namespace), {labelSelector}),
  ]);
  // A Secret that was given has only this label.
  const given = async () => api.listMetadata(paths.secrets(namespace), {labelSelector: `${releaseLabel}=${release}`});
  const found = items.length > 0 ? items : (await given()).items;
  const noted = found.flatMap(({metadata}) => metadata.annotations?.[namesAnnotation] ?? [])[0];
  if (noted !== undefined) return JSON.parse(noted) as Naming;
  const newest = revisions.at(-1);
  if (items.length > 0 || newest?.status === 'uninstalled') return null;
  if (newest?.chartName !== databaseChart) return namingOfObjects(api, {namespace, release});
  return namingIn(values ?? {}, release);
}

/**
 * What `helm template | kubectl apply` made, and a database inside the release of an application, say their names only
 * in their objects.
 */
async function namingOfObjects(
  api: Api,
  {namespace, release}: Pick<Place, 'namespace' | 'release'>,
): Promise<Naming | null> {
  const labelSelector = `${instanceSelector(release)},${databaseComponents}`;
  const {items} = await api.listMetadata(paths.statefulSets(namespace), {labelSelector});
  const isOfChart = ({labels}: Metadata) => chartVersionOf(labels) !== null;
  const sets = items.flatMap(({metadata}) => (isOfChart(metadata) ? [metadata] : []));
  return namingOfSets(
    sets.map(({name, labels = {}}) => ({
      name,
      component: labels[labelKeys.component] ?? '',
      nameLabel: labels[labelKeys.name] ?? databaseChart,
    })),
    release,
  );
}
