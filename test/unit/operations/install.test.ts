// An install from its first look to its end, against a cluster in memory: what it does, what it leaves alone, and that
// it can be killed anywhere.
import fc from 'fast-check';
import {beforeEach, describe, expect, it} from 'vitest';
import {cause, UserError} from '../../../source/core/cause.ts';
import {toValues} from '../../../source/chart/values.ts';
import {install, type InstallRequest} from '../../../source/operations/install.ts';
import type {Progress, Result} from '../../../source/plan/progress.ts';
import {answersFrom} from '../../../source/parameters/resolve.ts';
import {FakeCluster, Killed, type FakePorts} from '../../support/fakes/fake-ports.ts';
import {installRequest} from '../../support/fakes/install-request.ts';
import {node, parametersWith} from '../../support/fakes/survey.ts';

const wanted = parametersWith();
let cluster: FakeCluster;
let stop: AbortController;
let progress: Progress[];
beforeEach(() => {
  cluster = new FakeCluster();
  stop = new AbortController();
  progress = [];
});

async function finish(run: FakePorts = cluster.run(), changes: Partial<InstallRequest> = {}): Promise<Result> {
  const all = install(installRequest(changes), run.ports, stop.signal);
  for (;;) {
    const next = await all.next();
    if (next.done) return next.value;
    progress.push(next.value);
  }
}
const changes = () => cluster.changes.filter((change) => change !== 'renewLease');

describe('an install', () => {
  it('ends with a proven writer and reader', async () => {
    const result = await finish();
    expect(result).toMatchObject({
      outcome: 'succeeded',
      revision: 1,
      chartVersion: '16.7.26',
      postgresVersion: '17.6',
      credentials: {username: 'app', database: 'appdb', secret: 'orders-postgresql-auth', passwordKey: 'password'},
      endpoints: {writer: {proven: true}, reader: {proven: true, streaming: 2}},
    });
    expect(result.cause).toBeUndefined();
    expect(changes()).toEqual([
      'takeLease',
      'writePasswords',
      'helm install: record',
      'helm install: objects',
      'helm install: deployed',
      'endLease',
    ]);
    expect(cluster.revisions[0]?.values).toEqual(toValues(wanted, cluster.target));
  });

  it('tells its steps first, and how long each took at the end', async () => {
    const {phases, durationMs} = await finish();
    expect(progress.find(({type}) => type === 'plan')).toEqual({
      type: 'plan',
      steps: ['secret', 'release', 'storage', 'writer', 'readers', 'endpoints'],
    });
    expect(phases.map(({name}) => name)).toEqual([
      'checks',
      'secret',
      'release',
      'storage',
      'writer',
      'readers',
      'endpoints',
    ]);
    expect(phases.reduce((sum, {ms}) => sum + ms, 0)).toBe(durationMs);
  });

  it('makes the namespace that is absent', async () => {
    cluster.namespace = false;
    expect((await finish()).outcome).toBe('succeeded');
    expect(changes().slice(0, 2)).toEqual(['createNamespace', 'takeLease']);
  });

  it('generates passwords that are not each other', async () => {
    await finish();
    const {admin, user, replication} = cluster.secret ?? {admin: '', user: '', replication: ''};
    expect(new Set([admin, user, replication]).size).toBe(3);
    for (const one of [admin, user, replication]) expect(one).toMatch(/^[A-Za-z0-9]{24}$/);
  });

  it("takes the operator's password, for the administrator too where that is the user", async () => {
    await finish(cluster.run(), {
      password: 'a password of mine',
      answers: answersFrom(parametersWith({username: 'postgres'})),
    });
    expect(cluster.secret).toMatchObject({user: 'a password of mine', admin: 'a password of mine'});
    expect(cluster.secret?.replication).not.toBe('a password of mine');
  });

  it('keeps the password out of everything it tells and writes', async () => {
    const result = await finish(cluster.run(), {password: 'a password of mine'});
    expect(JSON.stringify([result, progress, cluster.revisions, cluster.lease])).not.toContain('a password of mine');
  });

  it('tells what it resolved once, before it changes anything', async () => {
    const told: unknown[] = [];
    await finish(cluster.run(), {
      onResolved: async (parameters) => void told.push([parameters, cluster.changes.length]),
    });
    expect(told).toEqual([[wanted, 0]]);
  });
});

