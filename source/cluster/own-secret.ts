// A Secret that the installer makes and keeps: whose it is, and writing it while somebody else may write too.
import {databaseChart, labelKeys, type Naming} from '../chart/names.ts';
import {managedByUs, namesAnnotation, releaseLabel} from '../chart/own-marks.ts';
import type {Metadata} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import {ApiError, type Api} from './api.ts';
import {paths} from './paths.ts';

export interface Secret {
  readonly metadata: Metadata;
  /** In base64. */
  readonly data?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

export function isOurs({metadata}: Pick<Secret, 'metadata'>): boolean {
  return metadata.labels?.[managedByUs.key] === managedByUs.value;
}

/**
 * Makes the Secret, or adds these keys to the one that was read: its version makes sure that nobody else has written
 * since.
 * @throws ApiError 409, or 404, where somebody has
 */
export async function writeSecret(
  api: Api,
  {namespace, release, fullname, given}: Omit<Target, 'context'>,
  name: string,
  existing: Secret | null,
  stringData: Readonly<Record<string, string>>,
): Promise<void> {
  const path = paths.secrets(namespace);
  if (existing !== null) {
    const {resourceVersion} = existing.metadata;
    await api.patch(`${path}/${name}`, {...(resourceVersion ? {metadata: {resourceVersion}} : {}), stringData});
    return;
  }
  const labels = {
    [managedByUs.key]: managedByUs.value,
    [labelKeys.instance]: release,
    [labelKeys.partOf]: databaseChart,
  };
  await api.create(path, {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {name, namespace, labels, ...(given ? {annotations: {[namesAnnotation]: noted({fullname, given})}} : {})},
    stringData,
  });
}

/**
 * The password in a key of the Secret. A line end at the end is not part of the password, and no server has ever taken
 * it for one, because the images read the file as a shell does.
 */
export function passwordIn(encoded: string): string {
  return Buffer.from(encoded, 'base64').toString('utf8').replace(/\n+$/, '');
}

/**
 * Notes on a Secret that was given which release it belongs to, and what that release's objects are called.
 * @throws ApiError
 */
export async function noteNames(
  api: Api,
  {namespace, release, fullname, given}: Omit<Target, 'context'>,
  name: string,
): Promise<void> {
  const annotations = given ? {[namesAnnotation]: noted({fullname, given})} : {};
  await api.patch(`${paths.secrets(namespace)}/${name}`, {metadata: {labels: {[releaseLabel]: release}, annotations}});
}

function noted(naming: Naming): string {
  return JSON.stringify(naming);
}

/** How often a Secret is read again. */
const maxTries = 5;

/**
 * Runs `write`, which reads and writes, and runs it again where one of these statuses says that somebody else wrote in
 * between.
 */
export async function againWhenRaced(
  write: () => Promise<void>,
  statuses: readonly number[] = [409, 404],
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof ApiError) || !statuses.includes(error.status) || attempt === maxTries) throw error;
    }
  }
}
