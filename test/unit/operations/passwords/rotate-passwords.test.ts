// New passwords of a release in memory: one of two known ones works at every moment, wherever it is killed, and the
// next run ends it.
import {describe, expect, it} from 'vitest';
import {secretKeys} from '../../../../source/chart/secret-keys.ts';
import type {PasswordRole} from '../../../../source/commands/operation.ts';
import {change} from '../../../../source/operations/change/change.ts';
import type {Passwords} from '../../../../source/operations/ports/secret.ts';
import type {Result} from '../../../../source/plan/progress.ts';
import {rotatePasswords, type RotationRequest} from '../../../../source/operations/passwords/rotate-passwords.ts';
import {Killed} from '../../../support/fakes/fake-ports.ts';
import {FakeRelease, type FakeReleasePorts} from '../../../support/fakes/fake-release.ts';
import {parametersWith} from '../../../support/fakes/survey.ts';

const readers = ['orders-postgresql-read-0', 'orders-postgresql-read-1'];
const old: Passwords = {admin: 'a', user: 'b', replication: 'c'};
let made = 0;

function requestOf(run: FakeReleasePorts, role: PasswordRole | null, rest: Partial<RotationRequest>): RotationRequest {
  return {
    operation: role === null ? 'recover' : 'rotate-password',
    role,
    password: null,
    dryRun: false,
    timeoutMs: 60_000,
    command: '',
    confirm: null,
    // Other bytes each time.
    random: (count) => new Uint8Array(count).fill(++made),
    before: run.cluster.snapshot(),
    ...rest,
  };
}

async function rotate(
  run: FakeReleasePorts,
  role: PasswordRole | null,
  rest: Partial<RotationRequest> = {},
): Promise<Result> {
  const steps = rotatePasswords(requestOf(run, role, rest), run.ports, new AbortController().signal);
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
  }
}

const installed = (username = 'app') => new FakeRelease(parametersWith({username}));
const ended = ({outcome, cause}: Result) => ({outcome, cause: cause?.code});
const well = {outcome: 'succeeded', cause: undefined};

/** The Secret has each password that the database takes in one of its places. */
function expectKnown({database, secret, next, previous}: FakeRelease): void {
  for (const role of Object.keys(secretKeys) as (keyof Passwords)[])
    expect([secret?.[role], next[role], previous[role]]).toContain(database?.[role]);
}

function expectRotated(release: FakeRelease, roles: readonly (keyof Passwords)[]): void {
  expect(release.secret).toEqual(release.database);
  for (const role of Object.keys(old) as (keyof Passwords)[])
    expect(release.secret?.[role] === old[role]).toBe(!roles.includes(role));
  expect({next: release.next, previous: release.previous, lease: release.lease}).toEqual({
    next: {},
    previous: {},
    lease: null,
  });
  if (!roles.includes('replication')) return;
  for (const reader of readers) expect(release.streamsWith.get(reader)).toBe(release.database?.replication);
}

const cases: readonly [PasswordRole, readonly (keyof Passwords)[]][] = [
  ['app', ['user']],
  ['admin', ['admin']],
  ['replication', ['replication']],
  ['all', ['user', 'admin', 'replication']],
];

describe.each(cases)('%s', (role, roles) => {
  it('changes those passwords alone, and no pod restarts', async () => {
    const release = installed();
    const result = await rotate(release.run(), role);
    expect(ended(result)).toEqual(well);
    expectRotated(release, roles);
    expect([...release.made.values()]).toEqual([1, 1, 1]);
    for (const password of Object.values(release.secret ?? {}))
      if (password.length > 1) expect(JSON.stringify(result)).not.toContain(password);
  });

  it.each([
    ['the same command', role],
    ['recover', null],
  ] as const)('killed before and after each change, %s ends it', async (_name, again) => {
    const whole = installed();
    await rotate(whole.run(), role);
    const count = whole.changes.length;
    expect(count).toBeGreaterThan(5);
    for (let at = 1; at <= count; at++) {
      for (const killAfter of [false, true]) {
        const release = installed();
        // What comes after the end of the Lease is nobody's business any more.
        await rotate(release.run({killAt: at, killAfter}), role).catch((error: unknown) =>
          expect(error).toBeInstanceOf(Killed),
        );
        expectKnown(release);
        // Where nothing was recorded, nobody would think of a recover.
        const isRecorded = release.lease !== null;
        const began = release.rotation !== null;
        const is = release.database;
        const wasThrough =
          began && release.lease !== null && Object.keys({...release.next, ...release.previous}).length === 0;
        const result = await rotate(release.run(), isRecorded ? again : role);
        expect({at, killAfter, ...ended(result)}).toEqual({at, killAfter, ...well});
        expectRotated(release, roles);
        // What had been proven is not changed once more.
        if (wasThrough) expect(release.database).toEqual(is);
      }
    }
  });
});

