// Whose a release is, is asked before anything: nothing that is not ours is changed, and the way on is named.
import {beforeEach, describe, expect, test} from 'vitest';
import {mergeValues, type Values} from '../../../source/chart/tree.ts';
import {toValues} from '../../../source/chart/values.ts';
import type {HelmStatus, Revision} from '../../../source/observation/snapshot.ts';
import {change} from '../../../source/operations/change/change.ts';
import {install} from '../../../source/operations/install.ts';
import type {Progress, Result} from '../../../source/plan/progress.ts';
import {uninstall, type UninstallRequest} from '../../../source/operations/uninstall.ts';
import {FakeRelease} from '../../support/fakes/fake-release.ts';
import {FakeCluster, Killed} from '../../support/fakes/fake-ports.ts';
import {helmObject, operation, parametersWith, revision} from '../../support/fakes/survey.ts';

const ours = toValues(parametersWith(), {fullname: 'orders-postgresql'});
const chart = {path: 'chart', source: 'charts/postgresql', version: '16.7.26', appVersion: '17.6.0'};
let cluster: FakeRelease;
beforeEach(() => {
  cluster = new FakeRelease(parametersWith());
});

const signal = new AbortController().signal;
async function toEnd(steps: AsyncGenerator<Progress, Result>): Promise<Result> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
}

const changeOf = (kind: Parameters<typeof change>[0]['kind'], operationName: typeof kind | 'recover' = kind) =>
  toEnd(
    change(
      {
        operation: operationName,
        kind,
        parameters: parametersWith({readReplicaCount: 3}),
        chart,
        deleteVolumes: true,
        dryRun: false,
        timeoutMs: 60_000,
        command: '',
        before: null,
        confirm: null,
      },
      cluster.run().ports,
      signal,
    ),
  );
const installOf = (name: 'install' | 'recover') =>
  toEnd(
    install(
      {
        operation: name,
        answers: {},
        chart,
        password: null,
        requireEncryption: false,
        dryRun: false,
        timeoutMs: 60_000,
        random: (count) => new Uint8Array(count),
        confirm: null,
        commandFor: () => '',
        onResolved: async () => undefined,
      },
      cluster.run().ports,
      signal,
    ),
  );
const removal = (changes: Partial<UninstallRequest> = {}): UninstallRequest => ({
  deleteData: false,
  dumpTo: null,
  dryRun: false,
  timeoutMs: 60_000,
  command: '',
  confirm: async () => true,
  ...changes,
});
const uninstallOf = (changes: Partial<UninstallRequest> = {}, run = cluster.run()) =>
  toEnd(uninstall(removal(changes), run.ports, signal));

const all: readonly [string, () => Promise<Result>][] = [
  ['scale', () => changeOf('scale')],
  ['resize', () => changeOf('resize')],
  ['upgrade', () => changeOf('upgrade')],
  ['set', () => changeOf('set')],
  ['restart', () => changeOf('restart')],
  ['rollback', () => changeOf('rollback')],
  ['recover of a change', () => changeOf('scale', 'recover')],
  ['recover', () => installOf('recover')],
  ['install', () => installOf('install')],
  ['uninstall', () => uninstallOf()],
  ['uninstall with the data', () => uninstallOf({deleteData: true})],
];

function add(values: Values, status: HelmStatus = 'deployed', changes: Partial<Revision> = {}): void {
  const old = cluster.revisions.map((one) => ({
    ...one,
    status: status === 'deployed' ? ('superseded' as const) : one.status,
  }));
  cluster.revisions = [...old, {...revision({revision: old.length + 1, status, ...changes}), values}];
}
const valuesWith = (path: string, value: unknown) =>
  mergeValues(ours, path.split('.').reduceRight<unknown>((inner, key) => ({[key]: inner}), value) as Values);

