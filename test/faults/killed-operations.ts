// Every operation that can be killed: where it begins, its command, and where it must have ended.
import type {Metadata, PersistentVolumeClaim, Pod} from '../../source/observation/kubernetes.ts';
import {certificateNames} from '../../source/chart/certificate-names.ts';
import {createServerCertificate} from '../../source/cluster/create-certificate.ts';
import {cliJson} from '../support/cli.ts';
import {dyingAt} from '../support/clusters/dying-at.ts';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {
  bitnamilegacy,
  exporterIsUp,
  official,
  OperatedRelease,
  readerPod,
  testImages,
  writerPod,
} from '../support/clusters/operated-release.ts';
import {recordedCharts} from '../support/recorded-charts.ts';
import {recordedRelease} from '../support/clusters/recorded-release.ts';
import {roamingVolumes, type RoamingVolumes} from '../support/clusters/roaming-volumes.ts';
import {waitFor} from '../support/wait-for.ts';
import type {Whole} from './whole-release.ts';

export interface KilledOperation {
  readonly name: string;
  /** The flags of the install that the points begin from; null: there is no install before. */
  readonly flags: readonly string[] | null;
  /** How the release is made where no install of ours makes it. */
  readonly make?: (helm: string) => Promise<OperatedRelease>;
  /** Removes what `make` made beside the namespace, once the namespace is gone. */
  readonly forget?: (release: OperatedRelease) => Promise<unknown>;
  /** Each point has a release of its own. */
  readonly freshForEach?: true;
  /** Why the sandbox cannot show it. */
  readonly onClusterAlone?: string;
  /** Before the `n`-th point on that release, from 0 on: brings it to where the operation begins. */
  readonly prepare?: (release: OperatedRelease, n: number) => Promise<unknown>;
  /** Runs right before the operation, while a client writes. */
  readonly spoil?: (release: OperatedRelease) => Promise<unknown>;
  /** The Secret with the superuser's password, where it is not ours. */
  readonly secret?: string;
  readonly command: (n: number) => readonly [command: string, ...flags: string[]];
  /** What differs from what was asked for; empty where it ended well. */
  readonly problems?: (release: OperatedRelease, n: number) => Promise<readonly string[]>;
  readonly ends?: (n: number) => Whole;
  /** The cause with which the same command refuses what is done already. */
  readonly refusedWhenDone?: string;
  /** Only the same command goes on with it, not recover: what was begun leaves no Lease on this release. */
  readonly neverRecovered?: true;
}

const fullname = 'orders-postgresql';
const either = (n: number, ...[even, odd]: readonly [string, string]) => (n % 2 === 0 ? even : odd);
const claimsOf = async ({namespace}: OperatedRelease) =>
  (await kubectlJson<{items: PersistentVolumeClaim[]}>(['-n', namespace.name, 'get', 'pvc'])).items;

async function otherImages(release: OperatedRelease, wanted: string): Promise<readonly string[]> {
  const pods = Object.entries(await release.pods());
  return pods.flatMap(([name, {image}]) => (image.endsWith(wanted) ? [] : [`${name} runs ${image}`]));
}

async function otherThan(
  release: OperatedRelease,
  pods: readonly string[],
  sql: string,
  wanted: string,
): Promise<readonly string[]> {
  const said = await Promise.all(pods.map((pod) => release.ask(pod, sql)));
  return said.flatMap((one, index) => (one === wanted ? [] : [`${pods[index]} says ${one} to ${sql}`]));
}

const both = [writerPod, readerPod(0)];

const install: KilledOperation = {
  name: 'installing',
  flags: null,
  freshForEach: true,
  command: () => ['install', ...OperatedRelease.installFlags(['--read-replicas', '1'])],
};

const upgrade: KilledOperation = {
  name: 'upgrading',
  flags: ['--read-replicas', '1'],
  command: (n) => ['upgrade', '--image-tag', either(n, testImages.other, testImages.installed)],
  problems: (release, n) => otherImages(release, either(n, testImages.other, testImages.installed)),
};

const imageMove: KilledOperation = {
  name: 'moving to other images',
  flags: ['--read-replicas', '1', '--image-source', 'bitnamilegacy'],
  command: (n) => ['upgrade', '--image-source', either(n, 'official', 'bitnamilegacy')],
  problems: (release, n) => otherImages(release, either(n, official.installed, bitnamilegacy.installed)),
};

