// What new passwords mean: for whom they change, who gets them by itself, and who has to be told. Pure.
import {metricsUser, objectNames, replicationUser, type Naming} from '../chart/names.ts';
import {passwordKeysOf} from '../chart/secret-keys.ts';
import {render} from '../commands/command-line.ts';
import {releaseRef, type OperationOf} from '../commands/operation.ts';
import {kubectlHere} from '../commands/kubectl.ts';
import {counted, listed} from '../observation/checks/messages.ts';
import type {PasswordOf, Target} from '../observation/snapshot.ts';
import {toTheSecond} from '../core/time.ts';
import {whoReads} from './secret-readers.ts';

interface RotationFacts {
  readonly target: Target;
  readonly username: string;
  readonly roles: readonly PasswordOf[];
  readonly isGiven: boolean;
  /** When the rotation was begun that this one goes on with, ISO 8601; null: this one begins again. */
  readonly startedAt: string | null;
  /** How many readers there are. */
  readonly readers: number;
  /** Pods whose exporters keep the password that they have, while all others change. */
  readonly exportersStay: readonly string[];
  /** Workloads of the namespace that take passwords from the Secret; null: they may not be listed. */
  readonly workloads: Workloads;
  /** The Secret that the chart made before the release was adopted, with those who read it; null: there is none. */
  readonly chartSecret: ReadSecret | null;
}

type Workloads = readonly {readonly kind: string; readonly name: string; readonly by: 'environment' | 'files'}[] | null;

/** A Secret with the workloads that take passwords from it. */
interface ReadSecret {
  readonly name: string;
  /** Why it keeps the earlier passwords; null: it gets the new ones. */
  readonly heldBy: string | null;
  readonly workloads: Workloads;
}

interface RotationConsequence {
  readonly code: 'PASSWORD_CHANGE' | 'NO_CHANGE';
  readonly object: string;
  readonly sentence: string;
}

/** The user of the database that each password belongs to. */
export function usernamesOf(username: string): Readonly<Record<PasswordOf, string>> {
  return {admin: 'postgres', user: username, replication: replicationUser, metrics: metricsUser};
}

/** Such as "app (key password)"; a user with two keys is one. */
export function usersOf(username: string, roles: readonly PasswordOf[], naming: Naming): string {
  const [names, keys] = [usernamesOf(username), passwordKeysOf(naming)];
  const keysOf = (name: string) => [...new Set(roles.filter((role) => names[role] === name).map((role) => keys[role]))];
  const users = [...new Set(roles.map((role) => names[role]))];
  return listed(users.map((name) => `${name} (${keysOf(name).length === 1 ? 'key' : 'keys'} ${listed(keysOf(name))})`));
}

export function rotationConsequences(facts: RotationFacts): readonly RotationConsequence[] {
  const {target, roles} = facts;
  const clients = clientsOf(roles);
  const object = `Secret/${objectNames(target).secret}`;
  return [
    ...(facts.startedAt === null ? [] : [goesOn(facts.startedAt, object)]),
    changes(facts, object),
    ...(roles.includes('replication') ? [readersFollow(facts)] : []),
    ...(roles.includes('metrics') ? [exportersFollow(target)] : []),
    ...(facts.exportersStay.length > 0 ? [exportersKeep(facts)] : []),
    ...chartSecretFollows(facts),
    ...(clients.length > 0 ? [clientsRetry(object), ...workloadsRead(facts), othersAreTold(facts, object)] : []),
    {
      code: 'NO_CHANGE',
      object: `Release/${target.release}`,
      sentence:
        roles.includes('replication') && facts.readers > 0
          ? 'The writer does not restart, and no session on it ends.'
          : 'Nothing restarts, and no session ends.',
    },
  ];
}

function goesOn(startedAt: string, object: string): RotationConsequence {
  const sentence =
    `The rotation that was begun at ${toTheSecond(startedAt)} and not finished goes on, with the passwords ` +
    'that it had.';
  return {code: 'PASSWORD_CHANGE', object, sentence};
}

function changes({target, username, roles, isGiven, startedAt}: RotationFacts, object: string): RotationConsequence {
  const {secret} = objectNames(target);
  const many = new Set(roles.map((role) => usernamesOf(username)[role])).size > 1;
  const [password, becomes, is] = many ? ['passwords', 'become', 'are'] : ['password', 'becomes', 'is'];
  const what =
    startedAt !== null
      ? 'what the Secret has for it'
      : isGiven
        ? 'the one that is given'
        : many
          ? 'new ones'
          : 'a new one';
  return {
    code: 'PASSWORD_CHANGE',
    object,
    sentence:
      `The ${password} of ${usersOf(username, roles, target)} ${becomes} ${what}, in the server and in the Secret ` +
      `${secret}; the earlier ${many ? 'ones' : 'one'} ${is} refused from then on.`,
  };
}

