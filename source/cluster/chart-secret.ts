// The Secret that the chart made of a release before it was adopted. It stays for those who read their passwords there.
import {labelKeys, nameLabelOf, objectNames} from '../chart/names.ts';
import {resourcePolicy} from '../chart/tool-annotations.ts';
import {secretKeys} from '../chart/secret-keys.ts';
import type {Target} from '../observation/snapshot.ts';
import type {ChangingPasswords, ChartSecret} from '../operations/ports/secret.ts';
import {ApiError, type Api} from './api.ts';
import {heldBy} from './credentials.ts';
import {againWhenRaced, type Secret} from './own-secret.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';

/** The roles whose passwords the chart keeps in its Secret, each under the key that the installer uses too. */
const roles = ['user', 'admin', 'replication'] as const;

/** Null where there is none that an adoption had helm keep, or where it may not be read. @throws ApiError */
export async function findChartSecret(api: Api, {namespace, ...naming}: Target): Promise<Secret | null> {
  const {fullname} = naming;
  if (objectNames(naming).secret === fullname) return null;
  const secret = await ifAllowed(api.find<Secret>(pathOf(namespace, fullname)));
  if (!secret || secret.metadata.deletionTimestamp) return null;
  const {annotations = {}, labels = {}} = secret.metadata;
  const isKept = annotations[resourcePolicy] === 'keep' && labels[labelKeys.name] === nameLabelOf(naming);
  return isKept ? secret : null;
}

/** @throws ApiError */
export async function readChartSecret(api: Api, target: Target): Promise<ChartSecret | null> {
  const secret = await findChartSecret(api, target);
  if (!secret) return null;
  const {name} = secret.metadata;
  return {
    name,
    roles: roles.filter((role) => secret.data?.[secretKeys[role]]),
    heldBy: heldBy(secret) ?? (await whyForbidden(api, pathOf(target.namespace, name))),
  };
}

/** Gives the Secret new passwords under the keys that it has. Does nothing where it is gone. @throws ApiError */
export async function writeChartSecret(api: Api, target: Target, passwords: ChangingPasswords): Promise<void> {
  await againWhenRaced(async () => {
    const secret = await findChartSecret(api, target);
    if (!secret) return;
    const {name, resourceVersion} = secret.metadata;
    const stringData = Object.fromEntries(
      roles.flatMap((role) => {
        const [key, password] = [secretKeys[role], passwords[role]];
        return password !== undefined && secret.data?.[key] ? [[key, password]] : [];
      }),
    );
    if (Object.keys(stringData).length === 0) return;
    const metadata = resourceVersion === undefined ? {} : {resourceVersion};
    await api.patch(pathOf(target.namespace, name), {metadata, stringData});
  });
}

/** Asked by a change that changes nothing. Null: the user may change it. */
async function whyForbidden(api: Api, path: string): Promise<string | null> {
  try {
    await api.patch(path, {metadata: {}}, 'merge-patch', {dryRun: 'All'});
    return null;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return 'this user may not change it';
    // A webhook, say, that takes no change of it.
    if (error instanceof ApiError && [400, 422].includes(error.status)) return 'the cluster takes no change of it';
    throw error;
  }
}

function pathOf(namespace: string, name: string): string {
  return `${paths.secrets(namespace)}/${name}`;
}
