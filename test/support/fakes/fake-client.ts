// A client in memory: every answer is at hand, and what takes time ends when the test says so.
import {rotationConsequences} from '../../../source/plan/rotation.ts';
import {failoverConsequences} from '../../../source/plan/failover.ts';
import {failoverRefusal} from '../../../source/observation/checks/failover.ts';
import {writerSeen} from '../../../source/observation/checks/failover-verdict.ts';
import {switchoverConsequences} from '../../../source/plan/switchover.ts';
import {propose, render} from '../../../source/commands/command-line.ts';
import {cause, UserError} from '../../../source/core/cause.ts';
import {toValues} from '../../../source/chart/values.ts';
import type {Client, Opened, Surveyed, Work} from '../../../source/client/types.ts';
import type {Operation, OperationOf} from '../../../source/commands/operation.ts';
import type {ReleaseRow, Status} from '../../../source/client/questions/status.ts';
import type {Activity, DatabaseSession} from '../../../source/observation/activity.ts';
import type {Endpoint} from '../../../source/observation/endpoints.ts';
import type {HelmStatus} from '../../../source/observation/snapshot.ts';
import type {BackupEntry, BackupListing} from '../../../source/observation/backups/backup-list.ts';
import type {Plan, Progress, Result} from '../../../source/plan/progress.ts';
import {placeOf} from '../../../source/observation/place.ts';
import {planInstall} from '../../../source/plan/install.ts';
import {goodSurvey, node, parametersWith, storageClassNamed} from './survey.ts';

/** The clock of all that is shown. */
export const now = Date.parse('2026-01-02T03:04:05Z');
export const at = (seconds: number): string => new Date(now + seconds * 1000).toISOString();

const survey = goodSurvey({
  nodes: ['node0', 'node1', 'node2'].map((name) => node(name)),
  storageClasses: [
    storageClassNamed('gp3', {
      metadata: {name: 'gp3', annotations: {'storageclass.kubernetes.io/is-default-class': 'true'}},
    }),
  ],
});

export const surveyed: Surveyed = {
  place: placeOf(survey),
  instanceTypes: [
    {name: 't3.medium', fitting: 3},
    {name: 'any', fitting: 3},
  ],
  storageClasses: [
    {name: 'gp3', grows: true, encrypted: 'unknown'},
    {name: 'local', grows: false, encrypted: 'no'},
  ],
  exists: false,
};

export function rowWith(changes: Partial<ReleaseRow> = {}): ReleaseRow {
  return {
    namespace: 'team-a',
    name: 'orders',
    chartVersion: '16.7.26',
    postgresVersion: '17.6',
    revision: 4,
    helmStatus: 'deployed',
    state: 'ready',
    proven: null,
    writer: {ready: 1, wanted: 1},
    readers: {ready: 2, wanted: 2},
    storageSize: '20Gi',
    managedBy: 'pg-helm-install',
    shape: 'replication',
    operation: null,
    ...changes,
  };
}

export const opened: Opened = {
  context: 'prod-eu',
  kubernetesVersion: '1.34',
  helmVersion: '3.18',
  defaultNamespace: 'team-a',
  namespaces: ['default', 'team-a', 'team-b'],
  releases: [],
};

export function statusWith(changes: Partial<Status> = {}): Status {
  const endpoint = (role: 'writer' | 'reader', name: string): Endpoint => ({
    host: null,
    port: 5432,
    internalHost: `${name}.team-a.svc.cluster.local`,
    proven: true,
    provenFrom: 'cluster',
    provenAt: at(-3),
    role,
    latencyMs: 3,
  });
  const pod = (name: string, role: 'writer' | 'reader') => ({
    name,
    role,
    node: 'node0',
    ready: true,
    restarts: 0,
    startedAt: at(-600),
  });
  const claim = (name: string) => ({
    name,
    storageClass: 'gp3',
    requestedBytes: 2e10,
    capacityBytes: 20 * 2 ** 30,
    usedBytes: 2.4 * 2 ** 30,
  });
  return {
    ...rowWith(),
    proven: true,
    context: 'prod-eu',
    shape: 'replication',
    steeredBy: null,
    naming: {fullname: 'orders-postgresql'},
    parameters: parametersWith(),
    endpoints: {
      writer: endpoint('writer', 'orders-postgresql-primary'),
      reader: {...endpoint('reader', 'orders-postgresql-read'), streaming: 2, maxLagBytes: 0},
    },
    credentials: {username: 'app', database: 'appdb', secret: 'orders-postgresql-auth', passwordKey: 'password'},
    tls: null,
    tracks: [],
    operation: null,
    cause: null,
    warnings: [],
    pods: [
      pod('orders-postgresql-primary-0', 'writer'),
      pod('orders-postgresql-read-0', 'reader'),
      pod('orders-postgresql-read-1', 'reader'),
    ],
    claims: ['primary-0', 'read-0', 'read-1'].map((name) => claim(`data-orders-postgresql-${name}`)),
    spareClaims: [],
    backup: null,
    roleMoves: [],
    walBytes: null,
    replication: [0, 1].map((index) => ({
      pod: `orders-postgresql-read-${index}`,
      state: 'streaming',
      lagBytes: 0,
      lagMs: null,
      sync: 'async',
    })),
    ...changes,
  };
}

