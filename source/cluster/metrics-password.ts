// The password of the role that reads metrics, in the installer's Secret.
import {metricsPasswordKey} from '../chart/secret-keys.ts';
import type {Target} from '../observation/snapshot.ts';
import type {Api} from './api.ts';
import {againWhenRaced, writeSecret, type Secret} from './own-secret.ts';
import {paths} from './paths.ts';

/** Null where the Secret does not have it. */
export async function readMetricsPassword(api: Api, namespace: string, name: string): Promise<string | null> {
  const secret = await api.find<Secret>(`${paths.secrets(namespace)}/${name}`);
  const encoded = secret?.data?.[metricsPasswordKey];
  return encoded ? Buffer.from(encoded, 'base64').toString('utf8') : null;
}

/** A password that is there stays. @throws ApiError */
export async function writeMetricsPassword(api: Api, target: Target, name: string, password: string): Promise<void> {
  await againWhenRaced(async () => {
    const secret = await api.find<Secret>(`${paths.secrets(target.namespace)}/${name}`);
    if (secret?.data?.[metricsPasswordKey]) return;
    await writeSecret(api, target, name, secret, {[metricsPasswordKey]: password});
  });
}

/** @throws ApiError */
export async function deleteMetricsPassword(api: Api, namespace: string, name: string): Promise<void> {
  await api.patch(`${paths.secrets(namespace)}/${name}`, {data: {[metricsPasswordKey]: null}});
}
