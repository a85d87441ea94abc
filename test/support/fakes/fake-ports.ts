// A small cluster in memory, with helm, a database and a clock of its own: what operations see through their ports. It
// can be killed.
import {cause, UserError} from '../../../source/core/cause.ts';
import {claimOfPod, metricsUser, objectNames, replicationUser, type GivenNames} from '../../../source/chart/names.ts';
import {nextKey, passwordKeysOf, previousKey, secretKeys} from '../../../source/chart/secret-keys.ts';
import {mergeValues} from '../../../source/chart/tree.ts';
import {toValues} from '../../../source/chart/values.ts';
import type {PersistentVolumeClaim, ObjectMetadata, PersistentVolume} from '../../../source/observation/kubernetes.ts';
import type {
  Fact,
  HelmStatus,
  OperationRecord,
  PasswordOf,
  Revision,
  Snapshot,
  Target,
} from '../../../source/observation/snapshot.ts';
import type {DumpAt} from '../../../source/operations/ports/database.ts';
import type {HelmRun} from '../../../source/operations/ports/helm.ts';
import type {Ports} from '../../../source/operations/ports/index.ts';
import type {LeaseRecord} from '../../../source/operations/ports/lease.ts';
import type {Observation} from '../../../source/operations/ports/observation.ts';
import type {ChangingPasswords, Passwords, SecretReader} from '../../../source/operations/ports/secret.ts';
import {passwordsOf} from '../../../source/observation/rotation.ts';
import {claimOf, iso, podOf, proof, range, replication, serviceOf, setOf} from './fake-objects.ts';
import type {Sorting} from '../../../source/chart/collations.ts';
import {goodSurvey, parametersWith, targetFor} from './survey.ts';

type Values = Readonly<Record<string, unknown>>;

/** What a SIGKILL is to the code under test: nothing of it runs after this. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

interface Applied {
  /** The virtual time at which helm applied the objects. */
  readonly at: number;
  readonly readers: number;
}

/** All that survives the death of the installer. Times in virtual milliseconds since the epoch. */
export class FakeCluster {
  readonly target: Target;
  readonly began = Date.parse('2026-01-02T03:04:05Z');
  time = this.began;
  reachable = true;
  namespace = true;
  secret: ChangingPasswords | null = null;
  metricsRole = false;
  /** What the exporter in each pod logs in with; a pod that is not here has what the Secret had when it was made. */
  readonly exporters = new Map<string, string>();
  /** The Secret that the chart made before the release was adopted; null: there is none. */
  chartSecret: {passwords: ChangingPasswords; heldBy: string | null} | null = null;
  /** While passwords change: what the Secret has beside the passwords. */
  next: ChangingPasswords = {};
  previous: ChangingPasswords = {};
  rotation: string | null = null;
  /** What each reader would stream with from its next connection on. */
  readonly streamsWith = new Map<string, string>();
  /** The database that the release remembers. */
  systemIdentifier: string | null = null;
  /** What the pods have as files: the kubelet brings a change of the Secret there late, and its deletion never. */
  mounted: ChangingPasswords | null = null;
  /** Since when the files differ from the Secret; null while they do not. */
  private staleSince: number | null = null;
  /** Why no pod can be asked for its files or a login; null: each can. */
  execFailure: string | null = null;
  revisions: (Revision & {readonly values: Values})[] = [];
  lease:
    | (LeaseRecord & {
        holder: string;
        renewedAt: number;
      })
    | null = null;
  applied: Applied | null = null;
  /** The passwords with which the database was made. */
  database: (Passwords & ChangingPasswords) | null = null;
  /** How long the database takes from the moment its objects are there. */
  pace = {writerReadyMs: 3000, readersStreamMs: 6000};
  /** How long a look takes: what it shows is that old when it is seen. */
  lookMs = 0;
  /** Changes each Snapshot at the end, to show what a healthy cluster does not. */
  touch: (snapshot: Snapshot) => Snapshot = (snapshot) => snapshot;
  /** What the writer says of how it sorts text; null: it does not answer. */
  sorting: Sorting | null = {icu: null, texts: []};
  /** Claims whose volumes outlive them; null: the volumes may not be read. */
  retains: readonly string[] | null = [];
  /** The files of the operator's machine, by path; 'other': a file that is not ours. */
  readonly files = new Map<string, Extract<DumpAt, {kind: 'dump'}> | 'other'>();
  /** The objects of the release on the cluster that helm will not remove, or that it has left. */
  leftObjects: readonly ObjectMetadata[] = [];
  /** What the installer made beside helm. */
  ownObjects: readonly ObjectMetadata[] = [];
  /** Mutating calls, in order. */
  readonly changes: string[] = [];
  readonly alive = new Set<string>();
  /** Holders elsewhere, and whether the clocks make them look alive, until they have been watched for 30 seconds. */
  readonly estimates = new Map<string, 'alive' | 'dead'>();
  private schedule: {at: number; what: () => void}[] = [];