const foreign: readonly [string, () => void, RegExp, RegExp][] = [
  [
    'an application with PostgreSQL inside',
    () => {
      cluster.revisions = [];
      add({postgresql: {architecture: 'replication'}}, 'deployed', {chartName: 'shop', chartVersion: '3.1.0'});
    },
    /release of the chart shop 3\.1\.0, an application with PostgreSQL inside/,
    /helm uninstall orders -n team-a/,
  ],
  [
    'PostgreSQL by plain helm',
    () => {
      cluster.revisions = [];
      add({architecture: 'replication', auth: {database: 'x'}});
    },
    /PostgreSQL by plain helm/,
    /helm uninstall orders -n team-a/,
  ],
  ...['primary.name', 'postgresqlDataDir', 'primary.persistence.mountPath', 'readReplicas.persistence.subPath'].map(
    (path): (typeof foreign)[number] => [
      `${path} set by somebody's helm`,
      () => add(valuesWith(path, 'other')),
      new RegExp(`${path.replaceAll('.', '\\.')} is "other", would be not set`),
      /helm rollback orders 1 -n team-a/,
    ],
  ),
  [
    'a null that helm 4 left in the record',
    () => add(valuesWith('primary.name', null)),
    /primary\.name is null/,
    /helm rollback orders 1/,
  ],
  [
    'values that cannot be read back any more',
    () => add(valuesWith('primary.service.type', 'ExternalName')),
    /primary\.service\.type is "ExternalName", would be "ClusterIP"/,
    /helm rollback orders 1/,
  ],
  [
    'a revision that failed',
    () => add(valuesWith('primary.persistence.existingClaim', 'other'), 'failed'),
    /revision 2, failed.*existingClaim/,
    /helm upgrade orders \S+ --version 16\.7\.26 --reuse-values -n team-a/,
  ],
  [
    'a revision that is pending',
    () => add(valuesWith('primary.name', ''), 'pending-upgrade'),
    /revision 2, pending-upgrade/,
    /helm rollback orders 1 [^]*pg-helm-install recover orders/,
  ],
  [
    'PostgreSQL by plain helm, pending',
    () => {
      cluster.revisions = [];
      add({architecture: 'replication'}, 'pending-install');
    },
    /PostgreSQL by plain helm/,
    /helm rollback orders 1 -n team-a/,
  ],
  [
    'the same beside an operation of ours',
    () => {
      add(valuesWith('primary.name', ''));
      const {kind, startedAt} = operation({kind: 'scale'});
      const parameters = parametersWith();
      cluster.lease = {kind, startedAt, wanted: {parameters, chart}, holder: '', renewedAt: cluster.time};
    },
    /primary\.name/,
    /helm rollback orders 1/,
  ],
];

describe.each(foreign)('%s', (_, make, what, way) => {
  test.each(all)('%s refuses it, says what it is and how to go on', async (_name, run) => {
    make();
    const before = JSON.stringify([cluster.snapshot(), cluster.revisions]);
    const {outcome, cause} = await run();
    expect({outcome, code: cause?.code}).toEqual({outcome: 'refused', code: 'NOT_OURS'});
    expect(cause?.message).toMatch(what);
    expect(cause?.remedies.map(({title, command}) => `${title}: ${command}`).join('\n')).toMatch(way);
    expect(cluster.changes).toEqual([]);
    expect(JSON.stringify([cluster.snapshot(), cluster.revisions])).toBe(before);
  });
});

test('who may not read helm’s records removes nothing', async () => {
  cluster.touch = (seen) => seen;
  const ports = cluster.run();
  const look = async () => ({...cluster.snapshot(), release: {revisions: [], values: null}, unreadable: ['releases']});
  Object.assign(ports, {look});
  const {outcome, cause} = await uninstallOf({deleteData: true}, ports);
  expect({outcome, code: cause?.code, changes: cluster.changes}).toEqual({
    outcome: 'refused',
    code: 'FORBIDDEN',
    changes: [],
  });
});