describe('of a release that was adopted with the Secret of its chart', () => {
  const name = 'orders-postgresql';
  const adopted = (heldBy: string | null = null) => {
    const release = installed();
    release.chartSecret = {passwords: old, heldBy};
    return release;
  };
  const planned = async (release: FakeRelease, role: PasswordRole) => {
    const run = release.run();
    run.readers = {[name]: [{kind: 'Deployment', name: 'shop', by: 'environment'}]};
    const {plan} = await rotate(run, role, {dryRun: true});
    return plan?.consequences.map(({object, sentence}) => `${object}: ${sentence}`).join('\n') ?? '';
  };

  it('that Secret gets the same passwords before the earlier ones are dropped, wherever it is killed', async () => {
    const whole = adopted();
    const result = await rotate(whole.run(), 'all');
    expect(result.notes.join()).toContain(`The Secret ${name}, which the chart made`);
    expect(whole.chartSecret?.passwords).toEqual(whole.database);
    for (let at = 1; at <= whole.changes.length; at++) {
      const release = adopted();
      await rotate(release.run({killAt: at}), 'all').catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      const isStarted = release.lease !== null;
      expect({at, ...ended(await rotate(release.run(), isStarted ? null : 'all'))}).toEqual({at, ...well});
      expect({at, passwords: release.chartSecret?.passwords}).toEqual({at, passwords: release.database});
    }
  });

  it('who reads it is told what to restart', async () => {
    expect(await planned(adopted(), 'app')).toMatch(
      /Deployment\/shop: Deployment shop has the Secret orders-postgresql in its environment.* rollout restart /,
    );
  });

  it('where it cannot change, who reads it is named, and it stays as it is', async () => {
    const release = adopted('it is immutable');
    expect(await planned(release, 'app')).toMatch(
      /keeps the earlier passwords, because it is immutable: .*It is read by Deployment shop; whoever does/,
    );
    expect(ended(await rotate(release.run(), 'app'))).toEqual(well);
    expect(release.chartSecret?.passwords).toEqual(old);
  });

  it('a password that it does not have concerns it not', async () => {
    const release = adopted();
    release.chartSecret = {passwords: {admin: 'a', user: 'b'}, heldBy: null};
    expect(await planned(release, 'replication')).not.toContain(`Secret ${name},`);
    expect(ended(await rotate(release.run(), 'replication'))).toEqual(well);
    expect(release.changes).not.toContain('writeChartSecret');
  });
});

it('a user that is the administrator has one password under two keys', async () => {
  for (const role of ['app', 'admin'] as const) {
    const release = installed('postgres');
    release.database = {...old, user: old.admin};
    release.secret = release.database;
    expect(ended(await rotate(release.run(), role))).toEqual(well);
    expect(release.secret?.user).toBe(release.secret?.admin);
    expect(release.database).toMatchObject({admin: release.secret?.admin, replication: old.replication});
  }
});

/** Its exporters read their password from a file, or have it in their environment. */
function withMetrics(variable: 'PGPASSFILE' | 'EXPORTER_PASSWORD'): FakeRelease {
  const release = new FakeRelease(parametersWith({username: 'app', metrics: 'exporter'}));
  Object.assign(release, {metricsPassword: true, metricsRole: true});
  release.touch = (snapshot) => ({
    ...snapshot,
    pods: snapshot.pods.map((pod) => ({
      ...pod,
      spec: {...pod.spec, containers: [...pod.spec.containers, {name: 'metrics', env: [{name: variable}]}]},
      status: {
        ...pod.status,
        containerStatuses: [
          ...(pod.status?.containerStatuses ?? []),
          {name: 'metrics', ready: true, restartCount: 0, state: {running: {}}},
        ],
      },
    })),
  });
  return release;
}