export function resultWith(changes: Partial<Result> = {}): Result {
  return {
    operation: 'install',
    outcome: 'succeeded',
    release: 'orders',
    namespace: 'team-a',
    context: 'prod-eu',
    revision: 1,
    chartVersion: '16.7.26',
    postgresVersion: '17.6',
    durationMs: 14_210,
    endpoints: null,
    credentials: null,
    warnings: [],
    phases: [],
    notes: [],
    ...changes,
  };
}

const wanted = parametersWith({
  storageClass: 'gp3',
  images: {source: 'bitnamilegacy', tag: '17.6.0-debian-12-r0', digest: null, pullSecret: null},
});
const manifest = (kind: string, name: string) =>
  [
    '---',
    `# Source: postgresql/templates/${kind.toLowerCase()}.yaml`,
    'apiVersion: v1',
    `kind: ${kind}`,
    'metadata:',
    `  name: ${name}`,
  ].join('\n');
const values = toValues(wanted, {fullname: 'orders-postgresql'});

/** What a dry run of an install gives. */
export const planned: Result = resultWith({
  outcome: 'planned',
  revision: null,
  warnings: [
    {code: 'ENCRYPTION_UNKNOWN', message: 'Storage class gp3 does not say whether its volumes are encrypted.'},
  ],
  plan: planInstall({
    survey,
    parameters: wanted,
    values,
    manifests: [manifest('Service', 'orders-postgresql-primary'), manifest('Service', 'orders-postgresql-read')].join(
      '\n',
    ),
    command:
      'pg-helm-install install orders --context prod-eu --namespace team-a --username app --read-replicas 2 ' +
      '--password-stdin --yes',
    steps: ['secret', 'release', 'storage', 'writer', 'readers', 'endpoints'].map((name) => ({name, command: null})),
  }),
});

export const replanned: Result = resultWith({
  operation: 'scale',
  outcome: 'planned',
  plan: {
    consequences: [
      {
        code: 'REPLICA_ADD',
        object: 'Pod/orders-postgresql-read-2',
        sentence:
          'Reader orders-postgresql-read-2 is added, with 500m CPU and 1Gi memory. It gets a volume of 20Gi of ' +
          'class gp3.',
      },
    ],
    steps: [],
    values: {...toValues(parametersWith({readReplicaCount: 3}), {fullname: 'orders-postgresql'})},
    diff: [
      '  kind: StatefulSet',
      '  metadata:',
      '    name: orders-postgresql-read',
      '  spec:',
      '-   replicas: 2',
      '+   replicas: 3',
    ].join('\n'),
    command: 'pg-helm-install scale orders --read-replicas 3',
  },
});

const withoutVolume: Result = {
  ...replanned,
  plan: {
    ...(replanned.plan ?? {steps: [], values: {}, manifests: '', command: ''}),
    consequences: [
      {
        code: 'REPLICA_REMOVE',
        object: 'Pod/orders-postgresql-read-1',
        sentence: 'Reader orders-postgresql-read-1 goes, and its connections with it.',
      },
      {
        code: 'DATA_DELETED',
        object: 'PersistentVolumeClaim/data-orders-postgresql-read-1',
        sentence:
          "Volume data-orders-postgresql-read-1 (20Gi) is deleted, with the reader's copy on it. The writer " +
          'keeps its own.',
      },
    ],
    command: 'pg-helm-install scale orders --read-replicas 1 --delete-volumes',
  },
};

