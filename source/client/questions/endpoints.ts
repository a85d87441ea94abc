// Where clients connect to a release, and the strings in which they are told so.
import {postgresPort} from '../../chart/names.ts';
import {cause, UserError} from '../../core/cause.ts';
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {readCredentials} from '../../cluster/credentials.ts';
import {readSnapshot} from '../../cluster/snapshot.ts';
import {readableIn} from '../../observation/certificate.ts';
import {
  connectionString,
  formats,
  type ClientEncryption,
  type ConnectionFormat,
  type PasswordShown,
} from '../../observation/text/connection-strings.ts';
import type {Role} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Credentials} from '../../plan/progress.ts';
import {requireRelease, notFound} from './existing-release.ts';
import type {ReleaseAccess, Session} from '../session.ts';
import {statusOf} from './status.ts';
import type {ConnectionStrings, WithEndpoints} from '../types.ts';

interface EndpointsSeen {
  readonly status: WithEndpoints;
  /** The certificate of the authority that clients verify the server with, as PEM; null: it is not known. */
  readonly authority: string | null;
}

/** The endpoints, proven just now. @throws UserError RELEASE_NOT_FOUND, ENDPOINT_UNPROVEN where it has none yet */
export async function endpointsNow({ports}: Pick<Session, 'ports'>): Promise<EndpointsSeen> {
  return endpointsIn(requireRelease(await ports.look()));
}

function endpointsIn(snapshot: Snapshot): EndpointsSeen {
  const status = statusOf(snapshot);
  if (!status) throw notFound(snapshot.target);
  const {endpoints, credentials} = status;
  if (endpoints && credentials)
    return {status: {...status, endpoints, credentials}, authority: readableIn(snapshot)?.authority ?? null};
  throw new UserError(
    cause('ENDPOINT_UNPROVEN', `${status.name} has no endpoints yet.`, {
      remedies: [propose('See why', {kind: 'status', ...releaseRef(snapshot.target), watch: false})],
    }),
  );
}

/** How to connect to one endpoint, in one notation. `encryption`: null where TLS is off. */
export function connectionStringOf(
  {endpoints, credentials: {username, database}}: Pick<WithEndpoints, 'endpoints' | 'credentials'>,
  role: Role,
  format: ConnectionFormat,
  shown: PasswordShown,
  encryption: ClientEncryption | null,
): string {
  const {host, port, internalHost} = endpoints[role];
  const to = host ? {host, port} : {host: internalHost, port: postgresPort};
  return connectionString(format, {...to, username, database}, shown, encryption);
}

/** The same by notation, not verifying the server where TLS is on. */
export function connectionStringsOf(
  status: Pick<WithEndpoints, 'endpoints' | 'credentials' | 'tls'>,
  role: Role,
  shown: PasswordShown,
): ConnectionStrings {
  const encryption = status.tls && {authorityFile: null};
  const strings = formats.map((format) => [format, connectionStringOf(status, role, format, shown, encryption)]);
  return Object.fromEntries(strings) as ConnectionStrings;
}

/**
 * The strings by notation, with the password masked and without waiting for the database to answer.
 * @throws UserError as endpointsNow does
 */
export async function maskedStrings({connection, target}: ReleaseAccess, role: Role): Promise<ConnectionStrings> {
  const {snapshot} = await readSnapshot(connection, target);
  const {status} = endpointsIn(requireRelease({...snapshot, database: []}));
  return connectionStringsOf(status, role, 'masked');
}

/** The application user's password; null: there is none yet. @throws ApiError 403 where it may not be read */
export async function passwordOf({connection: {api}, target}: ReleaseAccess): Promise<string | null> {
  return (await readCredentials(api, target))?.credentials?.user ?? null;
}

/** The same, where it has to be shown. @throws UserError FORBIDDEN where its key is empty or missing; ApiError */
export async function passwordToShow(access: ReleaseAccess, {secret, passwordKey}: Credentials): Promise<string> {
  const password = await passwordOf(access);
  if (password) return password;
  const {target} = access;
  throw new UserError(
    cause('FORBIDDEN', `--show-password: the key ${passwordKey} of the Secret ${secret} cannot be read.`, {
      object: {kind: 'Secret', namespace: target.namespace, name: secret},
      remedies: [propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)})],
    }),
  );
}
