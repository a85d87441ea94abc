// endpoints: where clients connect, proven just now, as facts or as connection strings.
import {resolve} from 'node:path';
import {authorityKey} from '../chart/parameters/tls.ts';
import {connectionStringOf, endpointsNow, passwordToShow} from '../client/questions/endpoints.ts';
import type {WithEndpoints} from '../client/types.ts';
import {saveFile} from '../client/save-file.ts';
import type {Status} from '../client/questions/status.ts';
import {badInput} from '../core/cause.ts';
import {lookOf, painter} from '../core/signs.ts';
import {formats, type ClientEncryption, type ConnectionFormat} from '../observation/text/connection-strings.ts';
import type {Role} from '../observation/release-view.ts';
import type {Run} from './command.ts';
import {endpointLines} from './output/text/endpoint-lines.ts';
import {openSession, roleOf, text} from './session.ts';

export const runEndpoints: Run = async (invocation) => {
  const {options, environment, stdout} = invocation;
  const role = roleOf(options);
  const format = formatOf(text(options['format']));
  const caFile = text(options['caFile']);
  const session = await openSession(invocation);
  const {status, authority} = await endpointsNow(session);
  const {endpoints, credentials} = status;
  const encryption = await encryptionFor(status, authority, caFile);
  const password = options['showPassword'] === true ? await passwordToShow(session, credentials) : null;
  const strings = stringsOf(status, password, role, format, encryption);
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
          painter(lookOf(environment, stdout.isTTY === true, options['color'] === false)),
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

/** The connection strings by notation, and within it by endpoint. `password` is for standard output alone. */
function stringsOf(
  status: WithEndpoints,
  password: string | null,
  role: Role | null,
  format: ConnectionFormat | null,
  encryption: ClientEncryption | null,
): readonly (readonly [ConnectionFormat, Readonly<Record<string, string>>])[] {
  const shown = password === null ? 'placeholder' : {password};
  const roles = (['writer', 'reader'] as const).filter((name) => role === null || role === name);
  return (format ? [format] : formats).map((one) => [
    one,
    Object.fromEntries(roles.map((name) => [name, connectionStringOf(status, name, one, shown, encryption)])),
  ]);
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
