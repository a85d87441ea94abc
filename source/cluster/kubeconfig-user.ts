// Users and clusters of the kubeconfig as kubectl and helm understand them. client-node drops a part of what is said
// there, and reads another part in its own way.
import type {OutgoingHttpHeaders} from 'node:http';
import {isAbsolute, join, sep} from 'node:path';
import {newClusters, newUsers, type Cluster, type User} from '@kubernetes/client-node/dist/config_types.js';

/** The program that logs in. */
export interface PluginConfig {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  readonly interactiveMode: string;
  readonly provideClusterInfo: boolean;
  readonly installHint: string | null;
}

export interface KubeconfigUser extends User {
  /** A file whose token counts before `token`. Somebody renews it. */
  readonly tokenFile: {readonly path: string; readonly otherwise: string | null} | null;
  /** Null where there is none, or where other credentials count before it. */
  readonly plugin: PluginConfig | null;
  /** As whom requests are made, beside the name. */
  readonly impersonates: {
    readonly uid: string | null;
    readonly groups: readonly string[];
    readonly extra: Readonly<Record<string, readonly string[]>>;
  };
}

export interface KubeconfigCluster extends Cluster {
  /** What the cluster says to the program that logs in. */
  readonly execConfig: unknown;
}

type Raw = Readonly<Record<string, unknown>>;

const knownVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const interactiveModes = ['Never', 'IfAvailable', 'Always'];
const forPlugins = 'client.authentication.k8s.io/exec';

/** The entries of `clusters`. @throws Error for an entry without a name or a server */
export function readClusters(entries: unknown): KubeconfigCluster[] {
  return newClusters(entries).map((cluster, index) => {
    const raw = objectOf(objectOf((entries as readonly unknown[])[index])['cluster']);
    const extension = listOf(raw['extensions'])
      .map(objectOf)
      .find(({name}) => name === forPlugins);
    return {...cluster, execConfig: extension?.['extension'] ?? null};
  });
}

/**
 * The entries of `users`. What they name is found beside the kubeconfig, which is in `folder`.
 * @throws Error for an entry without a name
 */
export function readUsers(entries: unknown, folder: string): KubeconfigUser[] {
  return listOf(entries).flatMap((entry) => {
    const raw = objectOf(objectOf(entry)['user']);
    // Only client-node knows `token-file`, and it reads the file at once.
    const known = Object.fromEntries(Object.entries(raw).filter(([key]) => key !== 'token-file'));
    return newUsers([{...objectOf(entry), user: known}]).map((user) => readUser(user, known, folder));
  });
}

function readUser({token, ...user}: User, raw: Raw, folder: string): KubeconfigUser {
  const path = textOf(raw['tokenFile']);
  const given = token === undefined ? {} : {token};
  return {
    ...user,
    // Beside a token of its own, client-node would not ask for the file's.
    ...(path === null ? given : {}),
    tokenFile: path === null ? null : {path: isAbsolute(path) ? path : join(folder, path), otherwise: token ?? null},
    plugin: user.exec && !countsBeforePlugin(raw) ? readPlugin(objectOf(user.exec), folder) : null,
    impersonates: {
      uid: textOf(raw['as-uid']),
      groups: listOf(raw['as-groups']).map(String),
      extra: Object.fromEntries(
        Object.entries(objectOf(raw['as-user-extra'])).map(([key, values]) => [key, listOf(values).map(String)]),
      ),
    },
  };
}

/** kubectl does not run the program where it has a token, a password or a certificate. */
function countsBeforePlugin(raw: Raw): boolean {
  const has = (...keys: readonly string[]) => keys.some((key) => textOf(raw[key]) !== null);
  return (
    has('token', 'tokenFile', 'username', 'password') ||
    (has('client-certificate', 'client-certificate-data') && has('client-key', 'client-key-data'))
  );
}