const rollback: KilledOperation = {
  name: 'rolling back without a number',
  flags: ['--read-replicas', '1'],
  async prepare(release) {
    const image = (await release.pods())[writerPod]?.image ?? '';
    if (!image.endsWith(testImages.other)) await release.done('upgrade', '--image-tag', testImages.other);
  },
  command: () => ['rollback'],
  problems: (release) => otherImages(release, testImages.installed),
};

const scaleOut: KilledOperation = {
  name: 'scaling out',
  flags: ['--read-replicas', '1'],
  prepare: (release, n) =>
    n === 0
      ? Promise.resolve()
      : release.done('scale', '--read-replicas', '1', '--delete-volumes', '--confirm', 'orders'),
  command: () => ['scale', '--read-replicas', '2'],
  ends: () => ({readers: 2}),
};

const scaleIn: KilledOperation = {
  name: 'scaling in',
  flags: ['--read-replicas', '2'],
  prepare: (release, n) => (n === 0 ? Promise.resolve() : release.done('scale', '--read-replicas', '2')),
  command: () => ['scale', '--read-replicas', '1'],
  // The volume stays until somebody names it.
  ends: () => ({readers: 1, objects: [`PersistentVolumeClaim/data-${readerPod(1)}`]}),
};

const resize: KilledOperation = {
  name: 'resizing',
  flags: ['--read-replicas', '1'],
  command: (n) => ['resize', '--memory', either(n, '320Mi', '256Mi')],
  async problems(release, n) {
    const wanted = either(n, '320Mi', '256Mi');
    const pods = Object.entries(await release.pods());
    return pods.flatMap(([name, {memory}]) => (memory === wanted ? [] : [`${name} has ${memory}`]));
  },
};

const diskGrowth: KilledOperation = {
  name: 'growing the disks',
  flags: ['--read-replicas', '1'],
  command: (n) => ['resize', '--storage-size', `${n + 2}Gi`],
  problems: async (release, n) =>
    (await claimsOf(release)).flatMap(({metadata, status}) => {
      const size = status?.capacity?.['storage'];
      return size === `${n + 2}Gi` ? [] : [`${metadata.name} has ${size}`];
    }),
};

const set: KilledOperation = {
  name: 'changing the hostname',
  flags: ['--read-replicas', '1'],
  command: (n) => ['set', '--hostname', either(n, 'db.example.com', 'none')],
  async problems(release, n) {
    const services = await release.namespace.kubectl(['get', 'service', '-o', 'yaml']);
    return services.includes('reader-db.example.com') === (n % 2 === 0) ? [] : ['the Services have another hostname'];
  },
};

const settings: KilledOperation = {
  name: 'changing settings',
  flags: ['--read-replicas', '1', '--postgres-config', 'max_connections=120'],
  command: (n) => ['set', '--postgres-config', `max_connections=${either(n, '90', '120')}`],
  problems: (release, n) => otherThan(release, both, 'show max_connections', either(n, '90', '120')),
  ends: () => ({readers: 1, objects: extendedConfiguration}),
};

const extendedConfiguration = ['primary', 'read'].map((one) => `ConfigMap/${fullname}-${one}-extended-configuration`);

const restart: KilledOperation = {
  name: 'restarting',
  flags: ['--read-replicas', '1'],
  command: () => ['restart'],
};

const rotation: KilledOperation = {
  name: 'changing the passwords',
  flags: ['--read-replicas', '1', '--username', 'app'],
  command: () => ['rotate-password', '--role', 'all'],
  async problems({namespace}) {
    const {data} = await kubectlJson<{data: object}>(['-n', namespace.name, 'get', 'secret', `${fullname}-auth`]);
    const keys = Object.keys(data).filter((key) => /-(next|previous)$/.test(key));
    return keys.map((key) => `the Secret has ${key} still`);
  },
};

const tlsSecrets = [`Secret/${fullname}-tls`, `Secret/${fullname}-tls-ca`];

const tls: KilledOperation = {
  name: 'switching TLS',
  flags: ['--read-replicas', '1'],
  command: (n) => ['set', '--tls', either(n, 'self-signed', 'off')],
  problems: (release, n) => otherThan(release, both, 'show ssl', either(n, 'on', 'off')),
  ends: () => ({readers: 1, objects: tlsSecrets}),
};