describe('with exporters', () => {
  const pods = ['orders-postgresql-primary-0', ...readers];

  it.each(['all', 'metrics'] as const)('%s changes their password, and they read with the new one', async (role) => {
    const release = withMetrics('PGPASSFILE');
    const run = release.run();
    expect(ended(await rotate(run, role))).toEqual(well);
    expect(release.secret).toEqual(release.database);
    expect(release.secret?.metrics).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(release.secret?.user === old.user).toBe(role === 'metrics');
    for (const pod of pods) expect(release.exporters.get(pod)).toBe(release.database?.metrics);
    expect([...release.made.values()]).toEqual([1, 1, 1]);
    // A login with it, and a refusal of the one before.
    expect(run.calls.filter((call) => call === 'tryLogin pghi_metrics')).toHaveLength(2);
  });

  it.each(['app', 'admin', 'replication'] as const)('%s leaves theirs', async (role) => {
    const release = withMetrics('PGPASSFILE');
    expect(ended(await rotate(release.run(), role))).toEqual(well);
    expect(release.database?.metrics).toBe('d');
  });

  it('killed before and after each change, recover ends it, and they read', async () => {
    const whole = withMetrics('PGPASSFILE');
    await rotate(whole.run(), 'all');
    for (let at = 1; at <= whole.changes.length; at++) {
      for (const killAfter of [false, true]) {
        const release = withMetrics('PGPASSFILE');
        await rotate(release.run({killAt: at, killAfter}), 'all').catch((error: unknown) =>
          expect(error).toBeInstanceOf(Killed),
        );
        const known = [release.secret?.metrics, release.next.metrics, release.previous.metrics];
        expect(known).toContain(release.database?.metrics);
        const result = await rotate(release.run(), release.lease === null ? 'all' : null);
        expect({at, killAfter, ...ended(result)}).toEqual({at, killAfter, ...well});
        expect(release.secret).toEqual(release.database);
        expect({next: release.next, previous: release.previous}).toEqual({next: {}, previous: {}});
        const run = release.run();
        expect(await Promise.all(pods.map((pod) => run.askExporter(pod)))).toEqual(pods.map(() => 'reads'));
      }
    }
  });

  it('that have it in their environment, all leaves theirs and says how it can change', async () => {
    const release = withMetrics('EXPORTER_PASSWORD');
    const result = await rotate(release.run(), 'all', {dryRun: true});
    const said = result.plan?.consequences.map(({sentence}) => sentence).join('\n') ?? '';
    expect(said).toContain('have the password of pghi_metrics in their environment');
    expect(said).toMatch(/pg-helm-install set orders .*--metrics on/);
    expect(ended(await rotate(release.run(), 'all'))).toEqual(well);
    expect(release.database).toMatchObject({metrics: 'd'});
    expect(release.database?.user).not.toBe(old.user);
  });

  it.each([
    ['in their environment', () => withMetrics('EXPORTER_PASSWORD'), 'in their environment'],
    ['of a release without metrics', () => installed(), 'has no metrics'],
  ])('%s, their password alone is refused before anything changes', async (_what, make, words) => {
    const release = make();
    const result = await rotate(release.run(), 'metrics');
    expect(ended(result)).toEqual({outcome: 'refused', cause: 'BAD_INPUT'});
    expect(result.cause?.message).toContain(words);
    expect(result.cause?.remedies[0]?.command).toMatch(/^pg-helm-install set orders .*--metrics on/);
    expect(release.changes).toEqual([]);
  });
});

describe('a password that is given', () => {
  const password = 'given by a person';

  it('becomes that of the role; given again, there is nothing to do', async () => {
    const release = installed();
    expect(ended(await rotate(release.run(), 'app', {password}))).toEqual(well);
    expect(release.database).toEqual({...old, user: password});
    const before = release.changes.length;
    expect(ended(await rotate(release.run(), 'app', {password}))).toEqual({outcome: 'unchanged', cause: undefined});
    expect(release.changes.slice(before)).toEqual([]);
  });

  it('is finished with the one that was begun, and another one is refused until then', async () => {
    const release = installed();
    await expect(rotate(release.run({killAt: 3, killAfter: true}), 'app', {password})).rejects.toThrow(Killed);
    expect(release.next).toEqual({user: password});
    const other = await rotate(release.run(), 'app', {password: 'another password'});
    expect(ended(other)).toEqual({outcome: 'refused', cause: 'RELEASE_LOCKED'});
    expect(ended(await rotate(release.run(), 'app', {password}))).toEqual(well);
    expect(release.database).toEqual({...old, user: password});
  });

  it('is not made up where nothing was written of it yet: recover says so, and leaves nothing behind', async () => {
    const release = installed();
    await expect(rotate(release.run({killAt: 1, killAfter: true}), 'app', {password})).rejects.toThrow(Killed);
    const result = await rotate(release.run(), null);
    expect(ended(result)).toEqual({outcome: 'unchanged', cause: undefined});
    expect(result.notes.join()).toContain('run rotate-password again');
    expect({database: release.database, lease: release.lease}).toEqual({database: old, lease: null});
  });
});