  /** @param given what the values say about names */
  constructor(given?: GivenNames) {
    this.target = {...targetFor('orders'), ...(given ? {given} : {})};
  }

  /** Makes something happen so many milliseconds after the beginning. */
  after(ms: number, what: () => void): void {
    this.schedule.push({at: this.began + ms, what});
  }

  advance(ms: number): void {
    this.time += ms;
    const due = this.schedule.filter(({at}) => at <= this.time);
    this.schedule = this.schedule.filter(({at}) => at > this.time);
    for (const {what} of due) what();
    const {applied, secret} = this;
    if (applied && isWhole(secret) && !this.database && this.time - applied.at >= 1000) this.database = secret;
    this.refreshFiles();
  }

  private refreshFiles(): void {
    const {applied, secret, mounted, time} = this;
    if (!applied) return void (this.mounted = null);
    if (!mounted) return void (this.mounted = secret && {...secret});
    const isStale = secret !== null && JSON.stringify(secret) !== JSON.stringify(mounted);
    this.staleSince = isStale ? (this.staleSince ?? time) : null;
    if (this.staleSince !== null && time - this.staleSince >= kubeletRefreshMs) this.mounted = {...secret};
  }

  get metricsPassword(): boolean {
    return this.secret?.metrics !== undefined;
  }

  set metricsPassword(is: boolean) {
    const others = Object.entries(this.secret ?? {}).filter(([role]) => role !== 'metrics');
    this.secret = {...Object.fromEntries(others), ...(is ? {metrics: 'd'} : {})};
    if (is && this.database) this.database = {...this.database, metrics: 'd'};
  }

  get elapsed(): number {
    return this.time - this.began;
  }

  operation(): OperationRecord | null {
    if (!this.lease) return null;
    const {holder, renewedAt, ...record} = this.lease;
    const said = {...record, holder, renewedAt: iso(renewedAt)};
    const estimate = this.estimates.get(holder);
    return estimate === undefined
      ? {...said, holderIsAlive: this.alive.has(holder)}
      : {...said, holderIsAlive: estimate === 'alive', isEstimate: true};
  }

  snapshot(): Snapshot {
    const {target, applied, time} = this;
    const names = objectNames(target);
    const age = applied ? time - applied.at : 0;
    const started = applied !== null && this.database !== null;
    const writerReady = started && age >= this.pace.writerReadyMs;
    const streaming = started && age >= this.pace.readersStreamMs;
    const readers = applied?.readers ?? 0;
    const pods = applied
      ? [
          podOf(`${names.writer}-0`, writerReady),
          ...range(readers).map((index) => podOf(`${names.reader}-${index}`, streaming)),
        ]
      : [];
    const facts: Fact[] = [
      ...(writerReady
        ? [
            proof('writer', time, this.metricsRole),
            replication(streaming ? range(readers).map((index) => `${names.reader}-${index}`) : [], time),
          ]
        : []),
      ...(streaming && readers > 0 ? [proof('reader', time)] : []),
    ];
    return this.touch({
      takenAt: time,
      target,
      namespace: this.namespace ? {metadata: {name: target.namespace}, phase: 'Active'} : null,
      release: {revisions: this.revisions.map(withoutValues), values: this.revisions.at(-1)?.values ?? null},
      statefulSets: applied ? [setOf(names.writer, 1, applied.at), setOf(names.reader, readers, applied.at)] : [],
      pods,
      claims: started ? pods.map(({metadata}) => claimOf(metadata.name)) : [],
      services: applied ? [serviceOf(names.writer), serviceOf(names.reader)] : [],
      events: [],
      secret: this.secret && {
        name: names.secret,
        keys: [
          ...secretKeysOf(this.secret),
          ...secretKeysOf(this.next).map(nextKey),
          ...secretKeysOf(this.previous).map(previousKey),
        ],
        ours: true,
        systemIdentifier: this.systemIdentifier,
        rotation: this.rotation,
      },
      logTails: {},
      nodeAddress: null,
      database: facts,
      operation: this.operation(),
      unreadable: [],
    });
  }

