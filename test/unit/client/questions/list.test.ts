// The list of releases: from metadata alone, with as few records opened as can be.
import {expect, it} from 'vitest';
import {listReleases, summaryOf, type Catalogue, type SetSummary} from '../../../../source/client/questions/list.ts';
import type {Metadata} from '../../../../source/observation/kubernetes.ts';
import {shortStateWords, stateWords} from '../../../../source/observation/row-state.ts';
import {revision} from '../../../support/fakes/survey.ts';

const record = (name: string, number = 1, labels: Record<string, string> = {}, namespace = 'team-a'): Metadata => ({
  name: `sh.helm.release.v1.${name}.v${number}`,
  namespace,
  labels: {name, owner: 'helm', status: 'deployed', version: String(number), ...labels},
});
const ours = {'pg-helm-install/chart': 'postgresql'};
const set = (
  release: string,
  component: 'primary' | 'read',
  wanted: number,
  ready = wanted,
  namespace = 'team-a',
): SetSummary => ({
  namespace,
  name: `${release}-postgresql-${component}`,
  release,
  component,
  chartVersion: '16.7.26',
  postgresVersion: '17.6.0',
  storageSize: '20Gi',
  pods: {ready, wanted},
  steeredBy: null,
  isMarkedByHelm: true,
  restartsOnDelete: false,
});
async function list(
  records: readonly Metadata[],
  statefulSets: readonly SetSummary[] = [],
  chartName = 'postgresql',
  operations: Catalogue['operations'] = [],
  backups: Catalogue['backups'] = [],
) {
  const opened: string[] = [];
  const catalogue: Catalogue = {
    scope: {namespace: null},
    records,
    statefulSets,
    operations,
    backups,
    now: Date.parse('2026-11-30T12:00:00Z'),
    open: async ({name}) => {
      opened.push(name);
      return revision({chartName});
    },
  };
  return {...(await listReleases(catalogue)), opened};
}

it('shows a release as it is, without opening its record', async () => {
  const {releases, opened} = await list(
    [record('orders', 3, ours)],
    [set('orders', 'primary', 1), set('orders', 'read', 2)],
  );
  expect(releases).toEqual([
    {
      namespace: 'team-a',
      name: 'orders',
      chartVersion: '16.7.26',
      postgresVersion: '17.6.0',
      revision: 3,
      helmStatus: 'deployed',
      state: 'ready',
      proven: null,
      writer: {ready: 1, wanted: 1},
      readers: {ready: 2, wanted: 2},
      storageSize: '20Gi',
      managedBy: 'pg-helm-install',
      shape: 'replication',
      operation: null,
    },
  ]);
  expect(opened).toEqual([]);
});

it.each([
  ['deployed', 1, 1, 2, 2, 'ready'],
  ['deployed', 1, 1, 0, 0, 'ready'],
  ['deployed', 1, 0, 2, 0, 'progressing'],
  ['deployed', 1, 1, 2, 1, 'degraded'],
  ['failed', 1, 1, 0, 0, 'broken'],
  ['pending-upgrade', 1, 1, 0, 0, 'stuck'],
  ['uninstalling', 1, 1, 0, 0, 'stuck'],
] as const)(
  '%s with %i/%i writer and %i/%i readers is %s',
  async (status, writers, writersReady, readers, readersReady, state) => {
    const {releases} = await list(
      [record('orders', 1, {status})],
      [set('orders', 'primary', writers, writersReady), set('orders', 'read', readers, readersReady)],
    );
    expect(releases[0]?.state).toBe(state);
  },
);

it.each([
  ['helm is at work for it', 'pending-upgrade', [set('orders', 'primary', 1)]],
  ['helm removes it', 'uninstalling', [set('orders', 'primary', 1)]],
  ['its disks grow, so its StatefulSets are orphaned', 'deployed', []],
  ['an earlier revision failed', 'failed', [set('orders', 'primary', 1)]],
  ['readers are added', 'deployed', [set('orders', 'primary', 1), set('orders', 'read', 3, 1)]],
] as const)('a release with an operation at work is progressing, as status says: %s', async (_why, status, sets) => {
  const stateWith = async (alive: boolean) => {
    const lease = 'orders-postgresql-operation';
    const work = {namespace: 'team-a', lease, release: 'orders', kind: 'resize', alive};
    return (await list([record('orders', 2, {...ours, status})], sets, 'postgresql', [work])).releases[0]?.state;
  };
  expect(await stateWith(true)).toBe('progressing');
  expect(await stateWith(false)).toMatch(/stuck|broken|degraded/);
});

