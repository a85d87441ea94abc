// What the user must be allowed to do, before helm finds out half-way.
import type {Remedy} from '../../core/cause.ts';
import type {Permission, Survey} from '../survey.ts';
import {grantCommand} from './grant.ts';
import {refuse, warn, type CheckRule, type Finding} from './rule.ts';
import {counted, kubectl, listed} from './messages.ts';

type Asked = Omit<Permission, 'allowed'>;
type Row = readonly [resource: string, verbs: readonly string[], why: string];

/** `resource.group`, as kubectl writes it. Why: what the right is for. */
const required: readonly Row[] = [
  [
    'secrets',
    ['get', 'list', 'create', 'update', 'patch'],
    "the passwords and helm's record of the release are kept in Secrets",
  ],
  ['statefulsets.apps', ['get', 'list', 'create', 'patch'], 'the writer and the readers are StatefulSets'],
  ['services', ['get', 'list', 'create', 'patch'], 'the endpoints are Services'],
  ['serviceaccounts', ['get', 'create', 'patch'], 'the pods run under a ServiceAccount of their own'],
  [
    'networkpolicies.networking.k8s.io',
    ['get', 'create', 'patch'],
    'the chart makes a NetworkPolicy for the writer and for the readers',
  ],
  [
    'poddisruptionbudgets.policy',
    ['get', 'create', 'patch'],
    'the chart makes a PodDisruptionBudget for the writer and for the readers',
  ],
  ['pods', ['list'], 'progress and causes are seen on the pods'],
  [
    'leases.coordination.k8s.io',
    ['get', 'create', 'update', 'patch', 'delete'],
    'an operation under way is recorded in a Lease',
  ],
];

/** Why: what is lost without the right. */
const optional: readonly Row[] = [
  ['pods', ['watch'], 'progress is seen up to a second later'],
  // The API server asks for `get` on a WebSocket, and from Kubernetes 1.35 on for `create` too.
  ['pods/exec', ['create', 'get'], 'endpoints that do not answer from here cannot be proven inside the cluster'],
  ['pods/log', ['get'], 'a failure is explained without the log of the container'],
  ['events', ['list'], 'the cause of a failure is named later, or not at all'],
  ['persistentvolumeclaims', ['list'], 'volumes that an earlier release left behind are not seen'],
  ['resourcequotas', ['list'], 'quotas are not checked beforehand'],
  ['limitranges', ['list'], 'limit ranges are not checked beforehand'],
];

const optionalClusterWide: readonly Row[] = [
  ['nodes', ['list'], 'whether a node fits is not known beforehand'],
  ['pods', ['list'], 'how much of the nodes is in use is not known beforehand'],
  ['storageclasses.storage.k8s.io', ['list'], 'the storage class is not checked beforehand'],
];

/**
 * What an install needs, whichever helm runs it. Found by installing chart 16.7.26 with fewer and fewer rights: helm
 * 3.18 gets, creates and, to continue, patches each object; helm 4.1 patches to create (server-side apply), for which
 * the API server asks `create` as well.
 */
export function requiredPermissions(namespace: string, namespaceExists: boolean): readonly Asked[] {
  return [
    ...required.flatMap((row) => asked(row, namespace, true)),
    ...(namespaceExists ? [] : asked(['namespaces', ['create'], 'the namespace does not exist yet'], null, true)),
    ...optional.flatMap((row) => asked(row, namespace, false)),
    ...optionalClusterWide.flatMap((row) => asked(row, null, false)),
  ];
}

const forVolumes = 'the two volumes change their claims, and volumes belong to the whole cluster';

/** The rights in the namespace; switchoverPermissions adds those in the whole cluster. Why: what the right is for. */
const forSwitchover: readonly Row[] = [
  ['statefulsets.apps', ['get'], 'the writer is a StatefulSet'],
  ['statefulsets.apps/scale', ['patch'], 'the writer is stopped by asking for none'],
  [
    'persistentvolumeclaims',
    ['get', 'create', 'patch', 'delete'],
    'the claims of the writer and of the reader are made again with the other volume',
  ],
  ['pods', ['get', 'delete'], 'the reader leaves its volume to the writer'],
  ['pods/exec', ['create'], 'the reader is promoted by psql in its pod'],
  ['services', ['patch'], 'clients are led to the new writer as soon as it listens'],
  ['leases.coordination.k8s.io', ['get', 'create', 'update', 'patch', 'delete'], 'how far it is stands in a Lease'],
];