describe('again', () => {
  it('changes nothing when all is there', async () => {
    await finish();
    const before = cluster.changes.length;
    const passwords = cluster.secret;
    expect(await finish()).toMatchObject({outcome: 'unchanged', revision: 1, endpoints: {writer: {proven: true}}});
    expect(cluster.changes.slice(before)).toEqual(['takeLease', 'endLease']);
    expect(cluster.secret).toBe(passwords);
  });

  it('asks nobody then', async () => {
    await finish();
    const confirm = () => Promise.reject(new Error('asked'));
    expect((await finish(cluster.run(), {confirm})).outcome).toBe('unchanged');
  });

  it('refuses what was asked for explicitly and is not so', async () => {
    await finish();
    const before = cluster.changes.length;
    const result = await finish(cluster.run(), {answers: {storageSize: '50Gi'}});
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_EXISTS'}});
    expect(cluster.changes).toHaveLength(before);
  });

  it('chooses by nodes whose taints are tolerated', async () => {
    const [taint, toleration] = [
      {key: 'sku', effect: 'NoSchedule'},
      {key: 'sku', operator: 'Exists', effect: 'NoSchedule'} as const,
    ];
    const nodes = [node('small'), node('large', {type: 'r9.large', cpu: '8', memory: '32Gi', taints: [taint]})];
    const memoryWith = async (tolerations: readonly (typeof toleration)[]) => {
      const run = cluster.run();
      const {survey} = run;
      run.survey = async (asked) => ({...(await survey.call(run, asked)), nodes});
      let memory = '';
      await finish(run, {
        answers: {instanceType: 'r9.large', storageClass: 'standard', tolerations},
        dryRun: true,
        onResolved: async (one) => void (memory = one.memory),
      });
      return memory;
    };
    expect(await memoryWith([toleration])).toBe('16Gi');
    expect(await memoryWith([])).not.toBe('16Gi');
  });

  it('refuses another number of backups to keep, also where only that is named', async () => {
    const withBackups = answersFrom(parametersWith({backup: {schedule: '0 3 * * *', size: '8Gi', keep: 7}}));
    await finish(cluster.run(), {answers: withBackups});
    const before = cluster.changes.length;
    const result = await finish(cluster.run(), {answers: {backup: {keep: 2}}});
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_EXISTS'}});
    expect(result.cause?.message).toContain('backup.keep is 7, asked 2 (--backup-keep)');
    expect(cluster.changes).toHaveLength(before);
  });

  it.each([
    ['recover, from the Lease', 'recover', true],
    ['the same command', 'install', true],
    ['the same command, where nothing says who began it', 'install', false],
  ] as const)('goes on with what helm left pending, and says so: %s', async (_what, operation, hasLease) => {
    const first = cluster.run();
    first.helmFailures.push(() => {
      throw new Killed('helm and we');
    });
    await expect(finish(first)).rejects.toThrow(Killed);
    cluster.alive.delete(first.holder);
    expect(cluster.revisions.at(-1)?.status).toBe('pending-install');
    if (!hasLease) cluster.lease = null;
    const result = await finish(cluster.run(), operation === 'recover' ? {operation, answers: {}} : {operation});
    expect(result.outcome).toBe('succeeded');
    expect(result.notes.join('\n')).toMatch(
      /An earlier install was found half done \(revision 1, pending-install\) and continued\./,
    );
    expect(cluster.revisions.map(({status}) => status)).toEqual(['superseded', 'deployed']);
  });
});

