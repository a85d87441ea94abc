// What the panels of a dashboard show of one release: reads only.
import {UserError, cause} from '../core/cause.ts';
import {fullnameOf, objectNames} from '../chart/names.ts';
import {fromValues} from '../chart/values.ts';
import type {Connection} from '../cluster/connect.ts';
import {readCredentials} from '../cluster/credentials.ts';
import {paths} from '../cluster/paths.ts';
import {ifAllowed} from '../cluster/readable.ts';
import {readSnapshot} from '../cluster/snapshot.ts';
import {readHistory, readRelease} from '../cluster/releases.ts';
import type {Client, InstallRequest} from './types.ts';
import {table} from '../core/table.ts';
import {externalAddress} from '../observation/endpoints.ts';
import {plain} from '../observation/plain-text.ts';
import {begunRollback} from './rollback-edit.ts';
import {connectionString, formats} from '../postgres/connection-strings.ts';

type Where = InstallRequest['target'];

const tailLines = 50;

export function readsOf(
  connectionOf: (context: string) => Connection,
): Pick<Client, 'password' | 'connectionStrings' | 'values' | 'history' | 'logs' | 'earlierRevisions'> {
  const full = (target: Where) => ({...target, fullname: fullnameOf(target.release)});
  // Without the proofs: nobody waits for the database to be asked.
  const snapshotOf = async (target: Where) => (await readSnapshot(connectionOf(target.context), full(target))).snapshot;
  return {
    async password({context, namespace, release}) {
      const secret = await readCredentials(
        connectionOf(context).api,
        namespace,
        objectNames(fullnameOf(release)).secret,
      );
      return secret?.credentials?.user ?? null;
    },
    async connectionStrings(target, role) {
      const {
        release,
        services,
        nodeAddress,
        target: {fullname},
      } = await snapshotOf(target);
      const parameters = release.values ? fromValues(release.values) : null;
      if (!parameters)
        throw new UserError(cause('NOT_OURS', `${target.release} was not installed by pg-helm-install.`));
      const name = objectNames(fullname)[role];
      const service = services.find(({metadata}) => metadata.name === name) ?? null;
      const to = externalAddress(service, nodeAddress) ?? {
        host: `${name}.${target.namespace}.svc.cluster.local`,
        port: 5432,
      };
      const destination = {...to, username: parameters.username, database: parameters.database};
      return Object.fromEntries(
        formats.map((format) => [format, connectionString(format, destination, 'masked')]),
      ) as Awaited<ReturnType<Client['connectionStrings']>>;
    },
    async values(target) {
      const {stringify} = await import('yaml');
      const {values} = await readRelease(connectionOf(target.context).api, full(target));
      return stringify(values ?? {}, {lineWidth: 0})
        .trimEnd()
        .split('\n');
    },
    async history(target) {
      const revisions = await readHistory(connectionOf(target.context).api, full(target));
      return table(
        ['REV', 'STATUS', 'UPDATED', 'CHART', 'DESCRIPTION'],
        revisions.map(({revision, status, updatedAt, chartVersion, description}) => [
          String(revision),
          status,
          updatedAt?.slice(0, 19).replace('T', ' ') ?? '?',
          chartVersion,
          plain(description).slice(0, 60),
        ]),
      );
    },
    async earlierRevisions(target) {
      const {api} = connectionOf(target.context);
      const [revisions, begun] = await Promise.all([readHistory(api, full(target)), begunRollback(api, full(target))]);
      const good = revisions.slice(0, -1).filter(({status}) => status === 'deployed' || status === 'superseded');
      // Where one was begun and not finished, going on with it is the first choice.
      const inOrder = good.reverse().sort((a, b) => Number(b.revision === begun) - Number(a.revision === begun));
      return inOrder.map(({revision, updatedAt, chartVersion, description}) => ({
        ...{revision, chartVersion, description: plain(description)},
        at: updatedAt?.slice(0, 16).replace('T', ' ') ?? '?',
      }));
    },
    async logs(target) {
      const {api} = connectionOf(target.context);
      const {pods} = await snapshotOf(target);
      const tails = await Promise.all(
        pods.map(async ({metadata}) => {
          const path = `${paths.pods(target.namespace)}/${metadata.name}/log`;
          const log = await ifAllowed(api.text(path, {container: 'postgresql', tailLines})).catch(() => null);
          return [
            metadata.name,
            ...(log ?? 'no log can be read yet')
              .split('\n')
              .filter(Boolean)
              .map((line) => `  ${plain(line)}`),
            '',
          ];
        }),
      );
      return tails.flat().slice(0, -1);
    },
  };
}
