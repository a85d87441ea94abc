// The Secret of a living database: whatever of it is lost, it comes back as it was or nothing is written.
import fc from 'fast-check';
import {beforeEach, describe, expect, it, test} from 'vitest';
import {cause, UserError} from '../../../source/core/cause.ts';
import {secretKeys} from '../../../source/chart/secret-keys.ts';
import {converge} from '../../../source/operations/converge.ts';
import {install, type InstallRequest} from '../../../source/operations/install.ts';
import type {Progress, Result} from '../../../source/plan/progress.ts';
import {restoreSecretFirst} from '../../../source/operations/passwords/restore-secret.ts';
import {secret} from '../../../source/operations/steps/secret-step.ts';
import {uninstall} from '../../../source/operations/uninstall.ts';
import {watchRelease} from '../../../source/operations/watch.ts';
import type {Passwords} from '../../../source/operations/ports/secret.ts';
import {secretMalformed} from '../../../source/observation/causes/secret-malformed.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {answersFrom} from '../../../source/parameters/resolve.ts';
import {FakeCluster, Killed, type FakePorts} from '../../support/fakes/fake-ports.ts';
import {parametersWith} from '../../support/fakes/survey.ts';

type Role = keyof Passwords;
const roles: readonly Role[] = ['admin', 'user', 'replication'];
const signal = new AbortController().signal;

let cluster: FakeCluster;
let told: Progress[];
let made: Passwords;
let seed = 0;

async function end(operation: AsyncGenerator<Progress, Result>): Promise<Result> {
  for (;;) {
    const step = await operation.next();
    if (step.done) return step.value;
    told.push(step.value);
  }
}

const installed = (run: FakePorts = cluster.run(), changes: Partial<InstallRequest> = {}, username = 'app') =>
  end(
    install(
      {
        operation: 'install',
        answers: answersFrom(parametersWith({username})),
        chart: {path: 'c', source: 'oci://registry.example/postgresql', version: '16.7.26', appVersion: '17.6.0'},
        password: null,
        requireEncryption: false,
        dryRun: false,
        timeoutMs: 60_000,
        random: (count) => Uint8Array.from({length: count}, () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) >> 16),
        confirm: null,
        commandFor: () => 'pg-helm-install install orders',
        onResolved: async () => undefined,
        ...changes,
      },
      run.ports,
      signal,
    ),
  );

const recovered = (
  run: FakePorts = cluster.run(),
  confirm = async () => true,
  rest: () => AsyncGenerator<Progress, Result> = () => watchRelease(run.ports, cluster.time + 60_000, signal),
  planned: {readonly command: string} | null = null,
) =>
  end(
    restoreSecretFirst(
      {
        before: cluster.snapshot(),
        confirm,
        rest: async () => rest(),
        planned,
        limits: {deadline: cluster.time + 60_000, signal},
      },
      run.ports,
    ),
  );

const lose = (...lost: readonly Role[]) => {
  cluster.secret =
    lost.length === roles.length
      ? null
      : Object.fromEntries(Object.entries(made).filter(([role]) => !lost.includes(role as Role)));
};
/** All that anybody reads. */
const shown = (result: Result) => JSON.stringify([result, told, cluster.lease, cluster.revisions]);
const expectNoPassword = (result: Result) => {
  for (const password of Object.values(made)) expect(shown(result)).not.toContain(password);
};

const start = async (username = 'app') => {
  cluster = new FakeCluster();
  told = [];
  expect((await installed(cluster.run(), {}, username)).outcome).toBe('succeeded');
  made = {...(cluster.database as Passwords)};
  cluster.changes.length = 0;
  told = [];
};
beforeEach(() => start());

const losses: readonly (readonly Role[])[] = [['admin'], ['user'], ['replication'], ['user', 'admin'], roles];