describe('is refused, and changes nothing', () => {
  it('with other passwords than those that were begun', async () => {
    const release = installed();
    await expect(rotate(release.run({killAt: 3, killAfter: true}), 'app')).rejects.toThrow(Killed);
    const result = await rotate(release.run(), 'all');
    expect(ended(result)).toEqual({outcome: 'refused', cause: 'RELEASE_LOCKED'});
    expect(result.cause?.remedies[0]?.command).toMatch(/^pg-helm-install recover orders/);
  });

  it('where the database refuses the password of postgres that the Secret has', async () => {
    const release = installed();
    release.secret = {...old, admin: 'edited by hand'};
    expect(ended(await rotate(release.run(), 'app'))).toEqual({outcome: 'refused', cause: 'PASSWORD_MISMATCH'});
    expect(release.changes).toEqual([]);
  });

  it.each(['ExternalSecret shop makes it', 'it is immutable', 'Argo CD steers it'])(
    'where somebody else holds the Secret: %s',
    async (heldBy) => {
      const release = installed();
      release.touch = (snapshot) => ({...snapshot, secret: snapshot.secret && {...snapshot.secret, heldBy}});
      const result = await rotate(release.run(), 'app');
      expect(ended(result)).toEqual({outcome: 'refused', cause: 'NOT_OURS'});
      expect(result.cause?.message).toContain(heldBy);
      expect(result.cause?.remedies[0]?.title).toMatch(/^Change it where it is made/);
      expect(release.changes).toEqual([]);
    },
  );

  it('where readers do not stream, of their password', async () => {
    const release = installed();
    release.touch = (snapshot) => ({
      ...snapshot,
      database: snapshot.database.map((fact) => (fact.kind === 'replication' ? {...fact, streams: []} : fact)),
    });
    expect(ended(await rotate(release.run(), 'replication'))).toEqual({
      outcome: 'refused',
      cause: 'ENDPOINT_UNPROVEN',
    });
    expect(release.changes).toEqual([]);
  });

  it('where somebody says no, and in a dry run', async () => {
    const release = installed();
    expect(ended(await rotate(release.run(), 'app', {confirm: async () => false}))).toEqual({
      outcome: 'refused',
      cause: 'CANCELLED',
    });
    const planned = await rotate(release.run(), 'all', {dryRun: true});
    expect(planned.outcome).toBe('planned');
    expect(planned.plan?.consequences.map(({code, object}) => `${code} ${object}`)).toEqual([
      'PASSWORD_CHANGE Secret/orders-postgresql-auth',
      'PASSWORD_CHANGE StatefulSet/orders-postgresql-read',
      'PASSWORD_CHANGE Secret/orders-postgresql-auth',
      'PASSWORD_CHANGE Secret/orders-postgresql-auth',
      'NO_CHANGE Release/orders',
    ]);
    expect(release.changes).toEqual([]);
  });
});

it.each(['restart', 'rollback'] as const)('between passwords a %s is refused: recover comes first', async (kind) => {
  const release = installed();
  await expect(rotate(release.run({killAt: 3, killAfter: true}), 'all')).rejects.toThrow(Killed);
  const {ports} = release.run();
  const parameters = parametersWith({username: 'app'});
  const chart = {path: '', source: 'oci://registry.example/postgresql', version: '16.7.26', appVersion: '17.6.0'};
  const asked = {operation: kind, kind, parameters, chart, before: null, confirm: null, command: ''};
  const more = {deleteVolumes: false, dryRun: false, timeoutMs: 60_000};
  const steps = change({...asked, ...more}, ports, new AbortController().signal);
  const result = await (async () => {
    for (;;) {
      const next = await steps.next();
      if (next.done) return next.value;
    }
  })();
  expect(ended(result)).toEqual({outcome: 'refused', cause: 'RELEASE_LOCKED'});
  expect(result.cause?.message).toContain('rotation of passwords');
});