describe('when nothing is to be changed', () => {
  const untouched = (result: Result) => {
    expect(cluster.changes).toEqual([]);
    return result;
  };

  it('a dry run plans and changes nothing, the namespace not either', async () => {
    cluster.namespace = false;
    const {outcome, plan} = untouched(
      await finish(cluster.run(), {dryRun: true, confirm: () => Promise.reject(new Error('asked'))}),
    );
    expect(outcome).toBe('planned');
    expect(plan?.steps).toEqual([
      {name: 'namespace', command: 'kubectl --context prod-eu create namespace team-a'},
      {name: 'secret', command: null},
      {name: 'release', command: 'helm install orders …'},
      ...['storage', 'writer', 'readers', 'endpoints'].map((name) => ({name, command: null})),
    ]);
    expect(plan?.consequences.map(({code, object}) => `${code} ${object}`)).toEqual([
      'CREATE Namespace/team-a',
      'CREATE Secret/orders-postgresql-auth',
      'CREATE StatefulSet/orders-postgresql-primary',
      'CREATE StatefulSet/orders-postgresql-read',
    ]);
    expect(plan?.manifests).toContain('kind: StatefulSet');
  });

  it('a person who says no leaves everything as it is', async () => {
    expect(untouched(await finish(cluster.run(), {confirm: async () => false}))).toMatchObject({
      outcome: 'refused',
      cause: {code: 'CANCELLED', message: 'Nothing was changed.'},
    });
  });

  it('a check that refuses does so before anything', async () => {
    const result = untouched(
      await finish(cluster.run(), {answers: {...answersFrom(wanted), storageClass: 'no-such-class'}}),
    );
    expect(result).toMatchObject({
      outcome: 'refused',
      cause: {code: 'NO_STORAGE_CLASS'},
      revision: null,
      endpoints: null,
    });
  });

  it('the cluster refuses the rendering', async () => {
    const run = cluster.run();
    run.helm.dryRun = () => Promise.reject(new UserError(cause('ADMISSION_DENIED', 'policy says no')));
    expect(untouched(await finish(run))).toMatchObject({outcome: 'refused', cause: {code: 'ADMISSION_DENIED'}});
  });

  it('somebody else is at work', async () => {
    cluster.alive.add('bob@elsewhere/42/7');
    cluster.lease = {
      kind: 'install',
      startedAt: '2026-01-02T03:00:00Z',
      wanted: null,
      holder: 'bob@elsewhere/42/7',
      renewedAt: cluster.time,
    };
    expect(untouched(await finish())).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
  });

  it('somebody else begins in the same moment', async () => {
    const result = await finish(cluster.run(), {
      confirm: async () => {
        cluster.alive.add('bob@elsewhere/42/7');
        cluster.lease = {
          kind: 'install',
          startedAt: '2026-01-02T03:04:05Z',
          wanted: null,
          holder: 'bob@elsewhere/42/7',
          renewedAt: cluster.time,
        };
        return true;
      },
    });
    expect(untouched(result)).toMatchObject({
      outcome: 'refused',
      cause: {
        code: 'RELEASE_LOCKED',
        message: expect.stringMatching(
          /^bob@elsewhere is at work on orders since 2026-01-02T03:04:05Z \(install, last sign/,
        ),
      },
    });
  });
});

describe('the Lease', () => {
  it('says what is wanted, without the password, before the first change', async () => {
    const run = cluster.run({killAt: 2});
    await expect(finish(run, {password: 'a password of mine'})).rejects.toThrow(Killed);
    expect(cluster.changes).toEqual(['takeLease']);
    expect(cluster.lease).toMatchObject({
      kind: 'install',
      wanted: {parameters: wanted, chart: {source: 'oci://registry.example/postgresql', version: '16.7.26'}},
    });
    expect(JSON.stringify(cluster.lease)).not.toContain('a password of mine');
  });

  it.each([
    ['is over', {}, 'endLease'],
    ['pauses when time is up', {timeoutMs: 2000}, 'pauseLease'],
  ] as const)('%s', async (_what, changed, last) => {
    cluster.pace.writerReadyMs = 5000;
    await finish(cluster.run(), changed);
    expect(cluster.changes.at(-1)).toBe(last);
  });

  it('is renewed in a long install', async () => {
    cluster.pace.readersStreamMs = 45_000;
    expect((await finish()).outcome).toBe('succeeded');
    expect(cluster.changes.filter((change) => change === 'renewLease').length).toBeGreaterThanOrEqual(4);
  });
});

describe('the ways to end', () => {
  it('time: it goes on in the cluster', async () => {
    cluster.pace.readersStreamMs = 120_000;
    expect(await finish()).toMatchObject({
      outcome: 'detached',
      cause: {code: 'TIMEOUT', message: expect.stringContaining('waiting for: readers')},
      endpoints: {writer: {proven: true}},
    });
    expect(cluster.lease?.holder).toBe('');
  });

  it('a stop: nothing is undone', async () => {
    cluster.after(4000, () => stop.abort());
    cluster.pace.writerReadyMs = 20_000;
    expect(await finish()).toMatchObject({outcome: 'cancelled', revision: 1, cause: {code: 'CANCELLED'}});
    expect(cluster.changes.at(-1)).toBe('pauseLease');
    expect(cluster.revisions.at(-1)?.status).toBe('deployed');
  });

  it('a stop while helm works: the record stays pending, and the next run goes on', async () => {
    const run = cluster.run();
    run.helmFailures.push(() => stop.abort());
    expect(await finish(run)).toMatchObject({
      outcome: 'cancelled',
      cause: {message: expect.stringContaining('Revision 1 is pending-install')},
    });
    stop = new AbortController();
    expect((await finish(cluster.run(), {operation: 'recover', answers: {}})).outcome).toBe('succeeded');
  });

  it('an upgrade by somebody else is pending, and nothing was ever good: it is refused with a way out', async () => {
    await finish();
    cluster.revisions.splice(
      0,
      cluster.revisions.length,
      ...cluster.revisions.map((one) => ({...one, status: 'pending-upgrade' as const})),
    );
    const {outcome, cause: said} = await finish(cluster.run(), {operation: 'recover', answers: {}});
    expect({outcome, code: said?.code, command: said?.remedies[0]?.command}).toEqual({
      outcome: 'failed',
      code: 'RELEASE_LOCKED',
      command: expect.stringMatching(/^pg-helm-install uninstall orders -n team-a/) as string,
    });
  });

  it('an install failed, and the upgrade that was to complete it was interrupted: it goes on from there', async () => {
    await finish();
    const [one] = cluster.revisions;
    if (!one) throw new Error('there is a revision');
    cluster.revisions.splice(
      0,
      cluster.revisions.length,
      {...one, status: 'failed'},
      {...one, revision: 2, status: 'pending-upgrade'},
    );
    const result = await finish(cluster.run(), {operation: 'recover', answers: {}});
    expect(result.outcome).toBe('succeeded');
    expect(result.notes.join()).toContain(
      'Revision 2 was pending-upgrade: helm had been interrupted. It was completed.',
    );
    expect(cluster.revisions.at(-1)?.status).toBe('deployed');
  });

  it('helm is killed once: it is completed, and said', async () => {
    const run = cluster.run();
    run.helmFailures.push(() => {
      throw new UserError(cause('CANCELLED', 'helm was ended by SIGKILL'));
    });
    const result = await finish(run);
    expect(result.outcome).toBe('succeeded');
    expect(result.notes).toEqual(['Revision 1 was pending-install: helm had been interrupted. It was completed.']);
    expect(cluster.revisions.map(({status}) => status)).toEqual(['superseded', 'deployed']);
    // A helm that nobody answers for may still be at work for a while.
    expect(cluster.elapsed).toBeGreaterThanOrEqual(15_000);
  });

  it('helm says what cannot be put right', async () => {
    const run = cluster.run();
    run.helmFailures.push(() => {
      throw new UserError(cause('QUOTA_EXCEEDED', 'exceeded quota: small'));
    });
    expect(await finish(run)).toMatchObject({outcome: 'failed', cause: {code: 'QUOTA_EXCEEDED'}});
    expect(cluster.changes.at(-1)).toBe('pauseLease');
  });

  it('the connection comes back: so does the install', async () => {
    cluster.after(2500, () => (cluster.reachable = false));
    cluster.after(20_000, () => (cluster.reachable = true));
    expect((await finish()).outcome).toBe('succeeded');
  });
});

describe('killed at any change and run again', () => {
  it('ends where it would have', async () => {
    const kill = fc.record({killAt: fc.integer({min: 1, max: 9}), killAfter: fc.boolean()});
    await fc.assert(
      fc.asyncProperty(fc.array(kill, {minLength: 1, maxLength: 3}), fc.boolean(), async (kills, namespace) => {
        cluster = new FakeCluster();
        cluster.namespace = namespace;
        let result: Result | null = null;
        for (const one of kills)
          result = await finish(cluster.run(one)).catch((error: unknown) =>
            error instanceof Killed ? null : Promise.reject(error),
          );
        result = await finish();
        expect(['succeeded', 'unchanged']).toContain(result.outcome);
        expect(result.endpoints).toMatchObject({writer: {proven: true}, reader: {proven: true, streaming: 2}});
        expect(cluster.revisions.filter(({status}) => status === 'deployed')).toHaveLength(1);
        expect(cluster.revisions.some(({status}) => status.startsWith('pending'))).toBe(false);
        expect(cluster.revisions.at(-1)?.values).toEqual(toValues(wanted, cluster.target));
        // The database knows the passwords that it was made with: whoever writes others locks everybody out.
        expect(cluster.secret).toEqual(cluster.database);
        expect(cluster.changes.filter((change) => change === 'writePasswords')).toHaveLength(1);
        expect(cluster.lease).toBeNull();
      }),
      {numRuns: 60},
    );
  });
});