type OtherChange = 'resize' | 'set' | 'rollback' | 'restart';

const sentences: Readonly<Record<OtherChange, readonly string[]>> = {
  resize: [
    'The 2 readers get 500m CPU and 2Gi memory while running: nothing restarts, no session ends.',
    'The writer gets 500m CPU and 2Gi memory while running: nothing restarts, no session ends.',
    "PostgreSQL's own cache (shared_buffers) does not follow it: it stays what the settings say until they " +
      'change and it restarts.',
  ],
  set: [
    'Clients that ask for TLS get it, with the certificate of an authority of its own, whose certificate they can ' +
      'verify. Clients without TLS are let in too.',
    'All databases are dumped at "0 3 * * *" (UTC) to the volume orders-postgresql-pgdumpall of 8Gi; 7 of them stay ' +
      'there, and the volume stays on uninstall. Nothing restarts.',
    'The 2 readers restart one after the other, each streaming again before the next. Sessions on a reader end ' +
      'when it restarts.',
    'The writer restarts once, last, in a new pod: sessions end, and it is out for a few seconds.',
  ],
  rollback: [
    'What revision 2 wanted comes back: image bitnamilegacy 17.5.0-debian-12-r20 instead of bitnamilegacy ' +
      '17.6.0-debian-12-r0. The data stays as it is now, with what was written since, and so do the passwords.',
    'The writer restarts once, last and in its pod: sessions end, and it is out for about a second. Its address stays.',
  ],
  restart: [
    'The 2 readers restart one after the other, each streaming again before the next. Sessions on a reader end ' +
      'when it restarts.',
    'The writer restarts once, last, in a new pod: sessions end, and it is out for a few seconds.',
  ],
};

/** What a dry run of another change gives. */
function planOfChange(kind: OtherChange): Result {
  const consequences = sentences[kind].map((sentence) => ({
    code: 'RESIZE_IN_PLACE' as const,
    object: 'StatefulSet/orders-postgresql-primary',
    sentence,
  }));
  return resultWith({
    operation: kind,
    outcome: 'planned',
    plan: {consequences, steps: [], values, diff: '', command: `pg-helm-install ${kind} orders`},
  });
}

/** What a dry run of a rotation of the application's password gives. */
const planOfRotation: Result = resultWith({
  operation: 'rotate-password',
  outcome: 'planned',
  plan: {
    consequences: [
      ...rotationConsequences({
        target: {context: 'lab', namespace: 'team-a', release: 'orders', fullname: 'orders-postgresql'},
        username: 'app',
        roles: ['user'],
        isGiven: false,
        startedAt: null,
        readers: 2,
        exportersStay: [],
        chartSecret: null,
        workloads: [{kind: 'Deployment', name: 'web', by: 'environment'}],
      }),
    ],
    steps: [],
    values: {},
    manifests: '',
    command: 'pg-helm-install rotate-password orders --role app',
  },
});

/** What a dry run of a switchover gives; null: to the first reader. */
function planOfSwitchover(to: string | null): Result {
  const side = (name: string) => ({
    claim: {name: `data-${name}`, labels: {}, ownerReferences: []},
    volume: {name: `pvc-${name}`, reclaimPolicy: 'Delete' as const, spec: {}},
  });
  const pod = to ?? 'orders-postgresql-read-0';
  const server = {timeline: 1, isReader: false, isSynchronous: false, settings: {}, slots: []};
  return resultWith({
    operation: 'switchover',
    outcome: 'planned',
    plan: {
      consequences: switchoverConsequences({
        target: {context: 'lab', namespace: 'team-a', release: 'orders', fullname: 'orders-postgresql'},
        record: {
          phase: 'fence',
          pod: {name: pod, uid: ''},
          timeline: 1,
          fencedAt: null,
          writer: side('orders-postgresql-primary-0'),
          reader: side(pod),
        },
        nodes: {writer: 'node-a', reader: 'node-b'},
        otherReaders: ['orders-postgresql-read-1'].filter((name) => name !== pod),
        unlogged: ['shop: carts'],
        writer: {...server, settings: {work_mem: '5MB'}},
        reader: {...server, isReader: true},
        oldPlace: null,
      }),
      steps: [],
      values: {},
      manifests: '',
      command: `pg-helm-install switchover orders --to ${pod}`,
    },
  });
}