  /** What helm makes of the values. */
  applyObjects(values: Values): void {
    const {replicaCount = 0} = (mergeValues({}, values)['readReplicas'] ?? {}) as {replicaCount?: number};
    this.applied = {at: this.applied?.at ?? this.time, readers: replicaCount};
  }

  /**
   * A new run of the program. With `killAt` it dies at that change, counted from 1, before or after the change takes
   * effect.
   */
  run({killAt = Infinity, killAfter = false}: {killAt?: number; killAfter?: boolean} = {}): FakePorts {
    return new FakePorts(this, killAt, killAfter);
  }
}

/** Kubernetes: a minute, for volumes of Secrets. */
const kubeletRefreshMs = 60_000;
const secretKeysOf = (secret: ChangingPasswords): string[] =>
  (Object.keys(secret) as PasswordOf[]).map((role) => passwordKeysOf({})[role]);
const roleOf = (username: string): PasswordOf =>
  (({postgres: 'admin', [replicationUser]: 'replication', [metricsUser]: 'metrics'}) as const)[username] ?? 'user';
const isWhole = (secret: ChangingPasswords | null): secret is Passwords =>
  secret !== null && Object.keys(secretKeys).every((role) => secret[role as keyof Passwords] !== undefined);

let runs = 0;

/** What an install and an uninstall ask. */
type Part = Pick<
  Ports,
  | (
      | 'target'
      | 'now'
      | 'survey'
      | 'look'
      | 'observe'
      | 'createNamespace'
      | 'passwords'
      | 'storedPasswords'
      | 'mountedPasswords'
      | 'tryLogin'
      | 'writePasswords'
      | 'deleteSecret'
      | 'rememberSystemIdentifier'
      | 'rememberWriterPosition'
      | 'storageUnder'
      | 'deleteClaims'
      | 'volumes'
    )
  | ('sorting' | 'rebuildIndexes')
  | ('dump' | 'dumpAt')
  | ('writeMetricsPassword' | 'makeMetricsRole' | 'dropMetricsRole' | 'giveExporterPassword' | 'askExporter')
  | ('rotation' | 'writeNext' | 'promoteNext' | 'dropPrevious' | 'secretReaders' | 'changePasswords' | 'followPassword')
  | ('chartSecret' | 'writeChartSecret')
  | ('record' | 'revisions' | 'manifest' | 'helmObjects' | 'ownObjects' | 'deleteObjects')
  | ('takeLease' | 'watchHolder' | 'renewLease' | 'confirmLease' | 'pauseLease' | 'endLease' | 'helm')
>;

export class FakePorts implements Part {
  readonly target;
  readonly holder = `ann@laptop/${++runs}/1`;
  /** What the next calls of helm do instead, one after the other. */
  readonly helmFailures: (() => void)[] = [];
  /** The calls that were made, reading ones too. */
  readonly calls: string[] = [];
  private changed = 0;
  private dead = false;
  private looking = false;
  private rung = false;

  constructor(
    readonly cluster: FakeCluster,
    private readonly killAt = Infinity,
    private readonly killAfter = false,
  ) {
    this.target = cluster.target;
    cluster.alive.add(this.holder);
  }

  /** Asking for a port that this fake lacks throws an error that names it. */
  get ports(): Ports {
    return new Proxy(this as unknown as Ports, {
      get: (whole, name) => {
        if (!(name in whole)) throw new Error(`the fake ports have no ${String(name)}`);
        return Reflect.get(whole, name) as unknown;
      },
    });
  }

  now(): number {
    return this.cluster.time;
  }

  async survey({password}: {readonly password: string | null}) {
    this.calls.push('survey');
    const {cluster} = this;
    const {release, claims, operation} = cluster.snapshot();
    return goodSurvey({
      takenAt: cluster.time,
      target: cluster.target,
      namespace: {state: cluster.namespace ? 'exists' : 'absent', podSecurity: null},
      release,
      claims,
      operation,
      secret: cluster.secret && {
        name: objectNames(cluster.target).secret,
        keys: secretKeysOf(cluster.secret),
        ours: true,
        systemIdentifier: cluster.systemIdentifier,
        passwordMatches: password === null ? null : cluster.secret.user === password,
      },
    });
  }