describe.each(losses.map((lost) => [lost.map((role) => secretKeys[role]).join(' and '), lost] as const))(
  'without %s',
  (_what, lost) => {
    beforeEach(() => lose(...lost));

    test('an install puts it back as it was, says so, and shows no password', async () => {
      const result = await installed();
      expect(result).toMatchObject({outcome: 'succeeded', endpoints: {writer: {proven: true}}});
      expect(result.notes.join()).toContain('It was restored from the files that the pods mount');
      expect(cluster.secret).toEqual(made);
      expect(cluster.changes).toEqual(['takeLease', 'writePasswords', 'endLease']);
      expectNoPassword(result);
    });

    test('recover does too, and proves the endpoints', async () => {
      const result = await recovered();
      expect(result).toMatchObject({operation: 'recover', outcome: 'succeeded', endpoints: {writer: {proven: true}}});
      expect(result.notes[0]).toContain('It was restored');
      expect(cluster.secret).toEqual(made);
      expect(cluster.changes).toEqual(['writePasswords']);
      expectNoPassword(result);
    });

    test('a dry run says it and changes nothing; nor does a person who says no', async () => {
      const before = {...cluster.secret};
      const {outcome, plan} = await installed(cluster.run(), {dryRun: true});
      expect({outcome, first: plan?.consequences[0]}).toMatchObject({
        outcome: 'planned',
        first: {object: 'Secret/orders-postgresql-auth', sentence: expect.stringContaining('it is restored') as string},
      });
      expect((await installed(cluster.run(), {confirm: async () => false})).cause?.code).toBe('CANCELLED');
      expect((await recovered(cluster.run(), async () => false)).cause?.code).toBe('CANCELLED');
      const command = 'pg-helm-install recover orders';
      const dry = await recovered(cluster.run(), () => Promise.reject(new Error('asked')), undefined, {command});
      expect(dry).toMatchObject({outcome: 'planned', plan: {consequences: [{code: 'PASSWORD_CHANGE'}], command}});
      expectNoPassword(dry);
      expect(cluster.changes).toEqual([]);
      expect({...cluster.secret}).toEqual(before);
    });

    test('what no pod has any more is not made up: nothing is changed, and it is named', async () => {
      cluster.mounted = {};
      const before = {...cluster.secret};
      for (const result of [await installed(), await recovered()]) {
        expect(result).toMatchObject({outcome: 'refused', cause: {code: 'SECRET_MALFORMED'}});
        for (const role of lost) expect(result.cause?.message).toContain(secretKeys[role]);
        expect(result.cause?.remedies[0]?.command).toMatch(/^kubectl/);
      }
      expect(cluster.changes).toEqual([]);
      expect({...cluster.secret}).toEqual(before);
    });

    test('a file that the database refuses is no proof', async () => {
      cluster.mounted = {admin: 'x', user: 'y', replication: 'z'};
      const result = await installed();
      expect(result).toMatchObject({outcome: 'refused', cause: {code: 'SECRET_MALFORMED'}});
      expect(result.cause?.evidence.join()).toContain('the database refuses what a pod has');
      expect(cluster.changes).toEqual([]);
    });

    test('nobody may look into the pods: nothing is written, and it is said why', async () => {
      cluster.execFailure = 'pods/exec is forbidden';
      const result = await installed();
      expect(result).toMatchObject({outcome: 'refused', cause: {code: 'SECRET_MALFORMED'}});
      expect(result.cause?.evidence.join()).toContain('pods/exec is forbidden');
      expect(cluster.changes).toEqual([]);
    });

    test('an uninstall that leaves the data is refused; one that deletes it is not', async () => {
      const request = {dumpTo: null, dryRun: false, timeoutMs: 60_000, command: '', confirm: async () => true};
      const refused = await end(uninstall({...request, deleteData: false}, cluster.run().ports, signal));
      expect(refused).toMatchObject({outcome: 'refused', cause: {code: 'SECRET_MALFORMED'}});
      expect(cluster.changes).toEqual([]);
      const gone = await end(uninstall({...request, deleteData: true}, cluster.run().ports, signal));
      expect(gone.outcome).toBe('succeeded');
    });
  },
);

describe('killed at any change and run again', () => {
  it('has the same passwords, and no other was ever written', async () => {
    const kill = fc.record({killAt: fc.integer({min: 1, max: 4}), killAfter: fc.boolean()});
    const loss = fc.constantFrom(...losses);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(kill, loss), {minLength: 1, maxLength: 3}), async (kills) => {
        await start();
        for (const [one, lost] of kills) {
          lose(...lost);
          await installed(cluster.run(one)).catch((error: unknown) =>
            error instanceof Killed ? null : Promise.reject(error),
          );
          for (const role of roles) expect([undefined, made[role]]).toContain(cluster.secret?.[role]);
        }
        expect(['succeeded', 'unchanged']).toContain((await installed()).outcome);
        expect(cluster.secret).toEqual(made);
      }),
      {numRuns: 40},
    );
  });

  it('a first install whose Secret is lost at any moment never writes a second password', async () => {
    const moment = fc.integer({min: 0, max: 8000});
    await fc.assert(
      fc.asyncProperty(moment, fc.constantFrom(...losses), async (ms, lost) => {
        cluster = new FakeCluster();
        cluster.after(ms, () => {
          made = {...cluster.mounted, ...cluster.secret} as Passwords;
          if (cluster.secret !== null) lose(...lost);
        });
        await installed();
        await installed();
        if (cluster.database !== null)
          for (const role of roles) expect([undefined, cluster.database[role]]).toContain(cluster.secret?.[role]);
      }),
      {numRuns: 60},
    );
  });
});