it('takes the newest record of each release, the tenth after the ninth', async () => {
  const {releases} = await list(
    [record('orders', 10), record('orders', 9, {status: 'superseded'})],
    [set('orders', 'primary', 1)],
  );
  expect(releases.map((row) => [row.name, row.revision, row.helmStatus])).toEqual([['orders', 10, 'deployed']]);
});

it('keeps apart what has the same name in two namespaces, in order', async () => {
  const {releases} = await list(
    [record('orders', 1, {}, 'team-b'), record('orders', 1, {}, 'team-a'), record('invoices', 1, {}, 'team-b')],
    [
      set('orders', 'primary', 1, 0, 'team-a'),
      set('orders', 'primary', 1, 1, 'team-b'),
      set('invoices', 'primary', 1, 1, 'team-b'),
    ],
  );
  expect(releases.map(({namespace, name, state}) => `${namespace}/${name} ${state}`)).toEqual([
    'team-a/orders progressing',
    'team-b/invoices ready',
    'team-b/orders ready',
  ]);
});

it("marks a plain helm's release as such", async () => {
  const {releases} = await list([record('orders')], [set('orders', 'primary', 1)]);
  expect(releases[0]).toMatchObject({managedBy: 'helm', shape: 'replication'});
});

it('says of a standalone that it has no readers to scale', async () => {
  const alone = {...set('orders', 'primary', 1), name: 'orders-postgresql'};
  const [row] = (await list([record('orders')], [alone])).releases;
  expect(row).toMatchObject({managedBy: 'helm', shape: 'standalone'});
  expect(row && stateWords(row)).toBe('ready, helm standalone');
  expect((await list([record('orders', 1, ours)], [alone])).releases[0]?.shape).toBe('replication');
});

it('shows what kubectl applied, of which helm has no record', async () => {
  const alone = {...set('orders', 'primary', 1), name: 'orders-postgresql', isMarkedByHelm: false};
  const {releases} = await list([record('shop')], [set('shop', 'primary', 1), alone]);
  expect(releases.map(({name, managedBy, shape, revision: number}) => ({name, managedBy, shape, number}))).toEqual([
    {name: 'orders', managedBy: 'kubectl', shape: 'standalone', number: 0},
    {name: 'shop', managedBy: 'helm', shape: 'replication', number: 1},
  ]);
  const [lost] = (await list([], [set('orders', 'primary', 1)])).releases;
  expect(lost?.managedBy, 'helm marked it, and its record is lost').toBe('helm');
});

it('leaves out what was uninstalled with its history kept', async () => {
  expect((await list([record('orders', 2, {...ours, status: 'uninstalled'})])).releases).toEqual([]);
});

it('shows ours before it has any StatefulSet', async () => {
  const {releases, opened} = await list([record('orders', 1, {...ours, status: 'pending-install'})]);
  expect(releases).toMatchObject([{name: 'orders', state: 'stuck', chartVersion: null, storageSize: null}]);
  expect(opened).toEqual([]);
});

it('opens what nothing else explains, and drops what is another chart', async () => {
  expect(await list([record('web')], [], 'nginx')).toMatchObject({
    releases: [],
    unopened: 0,
    opened: ['sh.helm.release.v1.web.v1'],
  });
  expect((await list([record('orders', 1, {status: 'failed'})])).releases).toMatchObject([
    {name: 'orders', state: 'broken', chartVersion: '16.7.26'},
  ]);
});

it('opens 25 at the most, those that are not deployed first, and says how many it did not', async () => {
  const many = Array.from({length: 30}, (_, index) => record(`web-${index}`));
  const {opened, unopened} = await list([...many, record('orders', 1, {status: 'pending-install'})], [], 'nginx');
  expect(opened[0]).toContain('.orders.');
  expect(opened).toHaveLength(25);
  expect(unopened).toBe(6);
});

it('takes of a StatefulSet what the chart wrote there', () => {
  const labels = {
    'app.kubernetes.io/instance': 'orders',
    'app.kubernetes.io/component': 'read',
    'app.kubernetes.io/version': '17.6.0',
    'helm.sh/chart': 'postgresql-16.7.26',
  };
  const template = {spec: {containers: []}};
  const data = {metadata: {name: 'data'}, spec: {resources: {requests: {storage: '20Gi'}}}};
  const object = {
    metadata: {name: 'orders-postgresql-read', namespace: 'team-a', labels},
    spec: {replicas: 2, template, volumeClaimTemplates: [data]},
    status: {readyReplicas: 1},
  };
  expect(summaryOf(object)).toEqual({...set('orders', 'read', 2, 1), isMarkedByHelm: false});
  expect(
    summaryOf({
      ...object,
      metadata: {...object.metadata, labels: {...labels, 'helm.sh/chart': 'postgresql-ha-14.0.0'}},
    }),
  ).toBeNull();
  expect(
    summaryOf({...object, metadata: {...object.metadata, labels: {...labels, 'helm.sh/chart': 'redis-1.0.0'}}}),
  ).toBeNull();
});