  async permissions(): ReturnType<Ports['permissions']> {
    return [];
  }

  async look(): Promise<Snapshot> {
    this.calls.push('look');
    return this.cluster.snapshot();
  }

  observe(signal: AbortSignal) {
    const requestLook = () => void (this.rung = true);
    return {observations: this.looks(signal), requestLook};
  }

  private async *looks(signal: AbortSignal): AsyncGenerator<Observation> {
    const {cluster} = this;
    let lostSince: number | null = null;
    this.looking = true;
    try {
      while (!signal.aborted) {
        this.rung = false;
        const began = cluster.time;
        const snapshot = cluster.snapshot();
        const {reachable} = cluster;
        cluster.advance(cluster.lookMs);
        lostSince = reachable ? null : (lostSince ?? began);
        await others();
        yield reachable
          ? {kind: 'seen', snapshot}
          : {kind: 'lost', since: lostSince ?? began, text: 'connect ECONNREFUSED'};
        await others();
        cluster.advance(this.rung ? 120 : 1000);
        await others();
      }
    } finally {
      this.looking = false;
    }
  }

  writeMetricsPassword = () => this.change('metrics password', (cluster) => void (cluster.metricsPassword = true));
  makeMetricsRole = () =>
    this.change('metrics role', (cluster) => {
      const {database, secret} = cluster;
      cluster.metricsRole = true;
      if (database && secret?.metrics !== undefined) cluster.database = {...database, metrics: secret.metrics};
    });
  dropMetricsRole = async () => {
    await this.change('drop metrics role', (cluster) => void (cluster.metricsRole = false));
    await this.change('drop metrics password', (cluster) => void (cluster.metricsPassword = false));
  };
  askExporter = async (pod: string) => {
    const {metricsRole, exporters, secret, database} = this.cluster;
    const has = exporters.get(pod) ?? secret?.metrics;
    return metricsRole && has === database?.metrics ? ('reads' as const) : ('does not read' as const);
  };
  giveExporterPassword = async (pod: string) => {
    this.calls.push(`giveExporterPassword ${pod}`);
    const {secret, exporters} = this.cluster;
    if (secret?.metrics === undefined) return false;
    exporters.set(pod, secret.metrics);
    return true;
  };

  dumpAt = async (path: string): Promise<DumpAt> => {
    const file = this.cluster.files.get(path);
    return file === undefined ? {kind: 'none'} : file === 'other' ? {kind: 'other'} : file;
  };
  /** What the next dump does instead of coming to its end. */
  dumpFailure: (() => void) | null = null;
  dump = async ({path, madeAt}: Parameters<Ports['dump']>[0], onBytes: (bytes: number) => void) => {
    const {release, namespace} = this.target;
    onBytes(1000);
    await this.pass(3000);
    this.dumpFailure?.();
    await this.change(
      'dump',
      ({files}) => void files.set(path, {kind: 'dump', release, namespace, madeAt, whole: true, bytes: 2000}),
    );
    return {bytes: 2000};
  };