describe('a password that is there', () => {
  it('and that the database refuses is replaced by recover from the files, and by no install', async () => {
    cluster.secret = {...made, user: 'somebody changed it'};
    await installed();
    expect(cluster.secret.user).toBe('somebody changed it');
    cluster.mounted = {...made};
    const result = await recovered();
    expect(result.notes[0]).toContain('had under password another password than the database takes');
    expect(cluster.secret).toEqual(made);
  });

  it('stays where the database cannot be asked', async () => {
    cluster.secret = {...made, user: 'who knows'};
    cluster.execFailure = 'nothing runs';
    await recovered();
    expect(cluster.changes).toEqual([]);
  });

  it('is asked about once, and nothing is written, where all is well', async () => {
    const run = cluster.run();
    expect((await recovered(run)).notes).toEqual([]);
    expect(run.calls.filter((call) => call.startsWith('tryLogin'))).toHaveLength(3);
    expect(cluster.changes).toEqual([]);
  });
});

it('the user is the administrator: either key brings the other back', async () => {
  await start('postgres');
  lose('admin');
  cluster.mounted = {replication: made.replication};
  expect((await installed(cluster.run(), {}, 'postgres')).outcome).toBe('succeeded');
  expect(cluster.secret).toEqual(made);
});

it('a Secret that goes while a change is at work ends it before it acts again', async () => {
  const ran: string[] = [];
  const step = (name: string) => ({
    name,
    done: () => ran.includes(name),
    async run() {
      ran.push(name);
      if (name === 'a') lose(...roles);
      return null;
    },
  });
  const limits = {deadline: cluster.time + 60_000, signal, judge: true, tracks: () => [], holdsLease: false};
  const all = converge([step('a'), step('b')], {}, cluster.run().ports, limits);
  let next = await all.next();
  while (!next.done) next = await all.next();
  expect(next.value).toMatchObject({how: 'failed', cause: {code: 'SECRET_MALFORMED'}});
  expect(ran).toEqual(['a']);
});

it('a person who thinks while somebody else installs overwrites no password', async () => {
  cluster = new FakeCluster();
  cluster.secret = {admin: 'a', user: 'old', replication: 'c'};
  const slow = installed(cluster.run(), {
    password: 'a password of mine',
    confirm: async () => {
      cluster.secret = null;
      await installed();
      made = {...(cluster.database as Passwords)};
      return true;
    },
  });
  expect(await slow).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
  expect(cluster.secret).toEqual(made);
});

it('volumes alone keep the step from making up passwords, and without them it makes some', async () => {
  lose(...roles);
  const {claims} = cluster.snapshot();
  const bare = {...cluster.snapshot(), pods: [], statefulSets: [], release: {revisions: [], values: null}};
  cluster.mounted = null;
  const fresh = {admin: 'new 1', user: 'new 2', replication: 'new 3'};
  const wanted = {readReplicaCount: 1, secret: {username: 'app', fresh: () => fresh, recovered: null, replaces: false}};
  const run = (snapshot: Snapshot) => secret.run?.(cluster.run().ports, wanted, snapshot, signal);
  await expect(run({...bare, claims})).rejects.toMatchObject({reason: {code: 'SECRET_MALFORMED'}});
  expect(cluster.changes).toEqual([]);
  await run({...bare, claims: []});
  expect(cluster.secret).toEqual(fresh);
});

