// Passwords that change, in the installer's Secret: what they become and what they were stand beside them, each write
// by the version that was read.
import {nextKey, previousKey, rotationAnnotation, secretKeys} from '../chart/names.ts';
import {passwordsOf} from '../observation/rotation.ts';
import type {Passwords, StoredRotation} from '../operations/ports/secret.ts';
import {ApiError, type Api} from './api.ts';
import {againWhenRaced, type Secret} from './own-secret.ts';
import {paths} from './paths.ts';

interface Edit {
  /** Base64; null takes a key away. */
  readonly data: Readonly<Record<string, string | null>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Null where there is no Secret. */
export async function readRotation(api: Api, namespace: string, name: string): Promise<StoredRotation | null> {
  const secret = await api.find<Secret>(`${paths.secrets(namespace)}/${name}`);
  return secret && rotationOf(secret);
}

/** What was written there before stays. @throws ApiError */
export async function writeNext(
  api: Api,
  namespace: string,
  name: string,
  id: string,
  next: Partial<Passwords>,
): Promise<void> {
  await edit(api, namespace, name, ({data = {}}) => ({
    data: Object.fromEntries(
      passwordsOf.flatMap((role) => {
        const key = nextKey(secretKeys[role]);
        const password = next[role];
        return password === undefined || data[key] ? [] : [[key, encoded(password)]];
      }),
    ),
    annotations: {[rotationAnnotation]: id},
  }));
}

/**
 * One request where nobody wrote since `seen`: the database has the passwords already, and clients wait for it.
 * @throws ApiError
 */
export async function promoteNext(api: Api, namespace: string, name: string, seen: StoredRotation): Promise<void> {
  try {
    await patch(api, namespace, name, seen.version, promotion(seen));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    await edit(api, namespace, name, (secret) => promotion(rotationOf(secret)));
  }
}

/** @throws ApiError */
export async function dropPrevious(api: Api, namespace: string, name: string): Promise<void> {
  await edit(api, namespace, name, ({data = {}}) => ({
    data: Object.fromEntries(
      passwordsOf.map((role) => previousKey(secretKeys[role])).flatMap((key) => (key in data ? [[key, null]] : [])),
    ),
  }));
}

function promotion({current, next}: StoredRotation): Edit {
  const data: Record<string, string | null> = {};
  for (const role of passwordsOf) {
    const key = secretKeys[role];
    const [is, becomes] = [current[role], next[role]];
    if (becomes === undefined) continue;
    data[key] = encoded(becomes);
    data[nextKey(key)] = null;
    if (is !== undefined) data[previousKey(key)] = encoded(is);
  }
  return {data};
}

/** A Secret that is gone is not made anew. */
async function edit(api: Api, namespace: string, name: string, change: (secret: Secret) => Edit): Promise<void> {
  const write = async () => {
    const secret = await api.get<Secret>(`${paths.secrets(namespace)}/${name}`);
    await patch(api, namespace, name, secret.metadata.resourceVersion, change(secret));
  };
  await againWhenRaced(write, [409]);
}

async function patch(
  api: Api,
  namespace: string,
  name: string,
  resourceVersion: string | undefined,
  {data, annotations}: Edit,
): Promise<void> {
  if (Object.keys(data).length === 0 && annotations === undefined) return;
  const metadata = {...(resourceVersion ? {resourceVersion} : {}), ...(annotations ? {annotations} : {})};
  await api.patch(`${paths.secrets(namespace)}/${name}`, {metadata, data});
}

function rotationOf({metadata, data = {}}: Secret): StoredRotation {
  const under = (keyOf: (key: string) => string): Partial<Passwords> =>
    Object.fromEntries(
      passwordsOf.flatMap((role) => {
        const value = data[keyOf(secretKeys[role])];
        return value ? [[role, Buffer.from(value, 'base64').toString('utf8')]] : [];
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

function encoded(password: string): string {
  return Buffer.from(password, 'utf8').toString('base64');
}