  sorting: Ports['sorting'] = async () => this.cluster.sorting;
  rebuildIndexes: Ports['rebuildIndexes'] = (texts) =>
    this.change(`rebuild indexes of ${texts.map(({database}) => database).join(', ')}`, (cluster) => {
      const {sorting} = cluster;
      const fresh = sorting?.texts.map((one) => ({...one, version: one.actual ?? one.version})) ?? [];
      cluster.sorting = sorting && {...sorting, texts: fresh};
    });
  volumes = async (claims: readonly PersistentVolumeClaim[]): Promise<Readonly<Record<string, PersistentVolume>>> => {
    const {retains} = this.cluster;
    const ofClaim = (name: string): PersistentVolume => ({
      metadata: {name: `pv-${name}`},
      spec: {persistentVolumeReclaimPolicy: retains?.includes(name) ? 'Retain' : 'Delete'},
    });
    return retains === null ? {} : Object.fromEntries(claims.map(({metadata: {name}}) => [name, ofClaim(name)]));
  };
  rememberSystemIdentifier = (identifier: string | null) =>
    this.change(`remember ${identifier}`, (cluster) => void (cluster.systemIdentifier = identifier));
  /** How far the writer had written decides nothing here. */
  rememberWriterPosition = async () => undefined;
  /** The storage that the pod was on when it was last seen, whatever `touch` shows. */
  storageUnder = async (pod: string): Promise<Pick<Snapshot, 'namespace' | 'claims' | 'volumes'>> => {
    const {namespace, claims, volumes} = this.cluster.snapshot();
    return {
      namespace,
      claims: claims.filter(({metadata}) => metadata.name === claimOfPod(this.target, pod)),
      ...(volumes ? {volumes} : {}),
    };
  };
  /** Volumes that are left over say nothing here. */
  keptSettings: Ports['keptSettings'] = async () => [];
  createNamespace = () => this.change('createNamespace', (cluster) => void (cluster.namespace = true));
  passwords = async () => (isWhole(this.cluster.secret) ? this.cluster.secret : null);
  storedPasswords = async () => this.cluster.secret;
  writePasswords: Ports['writePasswords'] = (passwords, {replace = false} = {}) =>
    this.change('writePasswords', (cluster) => {
      cluster.secret = replace ? {...cluster.secret, ...passwords} : {...passwords, ...cluster.secret};
    });
  mountedPasswords: Ports['mountedPasswords'] = async () => {
    const {mounted, execFailure} = this.cluster;
    const list = (role: PasswordOf) => (execFailure === null ? [mounted?.[role] ?? []].flat() : []);
    const files = {
      admin: list('admin'),
      user: list('user'),
      replication: list('replication'),
      metrics: list('metrics'),
    };
    return mounted ? [{pod: 'orders-postgresql-primary-0', ...files, failure: execFailure}] : [];
  };
  tryLogin: Ports['tryLogin'] = async ({username, password}) => {
    this.calls.push(`tryLogin ${username}`);
    const {database, execFailure} = this.cluster;
    if (!database || execFailure !== null) return {is: 'unknown', text: execFailure ?? 'nothing runs'};
    return database[roleOf(username)] === password
      ? {is: 'right', text: ''}
      : {is: 'wrong', text: 'password authentication failed'};
  };
  rotation: Ports['rotation'] = async () => {
    const {secret, next, previous, rotation: id} = this.cluster;
    return secret && {id, current: secret, next, previous, version: String(this.cluster.changes.length)};
  };
  writeNext: Ports['writeNext'] = (id, next) =>
    this.change('writeNext', (cluster) => {
      Object.assign(cluster, {rotation: id, next: {...next, ...cluster.next}});
    });
  promoteNext: Ports['promoteNext'] = () =>
    this.change('promoteNext', (cluster) => {
      const {secret, next} = cluster;
      const were = Object.entries(secret ?? {}).filter(([role]) => role in next);
      Object.assign(cluster, {secret: {...secret, ...next}, next: {}, previous: Object.fromEntries(were)});
    });
  dropPrevious = () => this.change('dropPrevious', (cluster) => void (cluster.previous = {}));
  /** By the Secret that they read; the release's own is ''. */
  readers: Readonly<Record<string, readonly SecretReader[]>> = {};
  secretReaders: Ports['secretReaders'] = async (secret = '') => this.readers[secret] ?? [];
  chartSecret: Ports['chartSecret'] = async () => {
    const {chartSecret, target} = this.cluster;
    const roles = passwordsOf.filter((role) => chartSecret?.passwords[role] !== undefined);
    return chartSecret && {name: target.fullname, roles, heldBy: chartSecret.heldBy};
  };
  writeChartSecret: Ports['writeChartSecret'] = (passwords) =>
    this.change('writeChartSecret', ({chartSecret}) => {
      if (chartSecret) chartSecret.passwords = {...chartSecret.passwords, ...passwords};
    });
  changePasswords: Ports['changePasswords'] = async (changes, admin) => {
    const {database} = this.cluster;
    if (database?.admin !== admin) return {is: 'refused', text: 'password authentication failed'};
    const changed = Object.fromEntries(changes.map(({username, password}) => [roleOf(username), password]));
    await this.change('changePasswords', (cluster) => void (cluster.database = {...database, ...changed}));
    return {is: 'changed', text: ''};
  };
  followPassword: Ports['followPassword'] = async (pod, {replication: password}) => {
    await this.change(`follow ${pod}`, ({streamsWith}) => void streamsWith.set(pod, password));
    return {is: 'has it'};
  };
  deleteSecret = () => this.change('deleteSecret', (cluster) => void (cluster.secret = null));
  deleteClaims = () => this.change('deleteClaims', (cluster) => void (cluster.database = null));