function readersFollow({target, readers}: RotationFacts): RotationConsequence {
  const who = readers === 1 ? 'The reader gets' : `The ${counted(readers, 'reader')} get`;
  return {
    code: 'PASSWORD_CHANGE',
    object: `StatefulSet/${objectNames(target).reader}`,
    sentence:
      readers === 0
        ? 'There are no readers that would have to follow.'
        : `${who} the new password of ${replicationUser} while streaming. One whose image has it where it cannot be ` +
          'changed restarts for it.',
  };
}

/** Those that applications and people log in as. */
function clientsOf(roles: readonly PasswordOf[]): readonly PasswordOf[] {
  return roles.filter((role) => role !== 'replication' && role !== 'metrics');
}

function exportersFollow(target: Target): RotationConsequence {
  return {
    code: 'PASSWORD_CHANGE',
    object: `Service/${objectNames(target).writer}-metrics`,
    sentence:
      `The exporters log in with the new password of ${metricsUser} from their next scrape on, and are asked. None ` +
      'restarts; a scrape in the moment between may say pg_up 0.',
  };
}

/** Told in a plan, and to those who ask for that password alone. */
export function exportersStay(pods: readonly string[]): string {
  return (
    `The exporters of ${listed(pods)} have the password of ${metricsUser} in their environment, where it cannot be ` +
    'changed while they run.'
  );
}

export function metricsOn(target: Target): OperationOf<'set'> {
  return {kind: 'set', ...releaseRef(target), answers: {metrics: 'on'}, valuesFile: null};
}

function exportersKeep({target, exportersStay: pods}: RotationFacts): RotationConsequence {
  const on = render(metricsOn(target));
  return {
    code: 'NO_CHANGE',
    object: `Service/${objectNames(target).writer}-metrics`,
    sentence: `${exportersStay(pods)} It stays as it is. This has them read it from a file, with one restart: ${on}`,
  };
}

/** The chart's Secret gets the new passwords too. Where it cannot, those who read it are named. */
function chartSecretFollows({target, chartSecret}: RotationFacts): RotationConsequence[] {
  if (chartSecret === null) return [];
  const {name, heldBy, workloads} = chartSecret;
  const {secret} = objectNames(target);
  const sentence =
    heldBy === null
      ? `The Secret ${name}, which the chart made before ${target.release} was adopted, gets the same passwords.`
      : `The Secret ${name}, which the chart made before ${target.release} was adopted, keeps the earlier passwords, ` +
        `because ${heldBy}: they are refused from then on. ${whoReads(workloads)}; whoever does has to be given ` +
        `those of ${secret}.`;
  return [{code: heldBy === null ? 'PASSWORD_CHANGE' : 'NO_CHANGE', object: `Secret/${name}`, sentence}];
}

function clientsRetry(object: string): RotationConsequence {
  return {
    code: 'PASSWORD_CHANGE',
    object,
    sentence:
      'Sessions that are open stay open. A client that connects in the moment between server and Secret is refused: ' +
      'it has to read the Secret again and retry.',
  };
}

function workloadsRead({target, workloads, chartSecret}: RotationFacts): RotationConsequence[] {
  const {secret} = objectNames(target);
  if (workloads === null)
    return [
      {
        code: 'PASSWORD_CHANGE',
        object: `Secret/${secret}`,
        sentence:
          `The pods of ${target.namespace} may not be listed, so who reads the Secret is not known: pods that have ` +
          'it in their environment must be restarted.',
      },
    ];
  const ofChart = chartSecret?.heldBy === null ? (chartSecret.workloads ?? []) : [];
  return [
    ...workloads.map((one) => workloadReads(target, one, 'the Secret')),
    ...ofChart.map((one) => workloadReads(target, one, `the Secret ${chartSecret?.name ?? ''}`)),
  ];
}

function workloadReads(
  target: Target,
  {kind, name, by}: NonNullable<Workloads>[number],
  secret: string,
): RotationConsequence {
  return {
    code: 'PASSWORD_CHANGE',
    object: `${kind}/${name}`,
    sentence:
      by === 'files'
        ? `${kind} ${name} has ${secret} as files, which are new within about a minute: it must read them again.`
        : `${kind} ${name} has ${secret} in its environment, and has to be restarted afterwards: ` +
          `${restartOf(target, kind, name)}.`,
  };
}

function restartOf(target: Target, kind: string, name: string): string {
  const rolls = ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind);
  const object = `${kind.toLowerCase()}/${name}`;
  return rolls ? kubectlHere(target, 'rollout', 'restart', object) : kubectlHere(target, 'delete', object);
}

function othersAreTold({target, username, roles}: RotationFacts, object: string): RotationConsequence {
  const {secret} = objectNames(target);
  const clients = clientsOf(roles);
  return {
    code: 'PASSWORD_CHANGE',
    object,
    sentence:
      `Whoever has the password of ${usersOf(username, clients, target)} from elsewhere, from a Secret of its own, ` +
      `say, or of another namespace, has to be given the new one: it is in ${secret}.`,
  };
}