describe('volumes without a release', () => {
  let left: FakeCluster;
  const passwords = {admin: 'a', user: 'b', replication: 'c'};
  beforeEach(() => {
    left = new FakeCluster();
    left.touch = (seen) => ({...seen, claims: left.database ? cluster.snapshot().claims : []});
    left.database = passwords;
  });
  const remove = () => toEnd(uninstall(removal({deleteData: true}), left.run().ports, signal));

  test('that nothing of ours explains are not deleted, and the command that does it is named', async () => {
    const {outcome, cause} = await remove();
    expect({outcome, code: cause?.code, changes: left.changes}).toEqual({
      outcome: 'refused',
      code: 'NOT_OURS',
      changes: [],
    });
    expect(cause?.remedies.at(-1)?.command).toMatch(/^kubectl .*delete pvc data-orders-postgresql-primary-0/);
  });

  const foreignSecret = (systemIdentifier: string | null) => {
    const touch = left.touch;
    Object.assign(left, {secret: passwords, systemIdentifier});
    left.touch = (seen) => touch({...seen, secret: seen.secret && {...seen.secret, ours: false}});
  };

  test('whose Secret is there and not labelled: it says so, and names the label', async () => {
    foreignSecret(null);
    const {outcome, cause} = await remove();
    expect({outcome, code: cause?.code, changes: left.changes}).toEqual({
      outcome: 'refused',
      code: 'NOT_OURS',
      changes: [],
    });
    expect(cause?.message).toContain('its Secret orders-postgresql-auth is not labelled as ours');
    expect(cause?.remedies.map(({command}) => command)).toContain(
      'kubectl --context prod-eu label secret orders-postgresql-auth app.kubernetes.io/managed-by=pg-helm-install ' +
        '-n team-a',
    );
  });

  test('whose Secret may not be read: it is not said that there is none', async () => {
    const {touch} = left;
    left.touch = (seen) => touch({...seen, unreadable: ['secrets']});
    expect((await remove()).cause?.message).toContain('its Secret orders-postgresql-auth may not be read');
  });

  test('whose database is remembered in a Secret of somebody else: they go, and that Secret stays', async () => {
    foreignSecret('7713308882125799452');
    const {outcome, ledger} = await remove();
    expect({outcome, changes: left.changes.filter((one) => one.startsWith('delete'))}).toEqual({
      outcome: 'succeeded',
      changes: ['deleteClaims'],
    });
    expect(ledger).toContainEqual(expect.objectContaining({kind: 'Secret', fate: 'kept'}));
  });

  test.each([
    ['our Secret', () => (left.secret = passwords)],
    [
      'an uninstall of ours that was interrupted',
      () => {
        const {kind, startedAt} = operation({kind: 'uninstall'});
        left.lease = {kind, startedAt, wanted: null, holder: '', renewedAt: left.time};
      },
    ],
  ])('that %s explains are deleted as before', async (_, explain) => {
    explain();
    expect((await remove()).outcome).toBe('succeeded');
    expect(left.changes).toContain('deleteClaims');
  });
});

describe('what helm leaves behind', () => {
  const objects = [
    helmObject('Service', 'orders-postgresql-read', 'orders'),
    helmObject('NetworkPolicy', 'orders-postgresql-read', 'orders'),
  ];
  let small: FakeCluster;
  const fill = (into: FakeCluster) => {
    const passwords = {admin: 'a', user: 'b', replication: 'c'};
    Object.assign(into, {secret: passwords, database: passwords, applied: {at: into.time - 60_000, readers: 1}});
    into.revisions = [{...revision({status: 'failed'}), values: ours}];
    into.leftObjects = objects;
  };
  beforeEach(() => fill((small = new FakeCluster())));
  const remove = (run = small.run(), changes: Partial<UninstallRequest> = {}) =>
    toEnd(uninstall(removal(changes), run.ports, signal));

  test('is in the plan where the newest manifest does not name it', async () => {
    const {plan} = await remove(small.run(), {dryRun: true});
    const told = plan?.consequences.map(({code, object}) => `${code} ${object}`);
    expect(told).toContain('REMOVE NetworkPolicy/orders-postgresql-read');
    // The manifest names this one: helm removes it.
    expect(told).not.toContain('REMOVE Service/orders-postgresql-read');
    expect(small.changes).toEqual([]);
  });

  test('is removed after helm, and named', async () => {
    const {outcome, notes} = await remove();
    expect(outcome).toBe('succeeded');
    expect(small.changes).toEqual(['takeLease', 'helm uninstall', 'deleteObjects', 'endLease']);
    expect(notes).toEqual([
      'Helm had left behind, and it was removed: Service/orders-postgresql-read, NetworkPolicy/orders-postgresql-read.',
    ]);
  });

  test('is removed when the release is gone already, by our Secret; without one it is nobody’s', async () => {
    Object.assign(small, {revisions: [], applied: null});
    const {secret} = small;
    small.secret = null;
    expect((await remove()).outcome).toBe('unchanged');
    expect(small.leftObjects).toEqual(objects);
    small.secret = secret;
    expect((await remove()).outcome).toBe('succeeded');
    expect(small.leftObjects).toEqual([]);
    expect((await remove()).outcome).toBe('unchanged');
  });

  test('killed at any change, before or after it: the same uninstall ends with nothing of it left', async () => {
    for (const killAfter of [false, true])
      for (let killAt = 1; ; killAt++) {
        fill((small = new FakeCluster()));
        const killed = await remove(small.run({killAt, killAfter})).then(
          () => false,
          (error: unknown) => error instanceof Killed,
        );
        expect((await remove()).outcome).toMatch(/succeeded|unchanged/);
        expect({left: small.leftObjects, there: small.applied}).toEqual({left: [], there: null});
        if (!killed) break;
      }
  });
});