  revisions: Ports['revisions'] = async () => this.cluster.revisions.map(withoutValues);
  record = async (revision: number) => {
    const found = this.cluster.revisions.find((one) => one.revision === revision);
    return found ? {revision: withoutValues(found), values: found.values} : null;
  };
  manifest = async () => this.rendered();
  ownObjects = async () => this.cluster.ownObjects;
  helmObjects = async () => this.cluster.leftObjects;
  deleteObjects = (objects: readonly ObjectMetadata[]) =>
    this.change('deleteObjects', (cluster) => {
      cluster.leftObjects = cluster.leftObjects.filter((one) => !objects.includes(one));
      cluster.ownObjects = cluster.ownObjects.filter((one) => !objects.includes(one));
    });
  /** What helm renders of the values, as far as an operation reads it; here it is the same for all values. */
  protected rendered(values?: Values): string {
    void values;
    const {writer, reader} = objectNames(this.target);
    return [writer, reader]
      .flatMap((name) => ['StatefulSet', 'Service'].map((kind) => `---\nkind: ${kind}\nmetadata:\n  name: ${name}\n`))
      .join('');
  }

  async takeLease(record: LeaseRecord, over?: string | null): Promise<OperationRecord | null> {
    const operation = this.cluster.operation();
    const isAnother = operation !== null && over !== undefined && operation.startedAt !== over;
    if ((operation?.holderIsAlive || operation?.isEstimate || isAnother) && operation.holder !== this.holder)
      return operation;
    await this.change(
      'takeLease',
      (cluster) => void (cluster.lease = {...record, holder: this.holder, renewedAt: cluster.time}),
    );
    return null;
  }

  noteLease: Ports['noteLease'] = (record) =>
    this.change('noteLease', (cluster) => {
      if (cluster.lease?.holder === this.holder)
        cluster.lease = {...record, holder: this.holder, renewedAt: cluster.time};
    });
  renewLease = () =>
    this.change('renewLease', ({lease, time}) => {
      if (!lease || lease.holder === this.holder) return void (lease && (lease.renewedAt = time));
      throw new UserError(cause('RELEASE_LOCKED', `${lease.holder} took it over`));
    });
  watchHolder: Ports['watchHolder'] = async ({deadline, signal}) => {
    const {cluster} = this;
    this.calls.push('watchHolder');
    const end = Math.min(deadline, cluster.time + 30_000);
    while (cluster.time < end && !signal.aborted && cluster.operation()?.isEstimate) cluster.advance(1000);
    if (cluster.time < deadline && !signal.aborted) cluster.estimates.clear();
    return cluster.operation();
  };
  confirmLease = async () => {
    const {lease} = this.cluster;
    if (lease && lease.holder !== this.holder)
      throw new UserError(cause('RELEASE_LOCKED', `${lease.holder} took it over`));
  };
  pauseLease = () =>
    this.change('pauseLease', ({lease}) => void (lease?.holder === this.holder && (lease.holder = '')));
  endLease = () =>
    this.change('endLease', (cluster) => void (cluster.lease?.holder === this.holder && (cluster.lease = null)));

  readonly helm: Ports['helm'] = {
    install: (run, signal) => this.apply('install', run, signal),
    upgrade: (run, signal) => this.apply('upgrade', run, signal),
    rollback: async (revision, signal) => {
      const values = this.cluster.revisions.find((one) => one.revision === revision)?.values ?? {};
      await this.revise('rollback', values, 'pending-rollback', signal);
    },
    uninstall: async () => {
      await this.change('helm uninstall', (cluster) => Object.assign(cluster, {revisions: [], applied: null}));
    },
    dryRun: async ({values}) => {
      this.calls.push('dryRun');
      return this.rendered(values);
    },
    render: async ({values}) => {
      this.calls.push('render');
      return this.rendered(values);
    },
    chartValues: async () => ({}),
    describe: () => 'helm install orders …',
  };

