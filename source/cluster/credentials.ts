// The installer's Secret `<fullname>-auth`: made before the release, kept with the data.
import {secretKeys} from '../chart/names.ts';
import type {Metadata} from '../observation/kubernetes.ts';
import {systemIdentifierAnnotation} from '../observation/system-identifier.ts';
import {ApiError, type Api} from './api.ts';
import {paths} from './paths.ts';

/** Clear text: never leaves this process except to the API server and to PostgreSQL. */
export interface Credentials {
  readonly admin: string;
  readonly user: string;
  readonly replication: string;
}

export interface CredentialsSecret {
  readonly keys: readonly string[];
  readonly ours: boolean;
  readonly systemIdentifier: string | null;
  /** Null when a key is missing. */
  readonly credentials: Credentials | null;
}

interface Secret {
  readonly metadata: Metadata;
  readonly data?: Readonly<Record<string, string>>;
}

const managedBy = 'app.kubernetes.io/managed-by';

export async function readCredentials(api: Api, namespace: string, name: string): Promise<CredentialsSecret | null> {
  const secret = await api.find<Secret>(`${paths.secrets(namespace)}/${name}`);
  if (!secret) return null;
  const value = (key: string) => {
    const encoded = secret.data?.[key];
    return encoded === undefined ? null : Buffer.from(encoded, 'base64').toString('utf8');
  };
  const [admin, user, replication] = [value(secretKeys.admin), value(secretKeys.user), value(secretKeys.replication)];
  return {
    keys: Object.keys(secret.data ?? {}),
    ours: secret.metadata.labels?.[managedBy] === 'pg-helm-install',
    systemIdentifier: secret.metadata.annotations?.[systemIdentifierAnnotation] ?? null,
    credentials: admin !== null && user !== null && replication !== null ? {admin, user, replication} : null,
  };
}

/** Makes the Secret, or gives an existing one of ours these values. */
export async function writeCredentials(
  api: Api,
  namespace: string,
  name: string,
  release: string,
  credentials: Credentials,
): Promise<void> {
  const stringData = {
    [secretKeys.admin]: credentials.admin,
    [secretKeys.user]: credentials.user,
    [secretKeys.replication]: credentials.replication,
  };
  const labels = {
    [managedBy]: 'pg-helm-install',
    'app.kubernetes.io/instance': release,
    'app.kubernetes.io/part-of': 'postgresql',
  };
  try {
    await api.create(paths.secrets(namespace), {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: {name, namespace, labels},
      stringData,
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    await api.patch(`${paths.secrets(namespace)}/${name}`, {stringData});
  }
}

/** Which database the passwords are of; null: of one that is still to be made. */
export async function writeSystemIdentifier(
  api: Api,
  namespace: string,
  name: string,
  identifier: string | null,
): Promise<void> {
  const metadata = {annotations: {[systemIdentifierAnnotation]: identifier}};
  await api.patch(`${paths.secrets(namespace)}/${name}`, {metadata});
}