describe('one password is lost for good', () => {
  beforeEach(() => {
    lose(...roles);
    cluster.mounted = {admin: made.admin, replication: made.replication};
  });

  test('recover writes the others, and says which is lost and how the user gets a new one', async () => {
    const result = await recovered();
    expect(result).toMatchObject({operation: 'recover', outcome: 'failed', cause: {code: 'SECRET_MALFORMED'}});
    expect(cluster.secret).toEqual({admin: made.admin, replication: made.replication});
    expect(result.notes).toEqual([
      'The Secret orders-postgresql-auth was gone. It was restored, but for password, from the files that the pods ' +
        'mount, each proven by a login.',
    ]);
    expect(result.cause?.message).toContain('has nothing under password, and no pod');
    expect(result.cause?.message).toContain('postgres-password and replication-password were found, and were written.');
    expect(result.cause?.remedies.map(({command}) => command).join()).toContain('alter role "app"');
    expectNoPassword(result);
  });

  test('recover run again does nothing, and says the same way on', async () => {
    await recovered();
    cluster.changes.length = 0;
    const result = await recovered();
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'SECRET_MALFORMED'}});
    expect(result.cause?.remedies.map(({command}) => command).join()).toContain('alter role "app"');
    expect(cluster.changes).toEqual([]);
  });

  test('with a new password in the database and in the Secret all goes on', async () => {
    await recovered();
    const user = 'a new one';
    cluster.database = {...made, user};
    cluster.secret = {...cluster.secret, user};
    expect((await recovered()).outcome).toBe('succeeded');
    expect(['succeeded', 'unchanged']).toContain((await installed()).outcome);
    expect(cluster.secret).toEqual({...made, user});
  });

  test('an install writes nothing and names recover first', async () => {
    const {outcome, cause} = await installed();
    expect({outcome, code: cause?.code, changes: cluster.changes}).toEqual({
      outcome: 'refused',
      code: 'SECRET_MALFORMED',
      changes: [],
    });
    expect(cause?.message).toContain('postgres-password and replication-password can be restored.');
    expect(cause?.remedies[0]?.command).toContain('pg-helm-install recover');
  });

  test('where the administrator is lost too, no command is offered that could not work', async () => {
    cluster.mounted = {replication: made.replication};
    const {cause} = await recovered();
    expect(cluster.secret).toEqual({replication: made.replication});
    expect(JSON.stringify(cause)).not.toContain('alter role');
  });
});

describe('somebody elsewhere may still be at work', () => {
  const bob = 'bob@elsewhere/42/7/their-boot/4026531836';
  const heldByBob = (truth: 'alive' | 'dead') => {
    cluster.lease = {kind: 'install', startedAt: '', holder: bob, wanted: null, renewedAt: cluster.time};
    if (truth === 'alive') cluster.alive.add(bob);
    cluster.estimates.set(bob, 'alive');
  };

  test.each(losses.map((lost) => [lost.map((role) => secretKeys[role]).join(' and '), lost] as const))(
    '%s comes back before that is known, and no more is done until it is',
    async (_what, lost) => {
      for (const truth of ['alive', 'dead'] as const) {
        await start();
        lose(...lost);
        heldByBob(truth);
        const run = cluster.run();
        const written: string[] = [];
        const watch = run.watchHolder;
        run.watchHolder = async (limits) => {
          written.push(...cluster.changes);
          // The kubelet does not wait either.
          cluster.mounted = {};
          return watch(limits);
        };
        const result = await recovered(run);
        expect(written).toEqual(['writePasswords']);
        expect(cluster.secret).toEqual(made);
        expect({outcome: result.outcome, cause: result.cause?.code}).toEqual(
          truth === 'alive' ? {outcome: 'failed', cause: 'RELEASE_LOCKED'} : {outcome: 'succeeded', cause: undefined},
        );
        expect(result.notes[0]).toContain('It was restored');
      }
    },
  );

  test('what is there and refused is replaced only when it is known that nobody is', async () => {
    for (const truth of ['alive', 'dead'] as const) {
      await start();
      cluster.secret = {...made, user: 'somebody changed it'};
      cluster.mounted = {...made};
      heldByBob(truth);
      const result = await recovered();
      expect(result.outcome).toBe(truth === 'alive' ? 'refused' : 'succeeded');
      expect(cluster.secret.user).toBe(truth === 'alive' ? 'somebody changed it' : made.user);
    }
  });

  test('time is up before it is known: the Secret is whole, and nothing else is said to be', async () => {
    lose('user');
    heldByBob('dead');
    const run = cluster.run();
    const watch = run.watchHolder;
    run.watchHolder = (limits) => watch({...limits, deadline: cluster.time + 5000});
    const result = await recovered(run);
    expect(result).toMatchObject({outcome: 'detached', cause: {code: 'RELEASE_LOCKED'}});
    expect(result.cause?.message).toContain('Nothing else was changed.');
    expect(cluster.secret).toEqual(made);
  });
});

