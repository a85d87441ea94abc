// list: every PostgreSQL release that this user may see.
import {cause, UserError} from '../core/cause.ts';
import {ApiError, type Api} from '../cluster/api.ts';
import type {Connection} from '../cluster/connect.ts';
import {listOperations} from '../cluster/lease.ts';
import {ifAllowed} from '../cluster/readable.ts';
import {open} from '../cluster/releases.ts';
import type {StatefulSet} from '../observation/kubernetes.ts';
import {stateWords} from '../observation/row-state.ts';
import {listReleases, summaryOf, type Catalogue, type OperationSummary, type SetSummary} from '../client/list.ts';
import {table} from '../core/table.ts';
import type {Run} from './command.ts';
import {openConnection, text} from './session.ts';

/** More at once would be a little faster and hold much more memory. */
const pageSize = 50;

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
              'with: pg-helm-install install NAME',
            ...notes,
          ]
        : [
            ...table(
              ['NAMESPACE', 'NAME', 'CHART', 'POSTGRESQL', 'WRITER', 'READERS', 'SIZE', 'STATE'],
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

/** The whole cluster; where that is not allowed, the context's namespace. */
export async function readCatalogue(connection: Connection, namespace: string | null): Promise<Catalogue> {
  try {
    return await read(connection, namespace);
  } catch (error) {
    if (namespace !== null || !isForbidden(error)) throw error;
    return read(connection, connection.defaultNamespace);
  }
}

function isForbidden(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 403;
}

function nowhere(namespace: string, evidence: string): UserError {
  return new UserError(
    cause('FORBIDDEN', `You may list releases neither in all namespaces nor in ${namespace}, the one of the context.`, {
      evidence: [evidence],
      remedies: [{title: 'Name the namespace that is yours', command: 'pg-helm-install list --namespace NAME'}],
    }),
  );
}

async function read({api}: Connection, namespace: string | null): Promise<Catalogue> {
  const within = namespace === null ? '' : `/namespaces/${namespace}`;
  const [writers, readers, records, operations] = await Promise.all([
    readSets(api, `/apis/apps/v1${within}/statefulsets`, 'primary'),
    readSets(api, `/apis/apps/v1${within}/statefulsets`, 'read'),
    api.listMetadata(`/api/v1${within}/secrets`, {labelSelector: 'owner=helm'}),
    readOperations(api, namespace),
  ]);
  return {
    scope: {namespace},
    statefulSets: [...writers, ...readers],
    operations,
    records: records.items.map(({metadata}) => metadata),
    open: async (record) => (await open(api, record).catch(() => null))?.revision ?? null,
  };
}

/** None where Leases may not be listed: the rest of the list is as true without. */
async function readOperations(api: Api, namespace: string | null): Promise<readonly OperationSummary[]> {
  const listed = (await ifAllowed(listOperations(api, namespace))) ?? [];
  return listed.map(({metadata, operation}) => ({
    namespace: metadata.namespace ?? '',
    lease: metadata.name,
    kind: operation.kind,
    alive: operation.holderIsAlive,
  }));
}

/**
 * In small pages of which only the summaries are kept: a StatefulSet of this chart is 11 kB of JSON, and there may be
 * thousands.
 */
async function readSets(api: Api, path: string, component: string): Promise<SetSummary[]> {
  const sets: SetSummary[] = [];
  let next = '';
  do {
    const page = await api.get<{items?: StatefulSet[]; metadata?: {continue?: string}}>(path, {
      labelSelector: `app.kubernetes.io/managed-by=Helm,app.kubernetes.io/component=${component}`,
      limit: pageSize,
      ...(next ? {continue: next} : {}),
    });
    sets.push(...(page.items ?? []).flatMap((set) => summaryOf(set) ?? []));
    next = page.metadata?.continue ?? '';
  } while (next);
  return sets;
}