/** The writer's node does not answer. */
export const writerLost: Status = (() => {
  const {pods, endpoints, ...rest} = statusWith();
  const [writer, ...readers] = pods;
  return {
    ...rest,
    state: 'broken',
    pods: writer ? [{...writer, node: 'node-a', ready: false}, ...readers] : readers,
    endpoints: endpoints && {...endpoints, writer: {...endpoints.writer, proven: false, provenAt: null}},
    cause: cause(
      'NODE_LOST',
      "The node node-a does not answer, so the writer's pod orders-postgresql-primary-0 is away.",
    ),
    replication: [],
  };
})();

/** What a dry run of a failover gives: refused, unless somebody says that the node is off. */
function planOfFailover({to, nodeIsOff}: OperationOf<'failover'>): Result {
  const target = {context: 'lab', namespace: 'team-a', release: 'orders', fullname: 'orders-postgresql'};
  const position = (ordinal: number, bytes: number) => ({
    pod: `orders-postgresql-read-${ordinal}`,
    lsn: `0/50${ordinal}4B40`,
    bytes,
    timeline: 1,
    slot: '',
    receiver: null,
    replayedAt: '2026-01-02T03:04:01Z',
  });
  const positions = [position(0, 1000), position(1, 2000)];
  const evidence = {
    pod: {
      name: 'orders-postgresql-primary-0',
      isReady: false,
      isProven: false,
      isAnother: false,
      container: 'running',
    },
    node: {
      kind: 'there' as const,
      name: 'node-a',
      isReady: false,
      since: '2026-01-02T03:04:41Z',
      leaseAgeMs: 61_000,
      isOutOfService: false,
    },
    answers: positions.map(({pod}) => ({from: pod, said: 'no response' as const})),
    attachedTo: null,
    positions,
  };
  const refused = nodeIsOff ? null : failoverRefusal(target, evidence, 'perhaps alive');
  if (refused) return resultWith({operation: 'failover', outcome: 'refused', cause: refused});
  const chosen = position(to === positions[0]?.pod ? 0 : 1, to === positions[0]?.pod ? 1000 : 2000);
  const consequences = failoverConsequences({
    target,
    verdict: 'gone',
    nodeIsOff,
    chosen,
    positions,
    diskCanMove: false,
    silent: [],
    isSentAll: false,
    commitsWaitFor: 0,
    atRisk: {
      bytes: 10_240,
      lastSignAt: '2026-01-02T03:04:01Z',
      isCovered: false,
      silentMs: 41_000,
      writer: {bytes: 0x5017340, at: '2026-01-02T03:04:01Z'},
    },
    nodes: {writer: 'node-a', reader: 'node-b'},
    oldVolume: {name: 'pvc-29e702d0', size: '20Gi', kept: 'orders-postgresql-kept-20260102t0305'},
  });
  const told = writerSeen(evidence, 'gone', nodeIsOff);
  const plan = {
    consequences,
    steps: [],
    values: {},
    manifests: '',
    command: 'pg-helm-install failover orders',
    ...told,
  };
  return resultWith({operation: 'failover', outcome: 'planned', plan});
}

/** What a dry run of an uninstall gives. */
function planOfRemoval({deleteData, dumpTo}: OperationOf<'uninstall'>): Result {
  if (dumpTo === 'taken.sql')
    return {
      ...resultWith({operation: 'uninstall', outcome: 'refused'}),
      cause: {
        ...imageNotFound,
        code: 'BAD_INPUT',
        message:
          '--dump-to: /home/ann/taken.sql is there already, and nothing is written over it. Name another ' +
          'file, or move that one away. Nothing was changed.',
        evidence: [],
        remedies: [],
      },
    };
  const fate = deleteData ? ('deleted' as const) : ('kept' as const);
  const volumes = ['primary-0', 'read-0', 'read-1', 'read-2'].map((name) => ({
    kind: 'PersistentVolumeClaim',
    name: `data-orders-postgresql-${name}`,
    fate,
    bytes: 20 * 2 ** 30,
  }));
  return resultWith({
    operation: 'uninstall',
    outcome: 'planned',
    plan: {consequences: [], steps: [], values: {}, manifests: '', command: ''},
    ledger: [...volumes, {kind: 'Secret', name: 'orders-postgresql-auth', fate, bytes: null}],
  });
}