describe('a Secret that was recreated', () => {
  const identifier = '7713308882125799452';
  beforeEach(() => {
    cluster.touch = (snapshot) => ({
      ...snapshot,
      database: snapshot.database.map((fact) =>
        fact.kind === 'endpoint' && fact.result.answered
          ? {...fact, result: {...fact.result, systemIdentifier: identifier}}
          : fact,
      ),
    });
    lose(...roles);
    cluster.systemIdentifier = null;
  });

  test('remembers the database after a recover that only watches, and after an install', async () => {
    for (const restored of [recovered, installed]) {
      lose(...roles);
      cluster.systemIdentifier = null;
      expect((await restored()).outcome).toBe('succeeded');
      expect({secret: cluster.secret, identifier: cluster.systemIdentifier}).toEqual({secret: made, identifier});
    }
  });

  test('remembers it before an uninstall goes on', async () => {
    const request = {dumpTo: null, dryRun: false, timeoutMs: 60_000, command: '', confirm: async () => true};
    const run = cluster.run();
    const result = await recovered(run, undefined, () => uninstall({...request, deleteData: false}, run.ports, signal));
    expect(result.outcome).toBe('succeeded');
    expect(cluster.systemIdentifier).toBe(identifier);
  });

  test('remembers it once the readers follow, and not before', async () => {
    const {touch} = cluster;
    const began = cluster.time;
    cluster.touch = (snapshot) => {
      const seen = touch(snapshot);
      return cluster.time > began + 5000
        ? seen
        : {
            ...seen,
            database: seen.database.map((fact) => (fact.kind === 'replication' ? {...fact, streams: []} : fact)),
          };
    };
    expect((await recovered()).outcome).toBe('succeeded');
    expect(cluster.changes).toEqual(['writePasswords', `remember ${identifier}`]);
    expect(cluster.time).toBeGreaterThan(began + 5000);
  });

  test('is restored although the cluster does not answer when that is remembered', async () => {
    const run = cluster.run();
    run.rememberSystemIdentifier = () => Promise.reject(new UserError(cause('CONNECTION_LOST', 'read ECONNRESET')));
    expect((await recovered(run)).outcome).toBe('succeeded');
    expect(cluster.secret).toEqual(made);
  });
});

describe('a first install that broke off before anything was made, and whose Secret was deleted', () => {
  beforeEach(async () => {
    cluster = new FakeCluster();
    // Its third change is the record of helm.
    await installed(cluster.run({killAt: 3, killAfter: true})).catch(() => null);
    expect(cluster.changes).toEqual(['takeLease', 'writePasswords', 'helm install: record']);
    made = {...(cluster.secret as Passwords)};
    cluster.secret = null;
    cluster.changes.length = 0;
  });
  const goneOn = (run: FakePorts) =>
    recovered(run, undefined, () => {
      const answers = answersFrom(parametersWith({username: 'app'}));
      const chart = {path: 'c', source: 'oci://registry.example/postgresql', version: '16.7.26', appVersion: '17.6.0'};
      return install(
        {
          operation: 'recover',
          answers,
          chart,
          password: null,
          requireEncryption: false,
          dryRun: false,
          timeoutMs: 60_000,
          confirm: null,
          commandFor: () => '',
          onResolved: async () => undefined,
          random: (count) => new Uint8Array(count).fill(3),
        },
        run.ports,
        signal,
      );
    });

  test.each(['install', 'recover'] as const)('%s goes on with new passwords', async (command) => {
    const run = cluster.run();
    const result = command === 'install' ? await installed(run) : await goneOn(run);
    expect({outcome: result.outcome, cause: result.cause}).toEqual({outcome: 'succeeded', cause: undefined});
    expect(cluster.database).not.toBeNull();
    expect(cluster.secret).toEqual(cluster.database);
  });

  test('status says so', () => {
    expect(secretMalformed(cluster.snapshot())?.cause.remedies[0]).toMatchObject({
      title: 'Go on with the install: no database was made yet, so that new passwords are made up',
    });
  });

  const claims = [{metadata: {name: 'data-orders-postgresql-primary-0'}, spec: {}, status: {phase: 'Bound'}}];
  test.each<readonly [string, (snapshot: Snapshot) => Snapshot]>([
    ['a claim is there', (snapshot) => ({...snapshot, claims})],
    ['claims may not be listed', (snapshot) => ({...snapshot, unreadable: ['persistentvolumeclaims']})],
    ['pods may not be listed', (snapshot) => ({...snapshot, unreadable: ['pods']})],
    [
      'a revision was deployed',
      ({release, ...snapshot}) => ({
        ...snapshot,
        release: {...release, revisions: release.revisions.map((one) => ({...one, status: 'deployed' as const}))},
      }),
    ],
  ])('nothing is made up where %s', async (_what, touch) => {
    cluster.touch = touch;
    for (const go of [() => installed(), () => goneOn(cluster.run())]) {
      expect(await go()).toMatchObject({outcome: 'refused', cause: {code: 'SECRET_MALFORMED'}});
      expect(cluster.secret).toBeNull();
    }
  });
});
