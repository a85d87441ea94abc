// What each command asks of the Kubernetes API, through us and through helm. The checks before an operation, the Roles
// that are printed and docs/security.md are made of this; test/sandbox/permissions.test.ts runs the commands with
// nothing else.

const verbsInOrder = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'] as const;
type Verb = (typeof verbsInOrder)[number];

/** What a command needs more rights for, where it is asked for. */
export type Extra = 'backups' | 'service monitor' | 'TLS' | 'disks' | 'volumes' | 'detach' | 'run' | 'restore';

/** The extras that are asked for, of those that are named. */
export function extrasWhere(isAsked: Readonly<Partial<Record<Extra, boolean>>>): readonly Extra[] {
  return (Object.keys(isAsked) as Extra[]).filter((extra) => isAsked[extra]);
}

export interface Right {
  readonly resource: string;
  readonly group: string;
  readonly verbs: readonly Verb[];
  /** Null: objects of the whole cluster, or of other namespaces. */
  readonly scope: 'namespace' | null;
  /** `false`: the command does without it. */
  readonly required: boolean;
  /** What a required right is for, and what is lost without another one. */
  readonly why: string;
  /** Only needed where this is asked for. */
  readonly only?: Extra;
  /** Whoever lacks it is told when it matters, so nothing is said beforehand. */
  readonly quiet?: true;
}

/** What several commands do. */
export interface PermissionUse {
  /** What is done, such as `finding releases`. */
  readonly name: string;
  readonly rights: readonly Right[];
}

/** As tables and Roles name them. */
export function inOrder(verbs: readonly string[]): readonly string[] {
  return verbsInOrder.filter((verb) => verbs.includes(verb));
}

/** @param name `resource.group`, as kubectl writes it; a subresource follows: `statefulsets.apps/scale` */
function right(name: string, verbs: string, why: string, rest: Pick<Right, 'scope' | 'required'> & More): Right {
  const [kind = name, subresource] = name.split('/');
  const [resource = kind, ...group] = kind.split('.');
  return {
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    group: group.join('.'),
    verbs: verbs.split(' ') as Verb[],
    why,
    ...rest,
  };
}

type More = Pick<Right, 'only' | 'quiet'>;

const needed = (name: string, verbs: string, why: string, only?: Extra): Right =>
  right(name, verbs, why, {scope: 'namespace', required: true, ...(only === undefined ? {} : {only})});
/** What an install says beforehand where it is missing. */
const useful = (name: string, verbs: string, why: string): Right =>
  right(name, verbs, why, {scope: 'namespace', required: false});
/** What is said only when it matters. */
const quiet = (name: string, verbs: string, why: string): Right =>
  right(name, verbs, why, {scope: 'namespace', required: false, quiet: true});
const inCluster = (name: string, verbs: string, why: string): Right =>
  right(name, verbs, why, {scope: null, required: false, quiet: true});

/** The API server asks for `get` on a WebSocket, and from Kubernetes 1.35 on for `create` too. */
const overWebSocket = 'create get';

const find: PermissionUse = {
  name: 'finding releases',
  rights: [
    needed('secrets', 'get list', "helm's record of the release is kept in Secrets, as the passwords are"),
    needed('statefulsets.apps', 'list', 'the writer and the readers are StatefulSets'),
    quiet('leases.coordination.k8s.io', 'list', 'an operation under way is not seen'),
    quiet('cronjobs.batch', 'list', 'that a backup failed or is late is not said in a list'),
    quiet('persistentvolumeclaims', 'list', 'that a backup failed or is late is not said in a list'),
    quiet('pods', 'list', 'that a backup failed or is late is not said in a list'),
  ],
};

