// docs/security.md: what each command may do in a cluster, from the very rights that it asks for, and a Role to apply.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {stringify} from 'yaml';
import {commands} from '../../source/cli/index.ts';
import {requiredPermissions, failoverPermissions} from '../../source/observation/checks/permissions.ts';
import {root} from './paths.ts';

type Right = ReturnType<typeof requiredPermissions>[number];

const namespace = 'team-a';
/** Where Kubernetes keeps the Leases that kubelets renew. */
const nodeLeases = 'kube-node-lease';

/** The beginning of the page is security-head.md beside this file. */
export function securityPage(): string {
  const install = requiredPermissions(namespace, true);
  const switchover = failoverPermissions(namespace);
  return [
    readFileSync(join(root, 'test', 'support', 'security-head.md'), 'utf8').trimEnd(),
    '',
    '## What an install asks for',
    '',
    'It asks the cluster whether each of these is allowed before anything is changed. Without a right that is needed',
    'it is refused; without one that is useful it says what is lost. Every other change needs no more than an install,',
    'but for `switchover` and `failover`; removing a release needs `delete` on what the install made, as the role',
    '`edit` has it.',
    '',
    ...tableOf(install),
    '',
    '## What a switchover or a failover asks for beside it',
    '',
    ...tableOf(switchover),
    '',
    '## A Role for one namespace',
    '',
    'All that is needed and useful for everything but `switchover` and `failover`, which need the ClusterRole below it',
    'too. With the last Role, a failover knows how long a node has been silent.',
    '',
    '```yaml',
    roleOf('pg-helm-install', namespace, [...install, ...switchover]).trimEnd(),
    '---',
    roleOf('pg-helm-install', null, [...install, ...switchover]).trimEnd(),
    '---',
    roleOf('pg-helm-install', nodeLeases, switchover).trimEnd(),
    '```',
    '',
    'The right on volumes can be narrowed to those of one release, by `resourceNames`. Whoever has neither is refused',
    'by `switchover` and `failover` before anything changes, with the ClusterRole for just these volumes to hand to an',
    'administrator. Nothing is copied instead: the volume of the writer would be deleted with its claim, because its',
    'reclaim policy cannot be changed without that right.',
    '',
    '## Commands',
    '',
    '| command | changes something |',
    '| --- | --- |',
    ...commands
      .filter(({hidden}) => !hidden)
      .map(({name, changes}) => `| \`${name}\` | ${changeText(name, changes)} |`),
    '',
  ].join('\n');
}

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

function tableOf(rights: readonly Right[]): string[] {
  return [
    '| resource | verbs | where | | what for |',
    '| --- | --- | --- | --- | --- |',
    ...grouped(rights).map(
      ({resource, group, verbs, right}) =>
        `| \`${resource}${group === '' ? '' : `.${group}`}\` | ${verbs.join(', ')} | ` +
        `${placeOf(right)} | ${right.required ? 'needed' : 'useful'} | ` +
        `${right.required ? '' : 'without: '}${right.why} |`,
    ),
  ];
}

function placeOf({namespace: of}: Right): string {
  if (of === null) return 'the cluster';
  return of === namespace ? 'the namespace' : `the namespace \`${of}\``;
}

/** One row for all verbs of a resource that serve the same purpose. */
function grouped(rights: readonly Right[]) {
  const groups = new Map<string, {resource: string; group: string; verbs: string[]; right: Right}>();
  for (const right of rights) {
    const key = [right.group, right.resource, right.namespace, right.required].join();
    const found = groups.get(key);
    if (found) found.verbs.push(right.verb);
    else groups.set(key, {resource: right.resource, group: right.group, verbs: [right.verb], right});
  }
  return [...groups.values()];
}

/** `within`: the namespace of a Role; null: a ClusterRole. */
function roleOf(name: string, within: string | null, all: readonly Right[]): string {
  const rights = all.filter((right) => right.namespace === within);
  const verbs = new Map<string, Set<string>>();
  for (const {group, resource, verb} of rights) {
    const key = `${group} ${resource}`;
    verbs.set(key, (verbs.get(key) ?? new Set()).add(verb));
  }
  return stringify({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: within === null ? 'ClusterRole' : 'Role',
    metadata: {name, ...(within === null ? {} : {namespace: within})},
    rules: [...verbs].map(([key, known]) => {
      const [group = '', resource = ''] = key.split(' ');
      return {apiGroups: [group], resources: [resource], verbs: [...known].sort()};
    }),
  });
}
