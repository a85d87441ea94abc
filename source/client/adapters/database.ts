// The servers of the release, asked and changed by psql in their pods.
import {databaseContainer, replicationUser, settingsConfigMap} from '../../chart/names.ts';
import {secretKeysOf} from '../../chart/secret-keys.ts';
import {settingsFile} from '../../chart/container-paths.ts';
import {fromValues} from '../../chart/values.ts';
import {UserError} from '../../core/cause.ts';
import {readCredentials} from '../../cluster/credentials.ts';
import {streamFromPod} from '../../cluster/exec-stream.ts';
import {lookOnce} from '../../cluster/look.ts';
import {paths} from '../../cluster/paths.ts';
import {runningPods} from '../../cluster/pods.ts';
import type {DatabasePort} from '../../operations/ports/database.ts';
import type {Administration} from '../../postgres/administer.ts';
import {changePasswords} from '../../postgres/change-passwords.ts';
import {checkpoint} from '../../postgres/checkpoint.ts';
import {dumpAt, dumpFailed, writeDump} from '../../postgres/dump-file.ts';
import {checkpointForBaseBackups} from '../../postgres/checkpoint-for-base-backups.ts';
import {followPassword} from '../../postgres/follow-password.ts';
import {mountedPasswords} from '../../postgres/mounted-passwords.ts';
import {dropReplicationSlots} from '../../postgres/replication-slots.ts';
import {askSettings} from '../../postgres/required-settings.ts';
import {askServerSettings, reloadSettings} from '../../postgres/server-settings.ts';
import {askSorting, rebuildIndexes} from '../../postgres/sorting.ts';
import {askServerStart} from '../../postgres/switchover.ts';
import {tryLogin} from '../../postgres/try-login.ts';
import type {AdapterContext} from './context.ts';

export function databasePort(context: AdapterContext): DatabasePort {
  const {connection, target, exec, writer} = context;
  const {api} = connection;
  let known: string | null = null;
  // The password is read only once, because the writer is asked many times a second while it restarts.
  const onceKnown: Administration = {...writer, password: async () => (known ??= await writer.password())};
  return {
    async mountedPasswords(only) {
      const running = await runningPods(api, target);
      const pods = running.filter(({metadata}) => only === undefined || metadata.name === only);
      return Promise.all(
        pods.map(({metadata}) => mountedPasswords(exec, metadata.name, databaseContainer, secretKeysOf(target))),
      );
    },
    async tryLogin(login) {
      const pods = await runningPods(api, target);
      const places = pods.map(({metadata, status}) => ({
        pod: metadata.name,
        container: databaseContainer,
        podIP: status?.podIP ?? null,
      }));
      return tryLogin(exec, places, login);
    },
    changePasswords: (changes, admin) => changePasswords(writer, changes, admin),
    followPassword: (pod, password) => followPassword({exec, pod, container: databaseContainer}, password),
    async runningSettings(pods) {
      return byPod(pods, (pod) => askSettings({...writer, pod}));
    },
    sorting: () => askSorting(writer),
    rebuildIndexes: (texts, signal) => rebuildIndexes(writer, texts, signal),
    async serverSettings(pods) {
      return byPod(pods, (pod) => askServerSettings({...writer, pod}));
    },
    async reloadSettings(pod, signal) {
      const path = `${paths.configMaps(target.namespace)}/${settingsConfigMap(pod.replace(/-\d+$/, ''))}`;
      const {data} = await api.get<{data?: Readonly<Record<string, string>>}>(path);
      return reloadSettings({...writer, pod}, data?.[settingsFile.key] ?? '', signal);
    },
    serverStart: (pod) => askServerStart({...onceKnown, pod}),
    checkpoint: (signal) => checkpoint(writer, signal),
    checkpointForBaseBackups: (signal) => checkpointForBaseBackups(writer, signal),
    dropReplicationSlots: (fromOrdinal) => dropReplicationSlots(writer, target, fromOrdinal),
    dumpAt,
    dump: (to, onBytes, signal) => dump(context, to, onBytes, signal),
  };
}

/** The answers by pod, without the pods that do not answer. */
async function byPod<T>(
  pods: readonly string[],
  ask: (pod: string) => Promise<T | null>,
): Promise<Readonly<Record<string, T>>> {
  const asked = await Promise.all(pods.map(async (pod) => [pod, await ask(pod)] as const));
  return Object.fromEntries(asked.flatMap(([pod, found]) => (found === null ? [] : [[pod, found]])));
}

async function dump(
  {connection, target, names, writer}: AdapterContext,
  {path, replace, madeAt}: Parameters<DatabasePort['dump']>[0],
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<{readonly bytes: number}> {
  const {release, namespace} = target;
  const [snapshot, secret] = await Promise.all([
    lookOnce(connection, target, async () => []),
    readCredentials(connection.api, target),
  ]);
  const header = {release, namespace, madeAt};
  if (!secret?.credentials)
    throw new UserError(dumpFailed(header, `the Secret ${names.secret} with its passwords is gone or not whole`));
  const username = fromValues(snapshot.release.values)?.username;
  return writeDump({
    path,
    replace,
    header,
    onBytes,
    signal,
    adminPassword: secret.credentials.admin,
    ownRoles: [...new Set(['postgres', replicationUser, ...(username ? [username] : [])])],
    run: (command, stdin, onOutput) =>
      streamFromPod(connection, namespace, writer.pod, databaseContainer, command, stdin, {onOutput, signal}),
  });
}