  private async apply(kind: 'install' | 'upgrade', {values, description}: HelmRun, signal: AbortSignal): Promise<void> {
    const newest = this.cluster.revisions.at(-1);
    if (kind === 'install' && newest)
      throw new UserError(cause('RELEASE_EXISTS', 'cannot re-use a name that is still in use'));
    if (newest?.status.startsWith('pending'))
      throw new UserError(cause('RELEASE_LOCKED', 'another operation is in progress'));
    await this.revise(kind, values, `pending-${kind}`, signal, description);
  }

  /** As helm does: a pending record, the objects, the record again. It can be killed in between. */
  protected async revise(
    kind: string,
    values: Values,
    status: HelmStatus,
    signal: AbortSignal,
    description = `${kind} complete`,
  ): Promise<void> {
    await this.change(`helm ${kind}: record`, ({revisions, time}) => {
      revisions.push({
        revision: revisions.length + 1,
        status,
        updatedAt: iso(time),
        chartVersion: '16.7.26',
        chartName: 'postgresql',
        appVersion: '17.6.0',
        description: `${kind} underway`,
        values,
      });
    });
    this.helmFailures.shift()?.();
    await this.pass(500);
    if (signal.aborted) throw new UserError(cause('CANCELLED', 'helm was stopped'));
    try {
      await this.change(`helm ${kind}: objects`, (cluster) => cluster.applyObjects(values));
    } catch (error) {
      if (error instanceof UserError)
        this.cluster.revisions = this.cluster.revisions.map((one, index, {length}) =>
          index === length - 1 ? {...one, status: 'failed'} : one,
        );
      throw error;
    }
    await this.change(`helm ${kind}: deployed`, (cluster) => {
      cluster.revisions = cluster.revisions.map((one, index, {length}) => ({
        ...one,
        description: index === length - 1 ? description : one.description,
        status:
          index === length - 1
            ? 'deployed'
            : one.status === 'deployed' || one.status.startsWith('pending')
              ? 'superseded'
              : one.status,
      }));
    });
  }

  protected async change(name: string, effect: (cluster: FakeCluster) => void): Promise<void> {
    if (this.dead) throw new Killed(name);
    if (!this.cluster.reachable)
      throw new UserError(cause('CONNECTION_LOST', 'The connection to the cluster broke off.'));
    this.changed++;
    const killed = this.changed === this.killAt;
    this.dead = killed;
    if (killed) this.cluster.alive.delete(this.holder);
    if (!killed || this.killAfter) {
      this.cluster.changes.push(name);
      effect(this.cluster);
    }
    if (killed) throw new Killed(name);
  }

  /** Lets virtual time pass; while there are looks, they drive the clock. */
  private async pass(ms: number): Promise<void> {
    const end = this.cluster.time + ms;
    while (this.cluster.time < end) {
      if (this.looking) await others();
      else this.cluster.advance(ms);
    }
  }
}

/** Lets everything go on that can without time passing. */
function others(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function withoutValues(stored: Revision & {readonly values: Values}): Revision {
  const {revision, status, updatedAt, chartVersion, chartName, appVersion, description} = stored;
  return {revision, status, updatedAt, chartVersion, chartName, appVersion, description};
}

/** A cluster with a whole release: a writer and a reader, which have run for a minute. */
export function clusterWithRelease(): FakeCluster {
  const cluster = new FakeCluster();
  const passwords = {admin: 'admin', user: 'user', replication: 'replication'};
  Object.assign(cluster, {secret: passwords, database: passwords, applied: {at: cluster.time - 60_000, readers: 1}});
  cluster.revisions.push({
    revision: 1,
    status: 'deployed',
    updatedAt: '2026-01-02T03:04:05Z',
    chartVersion: '16.7.26',
    chartName: 'postgresql',
    appVersion: '17.6.0',
    description: '',
    values: toValues(parametersWith(), cluster.target),
  });
  return cluster;
}

/** What a cluster shows in which claims are made again: with another `generation`, each has another uid. */
export function claimsOf(generation: () => number): FakeCluster['touch'] {
  return (snapshot) => ({
    ...snapshot,
    claims: snapshot.claims.map((claim) => ({
      ...claim,
      metadata: {...claim.metadata, uid: `${claim.metadata.name} ${generation()}`},
    })),
  });
}
