// list: every PostgreSQL release that this user may see.
import {ownCommand} from '../commands/command-line.ts';
import {cause, UserError} from '../core/cause.ts';
import {stateWords} from '../observation/row-state.ts';
import {isForbidden, readCatalogue} from '../client/questions/catalogue.ts';
import {listReleases} from '../client/questions/list.ts';
import type {ReleaseRow} from '../client/questions/status.ts';
import {table} from '../core/table.ts';
import type {Run} from './command.ts';
import {openConnection, text} from './session.ts';

export const runList: Run = async (invocation) => {
  const connection = await openConnection(invocation);
  const asked = text(invocation.options['namespace']);
  invocation.where.namespace = asked;
  const catalogue = await readCatalogue(connection, asked).catch((error: unknown) => {
    throw asked === null && isForbidden(error) ? nowhere(connection.defaultNamespace, error.message) : error;
  });
  const {namespace} = catalogue.scope;
  const {releases, unopened} = await listReleases(catalogue);
  const notes = [
    ...(unopened > 0 ? [`${unopened} other helm releases without a PostgreSQL StatefulSet were not opened.`] : []),
    ...foreignNotes(releases),
    ...(namespace !== asked
      ? [`You may not list all namespaces, so this is ${namespace} alone. Name another one with --namespace.`]
      : []),
  ];
  invocation.reporter.answer(
    {releases, ...(namespace !== asked ? {onlyNamespace: namespace} : {}), ...(unopened > 0 ? {unopened} : {})},
    () =>
      releases.length === 0
        ? [
            `There is no PostgreSQL release ${namespace ? `in namespace ${namespace}` : 'here'}. Install one ` +
              `with: ${ownCommand('install', 'NAME')}`,
            ...notes,
          ]
        : [
            ...table(
              ['NAMESPACE', 'NAME', 'CHART', 'POSTGRESQL', 'WRITER', 'READERS', 'SIZE', 'STATE BY PODS'],
              releases.map((row) => [
                row.namespace,
                row.name,
                row.chartVersion ?? '?',
                row.postgresVersion ?? '?',
                `${row.writer.ready}/${row.writer.wanted}`,
                `${row.readers.ready}/${row.readers.wanted}`,
                row.storageSize ?? '?',
                stateWords(row),
              ]),
            ),
            ...notes,
          ],
  );
  return 0;
};

/** What can be done with those that are not ours, and that no tool applies again and again. */
function foreignNotes(releases: readonly ReleaseRow[]): string[] {
  const count = releases.filter(({managedBy, steeredBy}) => managedBy !== 'pg-helm-install' && !steeredBy).length;
  if (count === 0) return [];
  return [
    `${count === 1 ? 'One is' : `${count} are`} not of pg-helm-install: adopt NAME --dry-run says what would become ` +
      'of it, doctor NAME what stands in the way.',
  ];
}

function nowhere(namespace: string, evidence: string): UserError {
  return new UserError(
    cause('FORBIDDEN', `You may list releases neither in all namespaces nor in ${namespace}, the one of the context.`, {
      evidence: [evidence],
      remedies: [{title: 'Name the namespace that is yours', command: ownCommand('list', '--namespace', 'NAME')}],
    }),
  );
}