it('says of each release what its own Lease records, and of no other', async () => {
  const leases = [
    {namespace: 'team-a', lease: 'orders-postgresql-operation', release: null, kind: 'scale', alive: false},
    {namespace: 'team-b', lease: 'orders-postgresql-operation', release: null, kind: 'upgrade', alive: true},
    // The chart adds nothing to a name that contains its own.
    {namespace: 'team-a', lease: 'my-postgresql-operation', release: null, kind: 'restart', alive: false},
    {namespace: 'team-a', lease: 'gone-postgresql-operation', release: null, kind: 'uninstall', alive: false},
  ];
  const {releases} = await list(
    [
      record('orders'),
      record('orders', 1, {}, 'team-b'),
      record('my-postgresql'),
      record('calm'),
      record('begun', 1, {status: 'failed'}),
    ],
    [
      set('orders', 'primary', 1),
      set('orders', 'primary', 1, 1, 'team-b'),
      set('my-postgresql', 'primary', 1),
      set('calm', 'primary', 1),
    ],
    'postgresql',
    [
      ...leases,
      {namespace: 'team-a', lease: 'shopdb-operation', release: 'calm', kind: 'resize', alive: false},
      {namespace: 'team-a', lease: 'begun-postgresql-operation', release: null, kind: 'install', alive: false},
    ],
  );
  expect(releases.map((row) => [`${row.namespace}/${row.name}`, row.operation, stateWords(row)])).toEqual([
    ['team-a/begun', {kind: 'install', alive: false}, 'broken, install paused'],
    // Its objects are called otherwise than the release, and so is its Lease.
    ['team-a/calm', {kind: 'resize', alive: false}, 'ready, resize paused'],
    ['team-a/my-postgresql', {kind: 'restart', alive: false}, 'ready, restart paused'],
    ['team-a/orders', {kind: 'scale', alive: false}, 'ready, scaling paused'],
    ['team-b/orders', {kind: 'upgrade', alive: true}, 'ready, helm'],
  ]);
});

it.each([
  ['late', {lastSuccessfulTime: '2026-11-28T03:00:00Z'}, [], 'ready, backup late'],
  ['as it should be', {lastSuccessfulTime: '2026-11-30T03:00:00Z'}, [], 'ready'],
  ['failed', {lastSuccessfulTime: '2026-11-30T03:00:00Z'}, ['Failed'], 'ready, backup failed'],
])('says that a backup is %s', async (_how, status, phases, says) => {
  const pods = phases.map((phase) => ({
    metadata: {name: 'orders-backup-1', labels: {'app.kubernetes.io/component': 'pg_dumpall'}},
    status: {phase, startTime: '2026-11-30T04:00:00Z'},
  })) as unknown as Catalogue['backups'][number]['objects']['pods'];
  const cronJob = {
    metadata: {name: 'orders-backup', creationTimestamp: '2026-11-01T00:00:00Z'},
    spec: {schedule: '0 3 * * *'},
    status,
  } as Catalogue['backups'][number]['objects']['cronJob'];
  const backups = [
    {namespace: 'team-a', release: 'orders', objects: {cronJob, claim: null, pods}},
    {namespace: 'team-b', release: 'orders', objects: {cronJob, claim: null, pods: []}},
  ];
  const {releases} = await list([record('orders', 1, ours)], [set('orders', 'primary', 1)], 'postgresql', [], backups);
  expect(releases.map(stateWords)).toEqual([says]);
  expect(releases.map(shortStateWords)).toEqual([says.replace('ready, ', '')]);
});

it('says which releases are an application with the database inside, as far as records are opened', async () => {
  const names = Array.from({length: 30}, (_, index) => `app-${String(index).padStart(2, '0')}`);
  const {releases, opened} = await list(
    [record('orders', 1, ours), ...names.map((name) => record(name))],
    [set('orders', 'primary', 1), ...names.map((name) => set(name, 'primary', 1))],
    'shop',
  );
  expect(opened).toHaveLength(25);
  const inside = releases.filter(({insideChart}) => insideChart === 'shop');
  expect(inside.map(({name}) => name)).toEqual(names.slice(0, 25));
  expect(inside[0] && stateWords(inside[0])).toBe('ready, inside shop');
});
