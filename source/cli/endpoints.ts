// endpoints: where clients connect, proven just now, as facts or as connection strings.
import {postgresPort} from '../chart/names.ts';
import {resolve} from 'node:path';
import {badInput, cause, UserError} from '../core/cause.ts';
import {authorityKey} from '../chart/parameters/tls.ts';
import {propose} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import {endpointLines} from './output/text/endpoint-lines.ts';
import {lookOf, painter} from '../core/signs.ts';
import {statusOf, type Status} from '../client/status.ts';
import {readableIn} from '../observation/certificate.ts';
import {
  connectionString,
  formats,
  type ClientEncryption,
  type ConnectionFormat,
} from '../postgres/connection-strings.ts';
import type {Endpoints} from '../observation/endpoints.ts';
import type {Role} from '../observation/release-view.ts';
import type {Credentials} from '../plan/progress.ts';
import type {Run} from './command.ts';
import {saveFile} from '../client/save-file.ts';
import {requireRelease, notFound, openSession, roleOf, text, type Session} from './session.ts';

export const runEndpoints: Run = async (invocation) => {
  const role = roleOf(invocation.options);
  const format = formatOf(text(invocation.options['format']));
  const caFile = text(invocation.options['caFile']);
  const session = await openSession(invocation);
  const snapshot = requireRelease(await session.ports.look());
  const status = statusOf(snapshot);
  if (!status) throw notFound(session.target);
  const {endpoints, credentials} = status;
  if (!endpoints || !credentials) {
    throw new UserError(
      cause('ENDPOINT_UNPROVEN', `${status.name} has no endpoints yet.`, {
        remedies: [
          propose('See why', {
            kind: 'status',
            ...releaseRef(session.target),
            watch: false,
          }),
        ],
      }),
    );
  }
  const encryption = await encryptionFor(status, readableIn(snapshot)?.authority ?? null, caFile);
  const password = invocation.options['showPassword'] === true ? await passwordOf(session, credentials) : null;
  const strings = stringsOf({endpoints, credentials, password}, role, format, encryption);
  const shown = role === null ? endpoints : {[role]: endpoints[role]};
  const data = {
    operation: 'endpoints',
    release: status.name,
    namespace: status.namespace,
    context: status.context,
    endpoints: shown,
    credentials,
    tls: tlsShown(status, encryption),
    connectionStrings: Object.fromEntries(strings),
  };
  invocation.reporter.answer(data, () =>
    format
      ? Object.values(strings[0]?.[1] ?? {})
      : endpointLines(
          {...status, release: status.name},
          painter(
            lookOf(invocation.environment, invocation.stdout.isTTY === true, invocation.options['color'] === false),
          ),
          invocation.reach,
        ).slice(1),
  );
  const asked = role ? [endpoints[role]] : [endpoints.writer, ...(status.readers.wanted > 0 ? [endpoints.reader] : [])];
  return asked.every(({proven}) => proven) ? 0 : 1;
};

/** What is shown of TLS; null where it is off. */
function tlsShown({tls}: Status, encryption: ClientEncryption | null) {
  return tls && {...tls, authorityFile: encryption?.authorityFile ?? null};
}

/**
 * The password in clear text, for standard output alone. @throws UserError FORBIDDEN where the Secret may not be read
 */
async function passwordOf({ports, target}: Session, {secret, passwordKey}: Credentials): Promise<string> {
  const password = (await ports.passwords())?.user;
  if (password) return password;
  throw new UserError(
    cause('FORBIDDEN', `--show-password: the key ${passwordKey} of the Secret ${secret} cannot be read.`, {
      object: {kind: 'Secret', namespace: target.namespace, name: secret},
      remedies: [propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)})],
    }),
  );
}

/** The connection strings by notation, and within it by endpoint. */
function stringsOf(
  {
    endpoints,
    credentials,
    password,
  }: {readonly endpoints: Endpoints; readonly credentials: Credentials; readonly password: string | null},
  role: Role | null,
  format: ConnectionFormat | null,
  encryption: ClientEncryption | null,
): readonly (readonly [ConnectionFormat, Readonly<Record<string, string>>])[] {
  const {username, database} = credentials;
  const shown = password === null ? 'placeholder' : {password};
  const roles = (['writer', 'reader'] as const).filter((name) => role === null || role === name);
  return (format ? [format] : formats).map((one) => {
    const ofRole = (name: Role) => {
      const {host, port, internalHost} = endpoints[name];
      const to = host ? {host, port} : {host: internalHost, port: postgresPort};
      return connectionString(one, {...to, username, database}, shown, encryption);
    };
    return [one, Object.fromEntries(roles.map((name) => [name, ofRole(name)]))];
  });
}

/**
 * How clients encrypt; null where TLS is off. Writes the file that clients verify with, where one is named.
 * @throws UserError BAD_INPUT where there is nothing to write, or it cannot be written
 */
async function encryptionFor(
  {name, tls}: Status,
  authority: string | null,
  caFile: string | null,
): Promise<ClientEncryption | null> {
  if (caFile === null) return tls && {authorityFile: null};
  if (tls === null || authority === null)
    throw badInput(
      tls === null
        ? `--ca-file: ${name} has no TLS. It gets it by: set ${name} --tls self-signed.`
        : `--ca-file: the Secret ${tls.secret} has no ${authorityKey}. Whoever made its certificate has the ` +
            "authority's.",
    );
  const path = resolve(caFile);
  await saveFile('--ca-file', path, authority);
  return {authorityFile: path};
}

function formatOf(given: string | null): ConnectionFormat | null {
  if (given === null) return null;
  const format = formats.find((one) => one === given);
  if (!format) throw badInput(`--format: "${given}" is none of ${formats.join(', ')}.`);
  return format;
}