function planOf(operation: Operation): Result {
  switch (operation.kind) {
    case 'uninstall':
      return planOfRemoval(operation);
    case 'scale':
      return operation.deleteVolumes ? withoutVolume : replanned;
    case 'upgrade':
      return replanned;
    case 'rotate-password':
      return planOfRotation;
    case 'switchover':
      return planOfSwitchover(operation.to);
    case 'backup':
      return planOfRestore(operation);
    case 'failover':
      return planOfFailover(operation);
    case 'resize':
    case 'set':
    case 'rollback':
    case 'restart':
      return planOfChange(operation.kind);
    default:
      return planned;
  }
}

const entry = (name: string, changes: Partial<BackupEntry> = {}): BackupEntry => ({
  name,
  startedAt: name.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'),
  seconds: 12,
  bytes: 3_400_000,
  postgresVersion: '17.12',
  username: 'app',
  database: 'appdb',
  databases: [{name: 'appdb', bytes: 12_000_000, tables: 4, rows: 12_480}],
  proof: null,
  ...changes,
});

/** What is on the volume of the backups. */
export const listing: BackupListing = {
  backups: [
    entry('20260102T030000Z'),
    entry('20260101T030000Z', {proof: {at: '2026-01-01T09:00:00Z', ok: true, tables: 4, rows: 12_480}}),
    entry('20251231T030000Z', {proof: {at: '2026-01-01T08:00:00Z', ok: false, why: 'table carts: 12 rows, not 13'}}),
  ],
  sizeBytes: 8 * 2 ** 30,
  freeBytes: 7.5 * 2 ** 30,
};

/** What a dry run of a restore gives. */
function planOfRestore({as, backup}: OperationOf<'backup'>): Result {
  const sentence = `${as} is installed as a new release, and gets what orders had at 2026-01-02T03:00:00Z.`;
  return resultWith({
    operation: 'backup',
    outcome: 'planned',
    plan: {
      consequences: [{code: 'BACKUP_RESTORE', object: `Release/${as}`, sentence}],
      steps: [],
      values: {},
      manifests: '',
      command: `pg-helm-install backup orders restore ${backup} --as ${as}`,
    },
  });
}

/** What an operation asks for, without the release that it is about. */
export function askedIn(operation: Operation): object {
  return Object.fromEntries(
    Object.entries(operation).filter(([key]) => !['release', 'namespace', 'context'].includes(key)),
  );
}

/** The text of an operation in `calls`. */
function callOf(operation: Operation): string {
  const {kind, release} = operation;
  switch (kind) {
    case 'install':
      return `install ${release} ${JSON.stringify(operation.answers)}`;
    case 'uninstall': {
      const dump = operation.dumpTo === null ? '' : ` after a dump to ${operation.dumpTo}`;
      return `uninstall ${release}${operation.deleteData ? ' with data' : ''}${dump}`;
    }
    case 'scale':
      return `scale ${release} ${operation.readReplicas}${operation.deleteVolumes ? ' without their volumes' : ''}`;
    case 'upgrade': {
      const {chartVersion, images} = operation;
      return `upgrade ${release} ${JSON.stringify({chartVersion, images})}`;
    }
    default:
      return `${kind} ${release} ${JSON.stringify(askedIn(operation))}`;
  }
}

/** Something that tells while it goes on, until the test ends it. */
export class Feed<T, R = void> {
  private readonly waiting: (() => void)[] = [];
  private readonly told: (IteratorResult<T, R> | {readonly error: unknown})[] = [];
  private push(one: IteratorResult<T, R> | {readonly error: unknown}): void {
    this.told.push(one);
    for (const wake of this.waiting.splice(0)) wake();
  }
  tell(...values: readonly T[]): void {
    for (const value of values) this.push({done: false, value});
  }
  end(value: R): void {
    this.push({done: true, value});
  }
  fail(error: unknown): void {
    this.push({error});
  }
  async *read(signal?: AbortSignal): AsyncGenerator<T, R> {
    signal?.addEventListener('abort', () => this.waiting.splice(0).forEach((wake) => wake()), {once: true});
    for (;;) {
      const next = this.told.shift();
      if (!next) {
        if (signal?.aborted) return undefined as R;
        await new Promise<void>((wake) => this.waiting.push(wake));
      } else if ('error' in next) throw next.error;
      else if (next.done) return next.value;
      else yield next.value;
    }
  }
}

class FakeWork extends Feed<Progress, Result> {
  stopped = false;
}