const look: PermissionUse = {
  name: 'looking at a release',
  rights: [
    needed('services', 'list', 'the endpoints are Services'),
    needed('pods', 'list', 'progress and causes are seen on the pods'),
    useful('pods/exec', overWebSocket, 'endpoints that do not answer from here cannot be proven inside the cluster'),
    useful('pods/log', 'get', 'a failure is explained without the log of the container'),
    useful('events', 'list', 'the cause of a failure is named later, or not at all'),
    useful('persistentvolumeclaims', 'list', 'volumes that an earlier release left behind are not seen'),
    useful('pods', 'watch', 'progress is seen up to a second later'),
    quiet('pods.metrics.k8s.io', 'list', 'a memory limit is suggested by what the pods ask for, not by what they use'),
    ...['statefulsets.apps', 'services', 'persistentvolumeclaims', 'events'].map((name) =>
      quiet(name, 'watch', 'progress is seen up to a second later'),
    ),
    quiet('leases.coordination.k8s.io', 'get', 'an operation under way is not seen'),
    quiet('cronjobs.batch', 'get', 'the schedule of backups is not seen'),
    quiet('namespaces', 'get', 'that the namespace is being deleted is not seen'),
    inCluster('nodes', 'get list', 'the node of the writer, and the address of a node port, are not known'),
    inCluster('persistentvolumes', 'get', 'whether a volume stays without its claim is not known'),
    inCluster('namespaces', 'get', 'whether the namespaces that are let in exist is not known'),
    inCluster('daemonsets.apps', 'list', 'whether the network enforces policies is not known'),
    inCluster('applications.argoproj.io', 'get list', 'what Argo CD applies is not known'),
    inCluster('helmreleases.helm.toolkit.fluxcd.io', 'get', 'what Flux applies is not known'),
  ],
};

const survey: PermissionUse = {
  name: 'looking at the place',
  rights: [
    useful('resourcequotas', 'list', 'quotas are not checked beforehand'),
    useful('limitranges', 'list', 'limit ranges are not checked beforehand'),
    inCluster('nodes', 'list', 'whether a node fits is not known beforehand'),
    inCluster('pods', 'list', 'how much of the nodes is in use is not known beforehand'),
    inCluster('storageclasses.storage.k8s.io', 'list', 'the storage class is not checked beforehand'),
    inCluster('persistentvolumes', 'list', 'volumes that were made by hand are not found'),
    ...[
      'statefulsets.apps',
      'services',
      'serviceaccounts',
      'networkpolicies.networking.k8s.io',
      'poddisruptionbudgets.policy',
    ].map((name) => quiet(name, 'get', 'objects of others that have the names of the release are not seen')),
  ],
};

/** What a chart makes; helm gets, makes and changes each, and removes those that a later revision does not have. */
function chartObjects(verbs: string): readonly Right[] {
  return [
    needed('statefulsets.apps', verbs, 'the writer and the readers are StatefulSets'),
    needed('services', verbs, 'the endpoints are Services'),
    needed('serviceaccounts', verbs, 'the pods run under a ServiceAccount of their own'),
    needed('configmaps', verbs, "PostgreSQL's settings are kept in ConfigMaps"),
    needed('networkpolicies.networking.k8s.io', verbs, 'writer and readers have a NetworkPolicy each'),
    needed('poddisruptionbudgets.policy', verbs, 'writer and readers have a PodDisruptionBudget each'),
    needed('cronjobs.batch', verbs, 'a schedule of backups is a CronJob', 'backups'),
    needed(
      'servicemonitors.monitoring.coreos.com',
      verbs,
      '--metrics service-monitor makes ServiceMonitors',
      'service monitor',
    ),
  ];
}

const operate: PermissionUse = {
  name: 'any operation',
  rights: [
    needed(
      'leases.coordination.k8s.io',
      'get create update patch delete',
      'an operation under way is recorded in a Lease',
    ),
  ],
};

const port = quiet(
  'pods/portforward',
  overWebSocket,
  'the certificate that a server shows, and what an exporter says, are not seen',
);

const make: PermissionUse = {
  name: 'making a release',
  rights: [
    needed('secrets', 'create update patch', "the passwords and helm's record of the release are kept in Secrets"),
    ...chartObjects('get create patch'),
    needed('persistentvolumeclaims', 'get create patch', 'the backups have a volume of their own', 'backups'),
    needed('pods', 'patch', 'a pod is marked with the certificate that its server has loaded', 'TLS'),
    quiet('pods', 'get create delete', 'which settings the volumes of an earlier release need is not read from them'),
    quiet('secrets', 'delete', 'helm keeps more than its last ten records'),
    port,
  ],
};