/**
 * What moving the writer's role to a reader needs. `volumes`: the names of the only volumes that the rights are for;
 * empty means any volume, as in the tables of docs/security.md.
 */
export function switchoverPermissions(namespace: string, volumes: readonly string[] = []): readonly Asked[] {
  const ofVolumes = asked(['persistentvolumes', ['get', 'patch'], forVolumes], null, true);
  return [
    ...forSwitchover.flatMap((row) => asked(row, namespace, true)),
    ...(volumes.length === 0 ? ofVolumes : volumes.flatMap((name) => ofVolumes.map((right) => ({...right, name})))),
    ...asked(['nodes', ['get'], 'whether a node takes pods is not known beforehand'], null, false),
  ];
}

/** What a failover needs: the rights of a switchover, and to see from several sides whether the writer is gone. */
export function failoverPermissions(namespace: string, volumes: readonly string[] = []): readonly Asked[] {
  return [
    ...switchoverPermissions(namespace, volumes),
    ...asked(
      ['leases.coordination.k8s.io', ['get'], "how long a node's kubelet has been silent is not known"],
      'kube-node-lease',
      false,
    ),
    ...asked(
      ['volumeattachments.storage.k8s.io', ['list'], 'the node that has the volume is not known beforehand'],
      null,
      false,
    ),
  ];
}

function asked([name, verbs, why]: Row, namespace: string | null, isRequired: boolean): readonly Asked[] {
  const [dotted = name, subresource] = name.split('/');
  const [kind = dotted, ...group] = dotted.split('.');
  const resource = subresource === undefined ? kind : `${kind}/${subresource}`;
  return verbs.map((verb) => ({verb, resource, group: group.join('.'), namespace, required: isRequired, why}));
}

/** A refusal names verb, resource, namespace and user; a right that is only useful to have becomes a warning. */
export const permissions: CheckRule = (survey, {target}) => {
  const judged = survey.permissions.filter(({resource}) => resource !== 'namespaces');
  const missing = judged.filter(({required: needed, allowed}) => needed && allowed === false);
  const unsaid = judged.filter(({required: needed, allowed}) => needed && allowed === null);
  // Checks that need a list of the whole cluster say themselves that it is missing: room.ts, storage-class.ts.
  const lost = judged.filter(
    ({required: needed, allowed, namespace}) => !needed && allowed !== true && namespace !== null,
  );
  return [
    ...forbidden(survey, missing, target),
    ...unsure(unsaid),
    ...linesOf(lost).map((line) => warn('NOT_CHECKED', `May not ${line.text}: ${line.why}.`)),
  ];
};

function forbidden(survey: Survey, missing: readonly Permission[], target: Survey['target']): readonly Finding[] {
  const [line, ...more] = linesOf(missing);
  if (line === undefined) return [];
  const also = more.length === 0 ? '' : ` Rights on ${counted(more.length, 'other kind')} of objects are missing too.`;
  const remedies: readonly Remedy[] = [
    {title: 'Ask the cluster again', command: kubectl(target, ...canI(line.first))},
    {
      title:
        'Have an administrator of the cluster grant what an install ' +
        `needs${survey.user === null ? ', and bind the Role to you' : ''}`,
      command: grantCommand(survey, target),
    },
  ];
  return [
    refuse(
      'FORBIDDEN',
      `${survey.user === null ? 'This user' : `User "${survey.user}"`} may not ${line.text}, and ${line.why}.${also}`,
      {
        object: {kind: 'Namespace', namespace: null, name: target.namespace},
        evidence: [line, ...more].map(({text}) => `not allowed: ${text}`),
        remedies,
      },
    ),
  ];
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

function canI({verb, resource, group, namespace}: Asked): readonly string[] {
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
