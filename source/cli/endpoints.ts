// endpoints: where clients connect, proven just now, as facts or as connection strings.
import {badInput, cause, UserError} from '../core/cause.ts';
import {propose} from '../commands/command-line.ts';
import {endpointLines} from './output/text/endpoint-lines.ts';
import {lookOf, painter} from '../core/signs.ts';
import {statusOf} from '../client/status.ts';
import {connectionString, formats, type ConnectionFormat} from '../postgres/connection-strings.ts';
import type {Run} from './command.ts';
import {mustExist, notFound, openSession, roleOf, text} from './session.ts';

export const runEndpoints: Run = async (invocation) => {
  const role = roleOf(invocation.options);
  const format = formatOf(text(invocation.options['format']));
  const session = await openSession(invocation);
  const status = statusOf(mustExist(await session.ports.look()));
  if (!status) throw notFound(session.target);
  const {endpoints, credentials} = status;
  if (!endpoints || !credentials) {
    throw new UserError(
      cause('ENDPOINT_UNPROVEN', `${status.name} has no endpoints yet.`, {
        remedies: [
          propose('See why', {
            kind: 'status',
            release: status.name,
            namespace: status.namespace,
            context: null,
            watch: false,
          }),
        ],
      }),
    );
  }
  const strings = (format ? [format] : formats).map((one) => [
    one,
    Object.fromEntries(
      (['writer', 'reader'] as const)
        .filter((name) => role === null || role === name)
        .map((name) => {
          const {host, port, internalHost} = endpoints[name];
          const to = host ? {host, port} : {host: internalHost, port: 5432};
          return [name, connectionString(one, {...to, username: credentials.username, database: credentials.database})];
        }),
    ),
  ]) as [ConnectionFormat, Record<string, string>][];
  const shown = role === null ? endpoints : {[role]: endpoints[role]};
  const data = {
    operation: 'endpoints',
    release: status.name,
    namespace: status.namespace,
    context: status.context,
    endpoints: shown,
    credentials,
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

function formatOf(given: string | null): ConnectionFormat | null {
  if (given === null) return null;
  const format = formats.find((one) => one === given);
  if (!format) throw badInput(`--format: "${given}" is none of ${formats.join(', ')}.`);
  return format;
}