const renewal: KilledOperation = {
  name: 'renewing the certificate',
  flags: ['--read-replicas', '1', '--tls', 'self-signed'],
  async prepare({namespace}) {
    const secret = async (name: string) => {
      const {data} = await kubectlJson<{data: Record<string, string>}>(['-n', namespace.name, 'get', 'secret', name]);
      return (key: string) => Buffer.from(data[key] ?? '', 'base64').toString();
    };
    const authority = await secret(`${fullname}-tls-ca`);
    const names = certificateNames({fullname, namespace: namespace.name, hostname: null, addresses: []});
    const pair = {key: authority('ca.key'), certificate: (await secret(`${fullname}-tls`))('ca.crt')};
    const almostOver = await createServerCertificate(fullname, names, pair, Date.now() - 340 * 86_400_000);
    const stringData = {'server.crt': almostOver.certificate, 'server.key': almostOver.key};
    await namespace.kubectl([
      ...['patch', 'secret', `${fullname}-tls`, '--type=merge', '-p', JSON.stringify({stringData})],
    ]);
  },
  command: () => ['set', '--tls', 'self-signed'],
  async problems(release) {
    const {warnings} = await release.read<{warnings: {code: string}[]}>('status');
    return warnings.flatMap(({code}) => (code.startsWith('CERTIFICATE') ? [`${code} is warned of`] : []));
  },
  ends: () => ({readers: 1, objects: tlsSecrets}),
};

const containersOf = async ({namespace}: OperatedRelease, pod: string) =>
  (await kubectlJson<Pod>(['-n', namespace.name, 'get', 'pod', pod])).spec.containers.map(({name}) => name);

const metrics: KilledOperation = {
  name: 'switching metrics',
  flags: ['--read-replicas', '1'],
  onClusterAlone: 'it has no exporter',
  command: (n) => ['set', '--metrics', either(n, 'on', 'off')],
  async problems(release, n) {
    const isOn = n % 2 === 0;
    const role = "select count(*) from pg_roles where rolname = 'pghi_metrics'";
    const key = ['get', 'secret', `${fullname}-auth`, '-o', 'jsonpath={.data.metrics-password}'];
    const hasKey = (await release.namespace.kubectl(key)) !== '';
    const beside = await Promise.all(both.map((pod) => containersOf(release, pod)));
    return [
      ...(await otherThan(release, both, role, isOn ? '1' : '0')),
      ...(hasKey === isOn ? [] : ['the Secret has the password of metrics, or lacks it']),
      ...beside.flatMap((names, at) => (names.includes('metrics') === isOn ? [] : [`${both[at]}: ${names.join()}`])),
    ];
  },
  ends: (n) => ({readers: 1, objects: n % 2 === 0 ? metricsQueries : []}),
};

const metricsQueries = ['primary', 'read'].map((one) => `ConfigMap/${fullname}-${one}-metrics`);

/** The exporters log in with what the Secret has, wherever the rotation was killed. */
const metricsRotation: KilledOperation = {
  name: 'changing the passwords with exporters',
  flags: ['--read-replicas', '1', '--username', 'app', '--metrics', 'on'],
  onClusterAlone: 'it has no exporter',
  command: () => ['rotate-password', '--role', 'all'],
  async problems(release) {
    const texts = await Promise.all(both.map((pod) => release.scrape(pod)));
    return texts.flatMap((text, at) => (exporterIsUp.test(text) ? [] : [`${both[at]}: pg_up is not 1`]));
  },
  ends: () => ({readers: 1, objects: metricsQueries}),
};

const backupFlags = ['--backup-schedule', '0 3 1 1 *', '--backup-size', '1Gi'];
const backupClaim = `PersistentVolumeClaim/${fullname}-primary-pgdumpall`;
const backup = (release: OperatedRelease, ...words: readonly string[]) => release.run('backup', ...words);

const backupRun: KilledOperation = {
  name: 'backing up',
  flags: ['--read-replicas', '1', ...backupFlags],
  onClusterAlone: 'its images have no pg_dump for a Job',
  command: () => ['backup', 'run'],
  async problems(release) {
    const {json} = await backup(release, 'list');
    const {backups = []} = json as unknown as {backups?: unknown[]};
    return backups.length > 0 ? [] : ['no backup is listed'];
  },
  ends: () => ({readers: 1, objects: [backupClaim]}),
};

