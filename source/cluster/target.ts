// What the objects of a release are called: noted on its Secret where they are not called as the chart would call them.
import {managedByUs, namesAnnotation, ownNames, releaseLabel, type Naming} from '../chart/names.ts';
import {namingIn} from '../chart/naming-values.ts';
import type {Target} from '../observation/snapshot.ts';
import type {Api} from './api.ts';
import {paths} from './paths.ts';
import {readRelease} from './releases.ts';

type Place = Pick<Target, 'context' | 'namespace' | 'release'>;

/**
 * Read once, before anything else is. Where nothing says it, or may be read, they are the chart's own names: whoever
 * looks at the release then is told what is wrong.
 */
export async function readTarget(api: Api, {context, namespace, release}: Place): Promise<Target> {
  const place = {context, namespace, release};
  return {...place, ...((await readNaming(api, place).catch(() => null)) ?? ownNames(release))};
}

/**
 * Of a release that is ours its Secret says it, not its values: in those somebody's helm may have changed the names,
 * and the database would be looked for on another volume.
 */
async function readNaming(api: Api, {namespace, release}: Place): Promise<Naming | null> {
  const labelSelector = `app.kubernetes.io/instance=${release},${managedByUs.key}=${managedByUs.value}`;
  const [{revisions, values}, {items}] = await Promise.all([
    readRelease(api, {namespace, release}),
    api.listMetadata(paths.secrets(namespace), {labelSelector}),
  ]);
  // A Secret that was given has the label alone.
  const given = async () => api.listMetadata(paths.secrets(namespace), {labelSelector: `${releaseLabel}=${release}`});
  const found = items.length > 0 ? items : (await given()).items;
  const noted = found.flatMap(({metadata}) => metadata.annotations?.[namesAnnotation] ?? [])[0];
  if (noted !== undefined) return JSON.parse(noted) as Naming;
  const newest = revisions.at(-1);
  if (items.length > 0 || newest?.chartName !== 'postgresql' || newest.status === 'uninstalled') return null;
  return namingIn(values ?? {}, release);
}
