// docs/security.md: the permissions of each command, and Roles that have them, from the table of the program itself.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {commands} from '../../source/cli/index.ts';
import {
  permissionUsesOf,
  commandNames,
  merged,
  onlyLooking,
  permissionsOf,
  type PermissionUse,
  type CommandName,
  type Extra,
  type Right,
} from '../../source/commands/permissions.ts';
import {capitalised} from '../../source/core/capitalised.ts';
import {root} from './paths.ts';

/** The namespace in the Roles of the page. */
export const pageNamespace = 'team-a';

/** The text is security-page.md beside this file; what the program knows stands in the place of words in capitals. */
export function securityPage(): string {
  const visible = commands.filter(({hidden}) => !hidden);
  const parts: Readonly<Record<string, readonly string[]>> = {
    LOOK_ROLE: [lookRole()],
    OPERATE_ROLE: [operateRole()],
    CLUSTER_ROLE: [clusterRole()],
    COMMANDS: [
      '| command | changes something | asks for the permissions of |',
      '| --- | --- | --- |',
      ...visible.map(({name, changes}) => commandRow(name as CommandName, changes)),
    ],
    ACTIVITIES: everyPermissionUse().flatMap(({name, rights}) => [
      `### ${capitalised(name)}`,
      '',
      ...tableOf(rights),
      '',
    ]),
  };
  const text = readFileSync(join(root, 'test', 'support', 'security-page.md'), 'utf8');
  const page = text.replace(/^[A-Z]+(_[A-Z]+)?$/gm, (word) => parts[word]?.join('\n') ?? word);
  return `${page.trimEnd()}\n`;
}

function everyPermissionUse(): readonly PermissionUse[] {
  return [...new Set(commandNames.flatMap((command) => permissionUsesOf(command)))];
}

/** Whoever only looks. */
function lookRole(): string {
  return roleOf('Role', 'pg-helm-install-look', namespaced(onlyLooking));
}

/** Whoever operates everything in a namespace. */
function operateRole(): string {
  return roleOf('Role', 'pg-helm-install', namespaced(commandNames));
}

/** What is asked of the whole cluster. */
function clusterRole(): string {
  const all = commandNames.flatMap((command) => permissionsOf(command));
  return roleOf(
    'ClusterRole',
    'pg-helm-install',
    all.filter(({scope}) => scope === null),
  );
}

function namespaced(names: readonly CommandName[]): readonly Right[] {
  return names.flatMap((command) => permissionsOf(command)).filter(({scope}) => scope !== null);
}

function commandRow(name: CommandName, changes: true | undefined): string {
  const names = permissionUsesOf(name).map((one) => one.name);
  return `| \`${name}\` | ${changeText(name, changes)} | ${names.join(', ') || 'nothing of a cluster'} |`;
}

const extraTexts: Readonly<Record<Extra, string>> = {
  backups: 'with a schedule of backups',
  'service monitor': 'with `--metrics service-monitor`',
  TLS: 'with `--tls`',
  disks: 'with larger disks',
  volumes: 'where volumes are deleted',
  detach: 'out of another release',
  run: 'for `run`',
  restore: 'for `restore`',
};

const sometimes: Readonly<Record<string, string>> = {
  backup: 'yes, but for `list`',
  connect: 'by what is typed into psql; with `PGHI_READ_ONLY` readers only',
  demo: 'a release of its own in the sandbox',
  sandbox: 'on this machine alone',
  top: 'with `--cancel` and `--terminate`',
};

function changeText(name: string, changes: true | undefined): string {
  return sometimes[name] ?? (changes ? 'yes; `--dry-run` and a plan before it' : 'no');
}

function nameOf({resource, group}: Pick<Right, 'resource' | 'group'>): string {
  const [kind = '', subresource] = resource.split('/');
  return [[kind, group].filter(Boolean).join('.'), ...(subresource === undefined ? [] : [subresource])].join('/');
}

function tableOf(rights: readonly Right[]): string[] {
  return [
    '| resource | verbs | where | | what for |',
    '| --- | --- | --- | --- | --- |',
    ...rights.map(
      ({verbs, scope, required, why, only, ...right}) =>
        `| \`${nameOf(right)}\` | ${verbs.join(', ')} | ` +
        `${scope === null ? 'the cluster' : 'the namespace'} | ${required ? 'needed' : 'useful'} | ` +
        `${required ? '' : 'without: '}${why}${only === undefined ? '' : ` (${extraTexts[only]})`} |`,
    ),
  ];
}

function roleOf(kind: 'Role' | 'ClusterRole', name: string, rights: readonly Right[]): string {
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${kind}`,
    `metadata: {name: ${name}${kind === 'Role' ? `, namespace: ${pageNamespace}` : ''}}`,
    'rules:',
    ...merged(rights).map(
      ({group, resource, verbs}) =>
        `  - {apiGroups: ['${group}'], resources: [${resource}], verbs: [${verbs.join(', ')}]}`,
    ),
  ].join('\n');
}