const backupRestore: KilledOperation = {
  name: 'restoring a backup',
  flags: ['--read-replicas', '0', ...backupFlags],
  onClusterAlone: 'its images have no pg_restore',
  neverRecovered: true,
  async prepare(release, n) {
    if (n === 0) {
      await release.ask(writerPod, 'create table kept as select generate_series(1, 500) as n');
      await backup(release, 'run');
    }
    const {name} = release.namespace;
    const words = ['-n', name, '--delete-data', '--confirm', 'again', '--yes', '--timeout', '120s'];
    await cliJson(['uninstall', 'again', ...words], {env: release.env});
  },
  command: () => ['backup', 'restore', '--as', 'again'],
  problems: async (release) => {
    const rows = await release.ask('again-postgresql-primary-0', 'select count(*) from kept').catch(String);
    return rows === '500' ? [] : [`the restored release has ${rows} of 500 rows`];
  },
  ends: () => ({
    readers: 0,
    objects: [
      // It is backed up on the same schedule, to a volume of its own.
      ...[backupClaim, 'PersistentVolumeClaim/again-postgresql-primary-pgdumpall'],
      ...['PersistentVolumeClaim/data-again-postgresql-primary-0', 'Pod/again-postgresql-primary-0'],
      ...['Secret/again-postgresql-auth', 'StatefulSet/again-postgresql-primary', 'StatefulSet/again-postgresql-read'],
    ],
  }),
};

/**
 * No helm takes part: each request is ours. Which of the two volumes the writer has does not matter, as long as it has
 * one.
 */
const switchover: KilledOperation = {
  name: 'moving the writer',
  flags: ['--read-replicas', '1'],
  command: () => ['switchover'],
  async problems(release) {
    const volumes = new Set((await claimsOf(release)).map(({spec}) => spec.volumeName));
    return volumes.size === 2 ? [] : [`${volumes.size} volumes: ${[...volumes].join(', ')}`];
  },
};

const volumesOf = new WeakMap<OperatedRelease, RoamingVolumes>();
const nodeType = (n: number) => either(n, 't3.large', 't3.medium');

/** The writer has to leave its node: the change is made first, then the role moves. */
const resizeElsewhere: KilledOperation = {
  name: 'resizing to other nodes',
  flags: [],
  async make(helm) {
    const volumes = await roamingVolumes(2);
    const flags = ['--read-replicas', '1', '--storage-class', volumes.storageClass, '--instance-type', 't3.medium'];
    const release = await OperatedRelease.install('faults-roaming', flags, {helm});
    volumesOf.set(release, volumes);
    return release;
  },
  forget: async (release) => volumesOf.get(release)?.remove(),
  command: (n) => ['resize', '--instance-type', nodeType(n)],
  async problems(release, n) {
    const nodes = await kubectlJson<{items: {metadata: Metadata}[]}>(['get', 'nodes']);
    const types = new Map(
      nodes.items.map(({metadata}) => [metadata.name, metadata.labels?.['node.kubernetes.io/instance-type']]),
    );
    const pods = Object.entries(await release.pods());
    return pods.flatMap(([name, {node}]) =>
      types.get(node) === nodeType(n) ? [] : [`${name} is on ${node}, which is ${types.get(node)}`],
    );
  },
};

/** Makes the writer's disk one of another major version and ends the server: no start of it succeeds any more. */
export async function spoilWriter(release: OperatedRelease): Promise<void> {
  const spoilt = 'cd /bitnami/postgresql/data && echo 15 > PG_VERSION && kill -INT "$(head -n 1 postmaster.pid)"';
  await release.namespace
    .kubectl(['exec', writerPod, '-c', 'postgresql', '--', 'sh', '-c', spoilt])
    .catch(() => undefined);
  const status = () => release.read<{pods: {name: string; ready: boolean}[]}>('status');
  const isAway = ({pods}: {pods: {name: string; ready: boolean}[]}) =>
    pods.some(({name, ready}) => name === writerPod && !ready);
  await waitFor('the writer to be away', status, isAway, {deadlineMs: 30_000});
}

/** The writer's disk is spoilt, and the server has sent all that it had before it ended: no row may be missing. */
const failover: KilledOperation = {
  name: 'replacing the writer',
  flags: ['--read-replicas', '1'],
  refusedWhenDone: 'WRITER_HEALTHY',
  spoil: spoilWriter,
  command: () => ['failover', '--confirm', 'orders'],
  async problems(release) {
    const kept = (await claimsOf(release)).filter(({metadata}) => metadata.name.includes('-kept-'));
    for (const {metadata} of kept) await release.namespace.kubectl(['delete', 'pvc', metadata.name, '--wait=true']);
    return kept.length === 1 ? [] : [`${kept.length} claims keep the earlier writer's volume`];
  },
};