export interface FakeClient extends Client {
  /** The calls that change something, in order, such as `scale orders 3`. */
  readonly calls: string[];
  /** The plan that each start names as the one that was shown. */
  readonly shown: (Plan | null)[];
  /** The work of each operation that was begun. */
  readonly works: FakeWork[];
  /** What the dashboard is told; the newest last. */
  readonly follows: Feed<Status | null | {readonly lost: string}>[];
}

/** A client for which everything works and nothing is installed, except for what is given. */
export function fakeClient(changes: Partial<Client> & {readonly status?: Status} = {}): FakeClient {
  const calls: string[] = [];
  const works: FakeWork[] = [];
  const shown: FakeClient['shown'] = [];
  const follows: FakeClient['follows'] = [];
  const {status = statusWith(), ...members} = changes;
  const work = (call: string): Work => {
    calls.push(call);
    const own = new FakeWork();
    works.push(own);
    return {steps: own.read(), stop: () => void (own.stopped = true)};
  };
  return {
    calls,
    shown,
    works,
    follows,
    timeoutMs: 600_000,
    contexts: async () => ({names: ['prod-eu', 'lab'], current: 'prod-eu'}),
    open: async (context) => ({...opened, context: context ?? 'prod-eu'}),
    survey: async () => surveyed,
    plan: async (operation) => planOf(operation),
    start(operation, _password, plan = null) {
      shown.push(plan);
      return work(callOf(operation));
    },
    useKubeconfig: (path) => void calls.push(`kubeconfig ${path}`),
    useSandbox: async () => void calls.push('sandbox'),
    fetchHelm: async () => void calls.push('fetch helm'),
    run: (operation) => work(`run ${render(operation)}`),
    backups: async () => listing,
    versions: async () => ({
      imageTags: ['17.6.0-debian-12-r4', '17.6.0-debian-12-r0', '17.5.0-debian-12-r20'],
      chartVersions: null,
      chartIsFolder: false,
    }),
    chartValues: async () => ({architecture: 'replication', image: {registry: 'docker.io'}, auth: {username: ''}}),
    earlierRevisions: async () => [
      {revision: 3, at: '2026-01-01 12:00', chartVersion: '16.7.26', description: 'Upgrade complete'},
      {revision: 2, at: '2026-01-01 08:30', chartVersion: '16.7.26', description: 'Rollback to 1'},
      {revision: 1, at: '2025-12-31 23:59', chartVersion: '16.7.25', description: 'Install complete'},
    ],
    follow(_target, signal) {
      const feed: FakeClient['follows'][number] = new Feed();
      follows.push(feed);
      feed.tell(status);
      return feed.read(signal);
    },
    async *activity(_target, signal) {
      for (const activity of activitiesOf()) yield activity;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, {once: true}));
    },
    async endSession(_target, {pid}, what) {
      calls.push(`end ${what} ${pid}`);
      return 'asked';
    },
    password: async () => 'open-sesame-1234',
    connectionStrings: async (_target, role) => {
      const host = `orders-postgresql-${role === 'writer' ? 'primary' : 'read'}.team-a.svc.cluster.local`;
      return {
        uri: `postgresql://app:••••••••@${host}:5432/appdb`,
        psql: `psql -h ${host} -p 5432 -U app -d appdb`,
        env: `PGHOST=${host}\nPGPORT=5432\nPGUSER=app\nPGDATABASE=appdb`,
        jdbc: `jdbc:postgresql://${host}:5432/appdb?user=app&password=••••••••`,
        dotnet: `Host=${host};Port=5432;Username=app;Password=••••••••;Database=appdb`,
      };
    },
    values: async () => ({architecture: 'replication', auth: {username: 'app'}}),
    history: async () => ({
      revisions: [
        revisionWith(1, 'superseded', '2026-01-01T00:00:00Z', 'Install complete'),
        revisionWith(2, 'deployed', '2026-01-02T00:00:00Z', 'Upgrade complete'),
      ],
      roleMoves: [],
      beforeAdoption: null,
    }),
    logs: async () => [
      {
        pod: 'orders-postgresql-primary-0',
        role: 'writer',
        lines: ['LOG:  database system is ready to accept connections'],
      },
    ],
    releases: async () => [],
    ...members,
  };
}