function readPlugin(raw: Raw, folder: string): PluginConfig {
  const command = textOf(raw['command']) ?? '';
  const apiVersion = textOf(raw['apiVersion']) ?? '';
  return {
    // A name without a separator is looked for on the PATH.
    command: command.includes(sep) && !isAbsolute(command) ? join(folder, command) : command,
    args: listOf(raw['args']).map(String),
    env: Object.fromEntries(
      listOf(raw['env'])
        .map(objectOf)
        .map(({name, value}) => [textOf(name) ?? '', textOf(value) ?? '']),
    ),
    apiVersion,
    // Only the first version leaves it away.
    interactiveMode: textOf(raw['interactiveMode']) ?? (apiVersion.endsWith('/v1beta1') ? 'IfAvailable' : ''),
    provideClusterInfo: raw['provideClusterInfo'] === true,
    installHint: textOf(raw['installHint']),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: unknown): Raw {
  return typeof value === 'object' && value !== null ? (value as Raw) : {};
}

/** Why kubectl and helm refuse this user, in words; null where they do not. */
export function userProblem(user: KubeconfigUser): string | null {
  const said = `The kubeconfig's user ${user.name}`;
  if (user.certFile && user.certData) return givenTwice(said, 'client-certificate');
  if (user.keyFile && user.keyData) return givenTwice(said, 'client-key');
  return (
    severalWays(said, user) ?? namelessProblem(said, user) ?? providerProblem(said, user) ?? pluginProblem(said, user)
  );
}

function severalWays(said: string, {token, tokenFile, username, password}: KubeconfigUser): string | null {
  if (!(token || tokenFile) || !(username || password)) return null;
  return `${said} has a token and a password. kubectl and helm accept only one of them: remove the other one.`;
}

function namelessProblem(said: string, {impersonateUser, impersonates}: KubeconfigUser): string | null {
  const {uid, groups, extra} = impersonates;
  if (impersonateUser || (uid === null && groups.length === 0 && Object.keys(extra).length === 0)) return null;
  return `${said} has as-uid, as-groups or as-user-extra, and no as. kubectl and helm want the name too: add it.`;
}

/** kubectl and helm refuse to choose between a file and its content. */
export function givenTwice(whose: string, key: string): string {
  return `${whose} has both ${key} and ${key}-data. kubectl and helm accept only one of them: remove the other one.`;
}

/** Providers that were a part of kubectl and helm once, and the programs that took their place. */
const formerProviders: Readonly<Record<string, string>> = {
  gcp: 'Have gke-gcloud-auth-plugin write the kubeconfig again: gcloud container clusters get-credentials.',
  azure: 'Have kubelogin convert the kubeconfig: kubelogin convert-kubeconfig.',
};

function providerProblem(said: string, {authProvider, exec}: KubeconfigUser): string | null {
  const {name} = objectOf(authProvider);
  if (typeof name !== 'string') return null;
  if (exec)
    return `${said} has both auth-provider and exec. kubectl and helm accept only one of them: remove the other.`;
  const instead = formerProviders[name];
  return instead === undefined
    ? null
    : `${said} has the auth-provider ${name}, which kubectl and helm removed. ${instead}`;
}

function pluginProblem(said: string, {exec}: KubeconfigUser): string | null {
  if (!exec) return null;
  const {command, apiVersion, interactiveMode} = readPlugin(objectOf(exec), '');
  if (command === '') return `${said} has exec without a command. Add the command of the program that logs in.`;
  if (!knownVersions.includes(apiVersion))
    return (
      `${said} has exec with the apiVersion "${apiVersion}", which kubectl and helm do not know. Use one such as ` +
      `${knownVersions[0]}.`
    );
  return interactiveModes.includes(interactiveMode)
    ? null
    : `${said} has exec with the interactiveMode "${interactiveMode}". Use one of ${interactiveModes.join(', ')}.`;
}

/** For the requests of a user that acts as somebody else; client-node sends the name alone. Source: client-go. */
export function impersonationOf({
  impersonateUser,
  impersonates: {uid, groups, extra},
}: KubeconfigUser): OutgoingHttpHeaders {
  if (!impersonateUser) return {};
  return {
    ...(uid === null ? {} : {'Impersonate-Uid': uid}),
    ...(groups.length > 0 ? {'Impersonate-Group': [...groups]} : {}),
    ...Object.fromEntries(
      Object.entries(extra).map(([key, values]) => [`Impersonate-Extra-${inHeaderName(key)}`, [...values]]),
    ),
  };
}

/** The server decodes it. */
function inHeaderName(key: string): string {
  return encodeURIComponent(key).replace(/[()]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
}
