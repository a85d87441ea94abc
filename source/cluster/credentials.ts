// The installer's Secret `<fullname>-auth`: made before the release, kept with the data.
import {objectNames} from '../chart/names.ts';
import {releaseLabel, rotationAnnotation} from '../chart/own-marks.ts';
import {secretKeysOf} from '../chart/secret-keys.ts';
import {writerPositionAnnotation, writerPositionIn} from '../observation/role/writer-position.ts';
import {steeredBy} from '../observation/steering.ts';
import {roleMovesAnnotation, roleMovesIn, withRoleMove, type RoleMove} from '../observation/role/role-moves.ts';
import {systemIdentifierAnnotation} from '../observation/system-identifier.ts';
import type {Metadata} from '../observation/kubernetes.ts';
import type {Target, WriterPosition} from '../observation/snapshot.ts';
import type {Passwords} from '../operations/ports/secret.ts';
import type {Api} from './api.ts';
import {againWhenRaced, isOurs, passwordIn, writeSecret, type Secret} from './own-secret.ts';
import {paths} from './paths.ts';

interface CredentialsSecret {
  /** The keys that are not empty. */
  readonly keys: readonly string[];
  readonly ours: boolean;
  readonly systemIdentifier: string | null;
  readonly rotation: string | null;
  readonly roleMoves: readonly RoleMove[];
  readonly writerPosition: WriterPosition | null;
  /** Why what we write into the Secret does not last, such as `ExternalSecret shop makes it`; null: it lasts. */
  readonly heldBy: string | null;
  /** The release that uses the Secret, where the Secret was given; null: none. */
  readonly ofRelease: string | null;
  /** The passwords that are there. */
  readonly found: Partial<Passwords>;
  /** Null when a key is missing or empty. */
  readonly credentials: Passwords | null;
}

const roles = ['admin', 'user', 'replication'] as const;

export async function readCredentials(
  api: Api,
  {namespace, ...naming}: Omit<Target, 'context' | 'release'>,
): Promise<CredentialsSecret | null> {
  const secret = await api.find<Secret>(`${paths.secrets(namespace)}/${objectNames(naming).secret}`);
  if (!secret) return null;
  const data = Object.entries(secret.data ?? {}).filter(([, encoded]) => encoded !== '');
  const keys = secretKeysOf(naming);
  const values = new Map(data);
  const found: Partial<Passwords> = Object.fromEntries(
    roles.flatMap((role) => {
      const value = values.get(keys[role]);
      return value === undefined ? [] : [[role, passwordIn(value)]];
    }),
  );
  const {admin, user, replication} = found;
  return {
    keys: [...values.keys()],
    ours: isOurs(secret),
    found,
    systemIdentifier: secret.metadata.annotations?.[systemIdentifierAnnotation] ?? null,
    rotation: secret.metadata.annotations?.[rotationAnnotation] ?? null,
    roleMoves: roleMovesIn(secret.metadata.annotations),
    writerPosition: writerPositionIn(secret.metadata.annotations),
    heldBy: heldBy(secret),
    ofRelease: secret.metadata.labels?.[releaseLabel] ?? null,
    credentials:
      admin !== undefined && user !== undefined && replication !== undefined ? {admin, user, replication} : null,
  };
}

/**
 * The tools that write into a Secret without owning it. Sources: External Secrets, apis/externalsecrets/v1,
 * LabelManaged; Sealed Secrets, pkg/apis/sealedsecrets/v1alpha1/types.go.
 */
function writerOf({labels = {}, annotations = {}}: Metadata): string | null {
  const managed = 'reconcile.external-secrets.io/managed';
  if (labels[managed] === 'true') return `External Secrets writes it (label ${managed})`;
  const marks = ['patch', 'managed'].map((mark) => `sealedsecrets.bitnami.com/${mark}`);
  const mark = marks.find((one) => annotations[one] === 'true');
  return mark === undefined ? null : `Sealed Secrets writes it (annotation ${mark})`;
}

/** External Secrets, Sealed Secrets and others own what they make, or write into it. */
export function heldBy({metadata, immutable}: Secret): string | null {
  if (immutable === true) return 'it is immutable';
  const [owner] = metadata.ownerReferences ?? [];
  if (owner) return `${owner.kind} ${owner.name} makes it`;
  const writer = writerOf(metadata);
  if (writer !== null) return writer;
  const steering = steeredBy({metadata});
  return steering === null ? null : `${steering} steers it`;
}

/**
 * Makes the Secret, or adds what it lacks. A password that is there stays byte for byte, unless `replace` is set.
 * @throws ApiError
 */
export async function writeCredentials(
  api: Api,
  target: Omit<Target, 'context'>,
  credentials: Partial<Passwords>,
  {replace = false}: {readonly replace?: boolean} = {},
): Promise<void> {
  const [name, keys] = [objectNames(target).secret, secretKeysOf(target)];
  await againWhenRaced(async () => {
    const secret = await api.find<Secret>(`${paths.secrets(target.namespace)}/${name}`);
    const desired = roles.filter((role) => replace || !secret?.data?.[keys[role]]);
    const stringData = Object.fromEntries(
      desired.flatMap((role) => (credentials[role] === undefined ? [] : [[keys[role], credentials[role]]])),
    );
    if (secret && Object.keys(stringData).length === 0) return;
    await writeSecret(api, target, name, secret, stringData);
  });
}

/** Notes which database the passwords belong to; null: to one that is still to be made. */
export async function writeSystemIdentifier(
  api: Api,
  namespace: string,
  name: string,
  identifier: string | null,
): Promise<void> {
  const metadata = {annotations: {[systemIdentifierAnnotation]: identifier}};
  await api.patch(`${paths.secrets(namespace)}/${name}`, {metadata});
}

/** Notes how far the writer had written. @throws ApiError */
export async function writeWriterPosition(
  api: Api,
  namespace: string,
  name: string,
  position: WriterPosition,
): Promise<void> {
  const metadata = {annotations: {[writerPositionAnnotation]: JSON.stringify(position)}};
  await api.patch(`${paths.secrets(namespace)}/${name}`, {metadata});
}

/** Notes that the writer's role moved. Does nothing where there is no Secret. @throws ApiError */
export async function writeRoleMove(api: Api, namespace: string, name: string, move: RoleMove): Promise<void> {
  await againWhenRaced(async () => {
    const secret = await api.find<Secret>(`${paths.secrets(namespace)}/${name}`);
    if (!secret) return;
    const {resourceVersion, annotations} = secret.metadata;
    const noted = {[roleMovesAnnotation]: withRoleMove(roleMovesIn(annotations), move)};
    const version = resourceVersion === undefined ? {} : {resourceVersion};
    await api.patch(`${paths.secrets(namespace)}/${name}`, {metadata: {...version, annotations: noted}});
  });
}