export function revisionWith(revision: number, status: HelmStatus, updatedAt: string, description: string) {
  const chart = {chartVersion: '16.7.26', chartName: 'postgresql', appVersion: '17.6.0', imageTag: null};
  return {revision, status, updatedAt, description, ...chart};
}

const sessionWith = (changes: Partial<DatabaseSession>): DatabaseSession => ({
  pid: 4711,
  startedAt: at(-100),
  user: 'app',
  database: 'appdb',
  application: 'shop',
  client: '10.0.1.17',
  state: 'active',
  stateSeconds: 2,
  transactionSeconds: 12,
  querySeconds: 2,
  waits: null,
  waitsFor: [],
  query: 'update orders set state = 3 where id = 42',
  ...changes,
});

/** Half a minute of a busy writer. */
export function activitiesOf(): Activity[] {
  const counters = {commits: 0, rollbacks: 0, blocksRead: 0, blocksHit: 0, rowsRead: 0, rowsWritten: 0};
  const more = {tempFiles: 0, tempBytes: 0, deadlocks: 0};
  return Array.from({length: 31}, (_, second) => {
    const wave = 100 + Math.round(60 * Math.sin(second / 4));
    counters.commits += wave;
    counters.blocksHit += 990;
    counters.blocksRead += 10;
    counters.rowsRead += 40 * wave;
    counters.rowsWritten += 3 * wave;
    return {
      at: now + (second - 30) * 1000,
      counters: {...counters, ...more},
      walBytes: 30_000 * second * second,
      lagBytes: second % 10 === 9 ? 65_536 : 0,
      streamingReaders: 2,
      desiredReaders: 2,
      maxConnections: 100,
      oldestXidAge: 1_234_567,
      states: {active: 2, idle: 9, 'idle in transaction': 1},
      sessions: [
        sessionWith({pid: 4699, state: 'idle in transaction', transactionSeconds: 75, querySeconds: null}),
        sessionWith({waits: 'Lock: transactionid', waitsFor: [4699]}),
        sessionWith({pid: 4712, user: 'reports', query: 'select count(*) from orders', transactionSeconds: 2}),
        sessionWith({pid: 4713, state: 'idle', transactionSeconds: null, querySeconds: null, stateSeconds: 300}),
      ],
      costMs: 0.8,
      disk: [
        {at: now - 600_000, usedBytes: 2.3 * 2 ** 30, capacityBytes: 20 * 2 ** 30},
        {at: now, usedBytes: 2.31 * 2 ** 30, capacityBytes: 20 * 2 ** 30},
      ],
    };
  });
}

export const imageNotFound = cause(
  'IMAGE_NOT_FOUND',
  'The registry has no image docker.io/bitnamilegacy/postgresql:17.9.9. Waiting does not heal it.',
  {
    object: {kind: 'Pod', namespace: 'team-a', name: 'orders-postgresql-primary-0'},
    evidence: ['Failed to pull image "docker.io/bitnamilegacy/postgresql:17.9.9": not found'],
    remedies: [
      {title: 'Run the same command again: it goes on where it is', again: true},
      propose('Choose a tag that exists', {
        kind: 'upgrade',
        release: 'orders',
        namespace: 'team-a',
        context: null,
        images: {tag: '17.6.0-debian-12-r0'},
        chartVersion: null,
      }),
      {title: 'Ask whoever runs the registry'},
    ],
  },
);

export const unreachable = new UserError(
  cause('CLUSTER_UNREACHABLE', 'The cluster of context prod-eu does not answer.', {
    evidence: ['connect ECONNREFUSED 10.0.0.1:6443'],
    remedies: [
      {title: 'Try again', again: true},
      {title: 'See what kubectl says', command: 'kubectl --context prod-eu cluster-info'},
    ],
  }),
);

/** How far an install is after some seconds. */
export function tracksAt(
  seconds: number,
  ...states: readonly (readonly [Extract<Progress, {type: 'track'}>['track'], 'waiting' | 'running' | 'done', string])[]
): Progress[] {
  return states.map(([track, state, text]) => ({
    type: 'track',
    time: at(seconds),
    track,
    state,
    text,
    since: null,
    waitingFor: null,
  }));
}

export function event(seconds: number, pod: string, text: string): Progress {
  return {
    type: 'log',
    time: at(seconds),
    source: 'event',
    object: {kind: 'Pod', namespace: 'team-a', name: `orders-postgresql-${pod}`},
    text,
  };
}