const change: PermissionUse = {
  name: 'changing a release',
  rights: [
    needed('secrets', 'create update patch delete', 'helm keeps a record of the last ten revisions in Secrets'),
    ...chartObjects('get create patch delete'),
    needed('persistentvolumeclaims', 'get create patch delete', 'the backups have a volume of their own', 'backups'),
    needed('pods', 'get create delete', 'each new image, and new settings, are tried in a pod of their own'),
    needed('pods', 'patch', 'pods get what reaches them while they run, and restart for the rest'),
    quiet('controllerrevisions.apps', 'list', 'pods restart for what could reach them while they run'),
    quiet('pods/resize', 'patch', 'pods restart to get other resources'),
    quiet('persistentvolumeclaims', 'get', 'a volume that is being deleted meanwhile is not seen'),
    port,
  ],
};

const growDisks: PermissionUse = {
  name: 'growing disks',
  rights: [needed('persistentvolumeclaims', 'list patch', 'the claims are found, and ask for larger volumes', 'disks')],
};

const deleteVolumes: PermissionUse = {
  name: 'deleting volumes',
  rights: [needed('persistentvolumeclaims', 'list delete', 'the volumes that nobody needs go', 'volumes')],
};

const remove: PermissionUse = {
  name: 'removing a release',
  rights: [
    needed('secrets', 'update patch delete', "helm's records go, and with --delete-data the passwords"),
    ...chartObjects('get delete'),
    ...[
      'statefulsets.apps',
      'services',
      'serviceaccounts',
      'configmaps',
      'cronjobs.batch',
      'networkpolicies.networking.k8s.io',
      'poddisruptionbudgets.policy',
    ].map((name) => quiet(name, 'list', 'what helm left behind is not found')),
    quiet('cronjobs.batch', 'delete', 'what helm left behind of backups stays'),
    quiet('jobs.batch', 'get delete', 'what a restore left behind stays'),
    quiet('pods', 'get delete', 'pods that an interrupted operation left behind stay'),
  ],
};

const moveRole: PermissionUse = {
  name: "moving the writer's role",
  rights: [
    needed('statefulsets.apps', 'get', 'the writer is a StatefulSet'),
    needed('statefulsets.apps/scale', 'patch', 'the writer is stopped by asking for none'),
    needed(
      'persistentvolumeclaims',
      'get list create patch delete',
      'the claims of the writer and of the reader are made again with the other volume',
    ),
    needed('pods', 'get delete', 'the reader leaves its volume to the writer'),
    needed('pods/exec', overWebSocket, 'the reader is promoted by psql in its pod'),
    needed('services', 'get patch', 'clients are led to the new writer as soon as it listens'),
    quiet('secrets', 'patch', 'when and why the role moved is not remembered'),
    needed('leases.coordination.k8s.io', 'get create update patch delete', 'how far it is stands in a Lease'),
    right('persistentvolumes', 'get patch', 'two volumes change their claims; volumes belong to the whole cluster', {
      scope: null,
      required: true,
    }),
    inCluster('nodes', 'get', 'whether a node takes pods is not known beforehand'),
  ],
};

const judgeNode: PermissionUse = {
  name: 'judging a lost node',
  rights: [
    inCluster('volumeattachments.storage.k8s.io', 'list', 'the node that has the volume is not known beforehand'),
    inCluster('leases.coordination.k8s.io', 'get', 'when the node of the writer was last heard of is not known'),
    quiet('pods', 'create', 'how many commits were lost is not counted'),
  ],
};

const backups: PermissionUse = {
  name: 'making and proving backups',
  rights: [
    needed('pods', 'get create delete', 'a pod lists the backups, and another one proves them'),
    needed('pods/log', 'get', 'what is on the volume is read from the log of that pod'),
    needed('cronjobs.batch', 'get', 'a backup is a run of the CronJob', 'run'),
    needed('jobs.batch', 'create', 'a backup is a Job', 'run'),
    quiet('persistentvolumeclaims', 'patch', 'status does not know which backups there are'),
  ],
};

const restore: PermissionUse = {
  name: 'restoring a backup as a new release',
  rights: [
    ...[...operate.rights, ...survey.rights, ...make.rights].map((one) => ({only: 'restore' as const, ...one})),
    needed('jobs.batch', 'get create patch delete', 'a restore is a Job', 'restore'),
  ],
};

