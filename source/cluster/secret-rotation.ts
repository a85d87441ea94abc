// Passwords that change, in the installer's Secret: the next and the previous ones stand beside the current ones. Each
// write names the version that was read.
import {nextKey, passwordKeysOf, previousKey} from '../chart/secret-keys.ts';
import {objectNames} from '../chart/names.ts';
import {rotationAnnotation} from '../chart/own-marks.ts';
import {passwordsOf} from '../observation/rotation.ts';
import type {Target} from '../observation/snapshot.ts';
import type {ChangingPasswords, StoredRotation} from '../operations/ports/secret.ts';
import {ApiError, type Api} from './api.ts';
import {againWhenRaced, passwordIn, type Secret} from './own-secret.ts';
import {paths} from './paths.ts';

type Place = Omit<Target, 'context' | 'release'>;

interface Edit {
  /** Base64; null removes a key. */
  readonly data: Readonly<Record<string, string | null>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Null where there is no Secret. */
export async function readRotation(api: Api, target: Place): Promise<StoredRotation | null> {
  const secret = await api.find<Secret>(pathOf(target));
  return secret && rotationOf(secret, target);
}

/** Next passwords that are there already stay. @throws ApiError */
export async function writeNext(api: Api, target: Place, id: string, next: ChangingPasswords): Promise<void> {
  const keys = passwordKeysOf(target);
  await edit(api, target, ({data = {}}) => ({
    data: Object.fromEntries(
      passwordsOf.flatMap((role) => {
        const key = nextKey(keys[role]);
        const password = next[role];
        return password === undefined || data[key] ? [] : [[key, encoded(password)]];
      }),
    ),
    annotations: {[rotationAnnotation]: id},
  }));
}

/**
 * Takes only one request where nobody has written since `seen`: the database has the new passwords already, and clients
 * cannot log in until the Secret has them.
 * @throws ApiError
 */
export async function promoteNext(api: Api, target: Place, seen: StoredRotation): Promise<void> {
  try {
    await patch(api, target, seen.version, promotion(seen, target));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    await edit(api, target, (secret) => promotion(rotationOf(secret, target), target));
  }
}

/** @throws ApiError */
export async function dropPrevious(api: Api, target: Place): Promise<void> {
  const keys = passwordKeysOf(target);
  await edit(api, target, ({data = {}}) => ({
    data: Object.fromEntries(
      passwordsOf.map((role) => previousKey(keys[role])).flatMap((key) => (key in data ? [[key, null]] : [])),
    ),
  }));
}

function promotion({current, next}: StoredRotation, target: Place): Edit {
  const keys = passwordKeysOf(target);
  const data: Record<string, string | null> = {};
  for (const role of passwordsOf) {
    const key = keys[role];
    const [is, becomes] = [current[role], next[role]];
    if (becomes === undefined) continue;
    data[key] = encoded(becomes);
    data[nextKey(key)] = null;
    if (is !== undefined) data[previousKey(key)] = encoded(is);
  }
  return {data};
}

/** Changes the Secret; one that is gone is not made again. */
async function edit(api: Api, target: Place, change: (secret: Secret) => Edit): Promise<void> {
  const write = async () => {
    const secret = await api.get<Secret>(pathOf(target));
    await patch(api, target, secret.metadata.resourceVersion, change(secret));
  };
  await againWhenRaced(write, [409]);
}

async function patch(
  api: Api,
  target: Place,
  resourceVersion: string | undefined,
  {data, annotations}: Edit,
): Promise<void> {
  if (Object.keys(data).length === 0 && annotations === undefined) return;
  const metadata = {...(resourceVersion ? {resourceVersion} : {}), ...(annotations ? {annotations} : {})};
  await api.patch(pathOf(target), {metadata, data});
}

function rotationOf({metadata, data = {}}: Secret, target: Place): StoredRotation {
  const keys = passwordKeysOf(target);
  const under = (keyOf: (key: string) => string): ChangingPasswords =>
    Object.fromEntries(
      passwordsOf.flatMap((role) => {
        const value = data[keyOf(keys[role])];
        return value ? [[role, passwordIn(value)]] : [];
      }),
    );
  return {
    id: metadata.annotations?.[rotationAnnotation] ?? null,
    current: under((key) => key),
    next: under(nextKey),
    previous: under(previousKey),
    version: metadata.resourceVersion ?? '',
  };
}

function pathOf({namespace, ...naming}: Place): string {
  return `${paths.secrets(namespace)}/${objectNames(naming).secret}`;
}

function encoded(password: string): string {
  return Buffer.from(password, 'utf8').toString('base64');
}