const adopt: KilledOperation = {
  name: 'adopting',
  flags: null,
  freshForEach: true,
  make: (helm) =>
    OperatedRelease.byPlainHelm(
      'faults-adopt',
      {
        global: {security: {allowInsecureImages: true}},
        image: {repository: 'bitnamilegacy/postgresql', tag: bitnamilegacy.installed},
        architecture: 'replication',
        primary: {
          resources: {requests: {cpu: '100m', memory: '256Mi'}, limits: {memory: '256Mi'}},
          persistence: {size: '1Gi'},
          service: {type: 'LoadBalancer'},
        },
        readReplicas: {
          service: {type: 'LoadBalancer'},
          resources: {requests: {cpu: '100m', memory: '256Mi'}, limits: {memory: '256Mi'}},
          persistence: {size: '1Gi'},
        },
      },
      {helm},
    ),
  secret: fullname,
  command: () => ['adopt'],
  ends: () => ({readers: 1, objects: [`Secret/${fullname}`]}),
};

/** The release has a user, odd passwords, a certificate, settings and a claim of the operator's. */
const adoptEarlier: KilledOperation = {
  name: 'adopting a standalone of chart 12',
  flags: null,
  freshForEach: true,
  make: (helm) => {
    const recorded = recordedCharts.find(({title}) => title.startsWith('12.') && title.endsWith('carried'));
    if (!recorded) throw new Error('chart 12 is recorded');
    return recordedRelease('faults-adopt', recorded, {helm});
  },
  secret: 'shop-login',
  command: () => ['adopt'],
  problems: (release) => otherThan(release, ['orders-postgresql-0'], 'show max_connections', '120'),
  ends: () => ({
    readers: 0,
    writer: 'orders-postgresql-0',
    writerClaim: 'shop-data',
    secret: 'shop-login',
    objects: ['Secret/shop-cert', ...['', '-read'].map((one) => `ConfigMap/${fullname}${one}-extended-configuration`)],
  }),
};

/** Helm has no record of the release before. */
const adoptApplied: KilledOperation = {
  name: 'adopting what kubectl applied',
  flags: null,
  freshForEach: true,
  make: (helm) => {
    const recorded = recordedCharts.find(({title}) => title === '15.5.38 standalone');
    if (!recorded) throw new Error('chart 15 is recorded');
    return OperatedRelease.byKubectl('faults-adopt', {...recorded, writer: 'orders-postgresql-0'}, helm);
  },
  secret: fullname,
  command: () => ['adopt'],
  ends: () => ({
    readers: 0,
    writer: 'orders-postgresql-0',
    writerClaim: 'data-orders-postgresql-0',
    objects: [`Secret/${fullname}`],
  }),
};

const uninstall: KilledOperation = {
  name: 'removing',
  flags: ['--read-replicas', '1'],
  // Installed on the volumes that the point before has left: their rows must be there.
  prepare: (release, n) =>
    n === 0 ? Promise.resolve() : release.done('install', ...OperatedRelease.installFlags(['--read-replicas', '1'])),
  command: () => ['uninstall'],
  ends: () => ({
    readers: null,
    objects: [...both.map((pod) => `PersistentVolumeClaim/data-${pod}`), `Secret/${fullname}-auth`],
  }),
};

const uninstallWithData: KilledOperation = {
  name: 'removing with the data',
  // Its certificates have to be removed, too.
  flags: ['--read-replicas', '1', '--tls', 'self-signed'],
  freshForEach: true,
  command: () => ['uninstall', '--delete-data', '--confirm', 'orders'],
  ends: () => ({readers: null}),
  // Data is deleted only where somebody asks for that again.
  neverRecovered: true,
};

/** Recovers an upgrade that died together with its helm while helm's record said pending. */
const recover: KilledOperation = {
  name: 'recovering',
  flags: ['--read-replicas', '1'],
  async prepare(release, n) {
    const dying = dyingAt(release, release.env['PGHI_HELM'] ?? '', {at: '(POST|PATCH) .*/secrets', nth: 1});
    const tag = either(n, testImages.other, testImages.installed);
    await dying.begin('upgrade', '--image-tag', tag).finished;
  },
  command: () => ['recover'],
  problems: (release, n) => otherImages(release, either(n, testImages.other, testImages.installed)),
  // What is finished needs no recovering.
  refusedWhenDone: 'NOTHING_TO_RECOVER',
};

export const killedOperations: readonly KilledOperation[] = [
  ...[install, upgrade, imageMove, rollback, scaleOut, scaleIn, resize, diskGrowth, set, settings, restart, rotation],
  ...[
    tls,
    renewal,
    metrics,
    metricsRotation,
    backupRun,
    backupRestore,
    switchover,
    resizeElsewhere,
    failover,
    adopt,
    adoptEarlier,
    adoptApplied,
  ],
  ...[uninstall, uninstallWithData, recover],
];