const newPasswords: PermissionUse = {
  name: 'new passwords',
  rights: [
    needed('secrets', 'patch', 'the passwords are kept in a Secret'),
    needed('pods/exec', overWebSocket, 'the server takes its new passwords from psql in its pod'),
    quiet('pods', 'patch', 'the new passwords reach the pods a minute later'),
    quiet('pods', 'delete', 'exporters that read their password only once keep the earlier one'),
    quiet('persistentvolumeclaims', 'get', 'a volume that is being deleted meanwhile is not seen'),
  ],
};

const adoption: PermissionUse = {
  name: 'adopting',
  rights: [
    ...[
      'cronjobs.batch',
      'configmaps',
      'serviceaccounts',
      'networkpolicies.networking.k8s.io',
      'poddisruptionbudgets.policy',
    ].map((name) => quiet(name, 'list', 'what kubectl applied cannot be adopted')),
    needed('persistentvolumeclaims', 'patch', 'what is taken out of another release is marked', 'detach'),
    quiet('cronjobs.batch', 'patch', 'backups inside another release are not taken out of it'),
  ],
};

const openPort: PermissionUse = {
  name: 'opening a port',
  rights: [needed('pods/portforward', overWebSocket, 'a port of the pod is held open on this machine')],
};
const askServer: PermissionUse = {
  name: 'asking the server',
  rights: [needed('pods/exec', overWebSocket, 'the server is asked by psql in its pod')],
};
const readLogs: PermissionUse = {
  name: 'reading logs',
  rights: [needed('pods/log', 'get', 'they are the logs of the pods')],
};
const listNamespaces: PermissionUse = {
  name: 'offering namespaces',
  rights: [inCluster('namespaces', 'list', 'no namespaces are offered')],
};

const looking = [find, look];
const changing = [...looking, survey, operate, change];

const activities = {
  install: [...looking, survey, operate, make],
  list: [find],
  status: looking,
  endpoints: looking,
  connect: [...looking, openPort],
  values: looking,
  logs: [...looking, readLogs],
  history: looking,
  doctor: [...looking, survey],
  top: [...looking, askServer],
  export: looking,
  scale: [...changing, deleteVolumes],
  resize: [...changing, growDisks],
  upgrade: changing,
  set: [...changing, growDisks],
  restart: changing,
  adopt: [...changing, growDisks, adoption],
  rollback: changing,
  'rotate-password': [...looking, operate, newPasswords],
  switchover: [...looking, operate, moveRole],
  failover: [...looking, operate, moveRole, judgeNode],
  backup: [...looking, backups, restore],
  // At most: what the interrupted operation needs.
  recover: [...changing, growDisks, deleteVolumes, newPasswords],
  uninstall: [...looking, operate, remove, deleteVolumes],
  // In the sandbox, and with files of this machine.
  sandbox: [],
  demo: [],
  completion: [find, listNamespaces],
} as const satisfies Readonly<Record<string, readonly PermissionUse[]>>;

export type CommandName = keyof typeof activities;

export const commandNames = Object.keys(activities) as readonly CommandName[];

export function permissionUsesOf(command: CommandName): readonly PermissionUse[] {
  return activities[command];
}

/** @param extras what is asked for of all that needs more rights; absent: everything */
export function permissionsOf(command: CommandName, extras?: readonly Extra[]): readonly Right[] {
  return permissionUsesOf(command)
    .flatMap(({rights}) => rights)
    .filter(({only}) => only === undefined || extras === undefined || extras.includes(only));
}

/** What moves the writer's role, beyond looking at it. */
export function permissionsToMoveRole(command: 'switchover' | 'failover'): readonly Right[] {
  return [...moveRole.rights, ...(command === 'failover' ? judgeNode.rights : [])];
}

/** The commands that change nothing in the cluster. */
export const onlyLooking = [
  'list',
  'status',
  'endpoints',
  'connect',
  'values',
  'logs',
  'history',
  'doctor',
  'top',
  'export',
  'completion',
] as const satisfies readonly CommandName[];

/** The same resource in the same place once, with all of its verbs: the rules of a Role. */
export function merged(all: readonly Right[]): readonly Right[] {
  const places = new Map<string, Right>();
  for (const one of all) {
    const key = [one.scope, one.group, one.resource].join();
    const known = places.get(key);
    const verbs = verbsInOrder.filter((verb) => one.verbs.includes(verb) || known?.verbs.includes(verb));
    places.set(key, {...(known ?? one), verbs});
  }
  return [...places.values()];
}
