// What the panels of a dashboard show about one release. It only reads.
import {fromValues} from '../chart/values.ts';
import {UserError, cause} from '../core/cause.ts';
import {databaseContainer, objectNames, postgresPort} from '../chart/names.ts';
import type {Api} from '../cluster/api.ts';
import type {Connection} from '../cluster/connect.ts';
import {readCredentials} from '../cluster/credentials.ts';
import {paths} from '../cluster/paths.ts';
import {readTarget} from '../cluster/target.ts';
import {ifAllowed} from '../cluster/readable.ts';
import {readSnapshot} from '../cluster/snapshot.ts';
import {readHistory} from '../cluster/releases.ts';
import {table} from '../core/table.ts';
import {externalAddress} from '../observation/endpoints.ts';
import {plain} from '../observation/plain-text.ts';
import {roleMoveText, type RoleMove} from '../observation/role-moves.ts';
import type {Role} from '../observation/release-view.ts';
import type {Revision, Snapshot, Target} from '../observation/snapshot.ts';
import {connectionString, formats} from '../postgres/connection-strings.ts';
import {begunRollback} from './rollback-edit.ts';
import type {Client, ConnectionStrings, EarlierRevision, ReleasePlace} from './types.ts';
import {adoptedFrom} from './way-back.ts';

type Where = ReleasePlace;

const tailLines = 50;

export function readsOf(
  connectionOf: (context: string) => Connection,
): Pick<Client, 'password' | 'connectionStrings' | 'values' | 'history' | 'logs' | 'earlierRevisions'> {
  const apiOf = ({context}: Where) => connectionOf(context).api;
  // Without the proofs, so that nobody waits for the database to answer.
  const full = (target: Where) => readTarget(apiOf(target), target);
  const snapshotOf = async (target: Where) =>
    (await readSnapshot(connectionOf(target.context), await full(target))).snapshot;
  return {
    password: async (target) => passwordOf(apiOf(target), await full(target)),
    connectionStrings: async (target, role) => connectionStringsOf(await snapshotOf(target), role),
    async values(target) {
      const {writeHelmYaml} = await import('../chart/helm-yaml.ts');
      const {values} = (await snapshotOf(target)).release;
      return writeHelmYaml(values ?? {})
        .trimEnd()
        .split('\n');
    },
    async history(target) {
      const api = apiOf(target);
      const place = await full(target);
      const [revisions, found] = await Promise.all([readHistory(api, target), ifAllowed(readCredentials(api, place))]);
      const adopted = await adoptedFrom(api, place, revisions);
      return historyTable(revisions, found?.roleMoves ?? [], adopted?.before.revision ?? null);
    },
    earlierRevisions: async (target) => earlierRevisionsOf(apiOf(target), await full(target)),
    async logs(target) {
      const api = apiOf(target);
      const {pods} = await snapshotOf(target);
      const tails = await Promise.all(pods.map(({metadata}) => logTail(api, target.namespace, metadata.name)));
      return tails.flat().slice(0, -1);
    },
  };
}

/** The application user's password. Null: there is none yet, or it may not be read. */
async function passwordOf(api: Api, target: Target): Promise<string | null> {
  return (await readCredentials(api, target))?.credentials?.user ?? null;
}

/** The connection strings, with the password masked. @throws UserError NOT_OURS */
function connectionStringsOf(snapshot: Omit<Snapshot, 'database'>, role: Role): ConnectionStrings {
  const {target, services, nodeAddress} = snapshot;
  const parameters = fromValues(snapshot.release.values);
  if (!parameters) throw new UserError(cause('NOT_OURS', `${target.release} was not installed by pg-helm-install.`));
  const name = objectNames(target)[role];
  const service = services.find(({metadata}) => metadata.name === name) ?? null;
  const inside = {host: `${name}.${target.namespace}.svc.cluster.local`, port: postgresPort};
  const to = externalAddress(service, nodeAddress) ?? inside;
  const destination = {...to, username: parameters.username, database: parameters.database};
  return Object.fromEntries(
    formats.map((format) => [format, connectionString(format, destination, 'masked')]),
  ) as ConnectionStrings;
}

/** @param before the revision from before the adoption; null: there is none to go back to */
function historyTable(revisions: readonly Revision[], moves: readonly RoleMove[], before: Revision | null): string[] {
  const rows = table(
    ['REV', 'STATUS', 'UPDATED', 'CHART', 'DESCRIPTION'],
    revisions.map(({revision, status, updatedAt, chartVersion, description}) => [
      String(revision),
      status,
      updatedAt?.slice(0, 19).replace('T', ' ') ?? '?',
      chartVersion,
      plain(description).slice(0, 60),
    ]),
  );
  const said = moves.map((move) => `${move.at.slice(0, 19).replace('T', ' ')}  ${roleMoveText(move)}`);
  return [
    ...rows,
    ...(said.length === 0 ? [] : ['', "The writer's role moved:", ...said]),
    ...(before === null
      ? []
      : ['', `Rolling back to revision ${before.revision}, from before the adoption, shows the way back.`]),
  ];
}

/** The revisions to roll back to, newest first; a rollback that was begun and not finished is the first choice. */
async function earlierRevisionsOf(api: Api, target: Target): Promise<EarlierRevision[]> {
  const [revisions, begun] = await Promise.all([readHistory(api, target), begunRollback(api, target)]);
  const good = revisions.slice(0, -1).filter(({status}) => status === 'deployed' || status === 'superseded');
  const inOrder = good.reverse().sort((a, b) => Number(b.revision === begun) - Number(a.revision === begun));
  return inOrder.map(({revision, updatedAt, chartVersion, description}) => ({
    ...{revision, chartVersion, description: plain(description)},
    at: updatedAt?.slice(0, 16).replace('T', ' ') ?? '?',
  }));
}

/** The pod's name, the last lines of its log, and an empty line. */
async function logTail(api: Api, namespace: string, pod: string): Promise<string[]> {
  const path = `${paths.pods(namespace)}/${pod}/log`;
  const log = await ifAllowed(api.text(path, {container: databaseContainer, tailLines})).catch(() => null);
  const lines = (log ?? 'no log can be read yet').split('\n').filter(Boolean);
  return [pod, ...lines.map((line) => `  ${plain(line)}`), ''];
}
