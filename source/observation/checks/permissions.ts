// What the user must be allowed to do, before helm finds out half-way.
import {
  permissionsOf,
  permissionsToMoveRole,
  type CommandName,
  type Extra,
  type Right,
} from '../../commands/permissions.ts';
import {cause, type Cause, type Remedy} from '../../core/cause.ts';
import type {Target} from '../snapshot.ts';
import type {Permission} from '../survey.ts';
import {grantCommand} from './grant.ts';
import {warn, type CheckRule, type Finding} from './rule.ts';
import {kubectl} from '../../commands/kubectl.ts';
import {counted, listed} from './messages.ts';

type AskedPermission = Omit<Permission, 'allowed'>;

const newNamespace: AskedPermission = {
  verb: 'create',
  resource: 'namespaces',
  group: '',
  namespace: null,
  required: true,
  why: 'the namespace does not exist yet',
};

/**
 * What an install needs, and what would be useful to it: whoever lacks that is told what is lost.
 * @param extras as for permissionsOf
 */
export function installPermissions(
  namespace: string,
  namespaceExists: boolean,
  extras: readonly Extra[] = [],
): readonly AskedPermission[] {
  const told = permissionsOf('install', extras).filter(({required, quiet}) => required || quiet !== true);
  return [...permissionsToAsk(told, namespace), ...(namespaceExists ? [] : [newNamespace])];
}

/** What a command cannot do without. @param extras as for permissionsOf */
export function requiredPermissions(
  command: CommandName,
  namespace: string,
  extras: readonly Extra[] = [],
): readonly AskedPermission[] {
  return permissionsToAsk(
    permissionsOf(command, extras).filter(({required}) => required),
    namespace,
  );
}

/**
 * What moving the writer's role to a reader needs. `volumes`: the names of the only volumes that the rights are for;
 * empty means any volume.
 */
export function roleMovePermissions(
  command: 'switchover' | 'failover',
  namespace: string,
  volumes: readonly string[] = [],
): readonly AskedPermission[] {
  const all = permissionsToAsk(permissionsToMoveRole(command), namespace);
  const isOfVolume = ({resource}: AskedPermission) => resource === 'persistentvolumes';
  if (volumes.length === 0) return all;
  return [
    ...all.filter((one) => !isOfVolume(one)),
    ...volumes.flatMap((name) => all.filter(isOfVolume).map((one) => ({...one, name}))),
  ];
}

/** Each verb once; required where one of the rights is. */
function permissionsToAsk(rights: readonly Right[], namespace: string): readonly AskedPermission[] {
  const found = new Map<string, AskedPermission>();
  for (const {resource, group, verbs, scope, required, why} of rights)
    for (const verb of verbs) {
      const key = [scope, group, resource, verb].join();
      const one = {verb, resource, group, namespace: scope === null ? null : namespace, required, why};
      if (!found.has(key) || (required && found.get(key)?.required === false)) found.set(key, one);
    }
  return [...found.values()];
}

/** A refusal names verb, resource, namespace and user; a right that is only useful to have becomes a warning. */
export const permissions: CheckRule = ({permissions: all, user}, {target}) => {
  const judged = all.filter(({resource}) => resource !== 'namespaces');
  const unsaid = judged.filter(({required, allowed}) => required && allowed === null);
  const lost = judged.filter(({required, allowed}) => !required && allowed !== true);
  const forbidden = whyForbidden('install', judged, user, target);
  return [
    ...(forbidden ? [{severity: 'refuse', cause: forbidden} as const] : []),
    ...unsure(unsaid),
    ...linesOf(lost).map((line) => warn('NOT_CHECKED', `May not ${line.text}: ${line.why}.`)),
  ];
};

/** Null where everything required is allowed, or may be. `user`: the cluster's name for them; null: not known. */
export function whyForbidden(
  command: CommandName,
  all: readonly Permission[],
  user: string | null,
  target: Target,
): Cause | null {
  const [line, ...more] = linesOf(all.filter(({required, allowed}) => required && allowed === false));
  if (line === undefined) return null;
  const also = more.length === 0 ? '' : ` Rights on ${counted(more.length, 'other kind')} of objects are missing too.`;
  const remedies: readonly Remedy[] = [
    {title: 'Ask the cluster again', command: kubectl(target, ...canI(line.first))},
    {
      title:
        `Have an administrator of the cluster grant what ${command} needs` +
        (user === null ? ', and bind the Role to you' : ''),
      command: grantCommand(command, all, user, target),
    },
  ];
  return cause(
    'FORBIDDEN',
    `${user === null ? 'This user' : `User "${user}"`} may not ${line.text}, and ${line.why}.${also} Nothing was ` +
      'changed.',
    {
      object: {kind: 'Namespace', namespace: null, name: target.namespace},
      evidence: [line, ...more].map(({text}) => `not allowed: ${text}`),
      remedies,
    },
  );
}

function unsure(unsaid: readonly Permission[]): readonly Finding[] {
  const lines = linesOf(unsaid);
  if (lines.length === 0) return [];
  return [
    warn('NOT_CHECKED', `The cluster does not say whether this user may ${lines.map(({text}) => text).join('; ')}.`),
  ];
}

/** One line for all verbs of a resource. */
function linesOf(
  rights: readonly Permission[],
): readonly {readonly text: string; readonly why: string; readonly first: Permission}[] {
  const groups = new Map<string, [Permission, ...Permission[]]>();
  for (const right of rights) {
    const key = `${right.namespace ?? ''}/${right.group}/${right.resource}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [right]);
    else group.push(right);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    const where = first.namespace === null ? 'in the whole cluster' : `in namespace ${first.namespace}`;
    return {
      text: `${listed(
        group.map(({verb}) => verb),
        'or',
      )} ${first.resource} ${where}`,
      why: first.why,
      first,
    };
  });
}

function canI({verb, resource, group, namespace}: AskedPermission): readonly string[] {
  const [name = resource, subresource] = resource.split('/');
  return [
    'auth',
    'can-i',
    verb,
    group === '' ? name : `${name}.${group}`,
    ...(subresource === undefined ? [] : [`--subresource=${subresource}`]),
    ...(namespace === null ? [] : ['-n', namespace]),
  ];
}
