// A new release from a backup, against a cluster in memory: what is planned is what is done, and what a refused or
// killed run leaves behind is in nobody's way.
import {beforeEach, describe, expect, it} from 'vitest';
import {toValues} from '../../../../source/chart/values.ts';
import type {BackupEntry} from '../../../../source/observation/backups/backup-list.ts';
import {install} from '../../../../source/operations/install.ts';
import type {RestoreJob} from '../../../../source/operations/ports/backup.ts';
import {restoreBackup, type RestoreRequest} from '../../../../source/operations/backups/restore-backup.ts';
import type {Plan, Progress, Result} from '../../../../source/plan/progress.ts';
import {FakeCluster, type FakePorts} from '../../../support/fakes/fake-ports.ts';
import {FakeRelease} from '../../../support/fakes/fake-release.ts';
import {installRequest} from '../../../support/fakes/install-request.ts';
import {parametersWith, targetFor} from '../../../support/fakes/survey.ts';

const {signal} = new AbortController();
const entry = (name: string): BackupEntry => ({
  name,
  startedAt: '2026-01-01T03:00:00Z',
  seconds: 3,
  bytes: 2000,
  postgresVersion: '17.6',
  proof: null,
  username: 'app',
  database: 'appdb',
  databases: [{name: 'appdb', bytes: 9000, tables: 1, rows: 5}],
});
const [older, newer] = [entry('20260101T030000Z'), entry('20260102T030000Z')];

let source: FakeRelease;
/** Where the release `again` comes into being. */
let place: FakeCluster;
let job: RestoreJob | null;
/** The backup that the server is half restored from. */
let half: string | null;
/** Whether clients get into the databases. */
let letsIn: () => boolean;

beforeEach(() => {
  source = new FakeRelease(parametersWith());
  place = new FakeCluster();
  Object.assign(place, {target: targetFor('again')});
  job = null;
  half = null;
  letsIn = () => true;
});

function jobOf(backup: string, is: Partial<RestoreJob> = {}): RestoreJob {
  const claim = 'orders-postgresql-primary-pgdumpall';
  return {claim, backup, isSuspended: true, hasFailed: false, hasSucceeded: false, ...is};
}

function portsOfPlace(): FakePorts {
  const run = place.run();
  // The restore itself is what test/sandbox/backup-scripts.test.ts shows.
  Object.assign(run, {
    restoreJob: async () => job,
    halfRestored: async () => half,
    createRestore: async ({backup}: {backup: string}) => void ((job = jobOf(backup)), place.changes.push('job')),
    deleteRestore: async () => void ((job = null), place.changes.push('delete job')),
    startRestore: async () => void (job && (job = {...job, isSuspended: false, hasSucceeded: true})),
  });
  place.touch = (snapshot) => ({
    ...snapshot,
    ...(letsIn() ? {} : {database: []}),
    backup: {cronJob: null, claim: null, pods: podsOf(job)},
  });
  return run;
}

function podsOf(of: RestoreJob | null) {
  if (!of || of.isSuspended) return [];
  const labels = {'app.kubernetes.io/component': 'backup-restore'};
  return [{metadata: {name: 'restore', labels}, spec: {containers: []}, status: {phase: 'Succeeded'}}];
}

async function restored(rest: Partial<RestoreRequest> = {}, backups = [newer, older]): Promise<Result> {
  const fresh = portsOfPlace();
  const run = source.run();
  Object.assign(run, {listBackups: async () => ({backups, sizeBytes: null, freeBytes: null})});
  const claim = {metadata: {name: 'orders-postgresql-primary-pgdumpall'}, spec: {}};
  const steps: AsyncGenerator<Progress, Result> = restoreBackup(
    {
      backup: newer.name,
      answers: {},
      dryRun: false,
      timeoutMs: 60_000,
      command: '',
      confirm: null,
      source: {...source.snapshot(), backup: {cronJob: null, claim, pods: []}},
      install: (answers, {dryRun, planned}) =>
        install(installRequest({answers, dryRun, planned, confirm: null}), fresh.ports, signal),
      ...rest,
    },
    run.ports,
    fresh.ports,
    signal,
  );
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
  }
}

const codes = (plan: Plan | undefined) => plan?.consequences.map(({code}) => code);

describe('a restore', () => {
  it('begins with the Job that waits, installs the release, and has it filled', async () => {
    const result = await restored();
    expect(result.cause).toBeUndefined();
    expect(result).toMatchObject({outcome: 'succeeded', release: 'again', backup: {name: newer.name}});
    expect(place.changes.slice(0, 2)).toEqual(['job', 'takeLease']);
  });

  it('tells that a second try drops what is there by now, where the first one failed in the release', async () => {
    expect(codes((await restored({dryRun: true})).plan)).not.toContain('DATA_DELETED');
    await restored();
    expect(codes((await restored({dryRun: true})).plan)).not.toContain('DATA_DELETED');
    job = jobOf(newer.name, {isSuspended: false, hasFailed: true});
    const {plan} = await restored({dryRun: true});
    expect(plan?.consequences.find(({code}) => code === 'DATA_DELETED')?.sentence).toContain(
      'what again has in appdb by now is dropped and restored anew',
    );
  });

  it.each([true, false])('is refused as its install would be, before anything is made; dry run: %s', async (dryRun) => {
    const result = await restored({dryRun, answers: {storageClass: 'nope'}});
    expect(result).toMatchObject({operation: 'backup', outcome: 'refused', cause: {code: 'NO_STORAGE_CLASS'}});
    expect({changes: place.changes, job}).toEqual({changes: [], job: null});
  });

  it('plans the values and the manifests of the release that it makes', async () => {
    const {outcome, plan} = await restored({dryRun: true, answers: {storageSize: '33Gi'}});
    expect(outcome).toBe('planned');
    expect(plan?.values).toMatchObject({primary: {persistence: {size: '33Gi'}}});
    expect(plan?.manifests).toContain('kind: StatefulSet');
    expect({changes: place.changes, job}).toEqual({changes: [], job: null});
  });

  it('is refused with a disk that its databases would fill', async () => {
    const big: BackupEntry = {...newer, databases: [{name: 'appdb', bytes: 50 * 2 ** 30, tables: 1, rows: 5}]};
    for (const answers of [{storageSize: '2Gi'}, {readers: {storageSize: '50Gi'}}] as const) {
      const result = await restored({answers}, [big]);
      expect(result).toMatchObject({outcome: 'refused', cause: {code: 'BAD_INPUT'}});
      expect(result.cause?.message).toMatch(/its databases had 50 GiB. Ask for 61Gi or more/);
    }
    expect(place.changes).toEqual([]);
  });

  it('leaves no Job behind where the install is refused after all', async () => {
    const isTaken = {kind: 'install', startedAt: '2026-01-02T04:00:00.000Z', wanted: null, renewedAt: 0} as const;
    const installing: RestoreRequest['install'] = (answers, {dryRun, planned}) => {
      const run = place.run();
      if (!dryRun) run.takeLease = async () => ({...isTaken, holder: 'ben', renewedAt: '', holderIsAlive: true});
      return install(installRequest({answers, dryRun, planned, confirm: null}), run.ports, signal);
    };
    const result = await restored({install: installing});
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
    expect({changes: place.changes, job}).toEqual({changes: ['job', 'delete job'], job: null});
  });

  it.each([
    ['waits', {}],
    ['failed', {isSuspended: false, hasFailed: true}],
    ['is done', {isSuspended: false, hasSucceeded: true}],
  ] as const)('of another backup is in nobody’s way without a release: its Job %s', async (_, is) => {
    job = jobOf(older.name, is);
    expect((await restored()).cause).toBeUndefined();
    expect(job).toMatchObject({backup: newer.name, hasSucceeded: true});
  });

  it('goes on where the Job of the earlier try is gone, and the server is half restored', async () => {
    await restored();
    job = null;
    expect(await restored()).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_EXISTS'}});
    half = older.name;
    expect(await restored()).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_EXISTS'}});
    half = newer.name;
    expect(codes((await restored({dryRun: true})).plan)).toContain('DATA_DELETED');
    letsIn = () => job?.hasSucceeded === true;
    expect((await restored({timeoutMs: 30_000})).cause).toBeUndefined();
    expect(job).toMatchObject({backup: newer.name, hasSucceeded: true});
  });

  it('of another backup is not gone over where there is a release', async () => {
    await restored({backup: older.name});
    const {changes} = place;
    const before = [...changes];
    expect(await restored()).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_EXISTS'}});
    expect(changes).toEqual(before);
  });

  it.each<[string, () => void]>([
    ['a release of the name came', () => (place.revisions = [revision1()])],
    ['somebody began to install one', () => (place.lease = {...begun, holder: '', renewedAt: 0})],
  ])('changes nothing where %s between the question and the answer', async (_, happens) => {
    const confirm = async () => (happens(), true);
    const result = await restored({confirm});
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
    expect({changes: place.changes, job}).toEqual({changes: [], job: null});
  });

  it('overwrites no release that came right before its install', async () => {
    const fresh = place.run();
    const installing: RestoreRequest['install'] = (answers, {dryRun, planned}) => {
      if (!dryRun) place.revisions = [revision1()];
      return install(installRequest({answers, dryRun, planned, confirm: null}), fresh.ports, signal);
    };
    const result = await restored({install: installing});
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
    expect({changes: place.changes, job}).toEqual({changes: ['job', 'delete job'], job: null});
  });

  it('goes on where its databases let nobody in yet: the release is installed already', async () => {
    await restored();
    job = jobOf(newer.name, {isSuspended: false, hasFailed: true});
    letsIn = () => job?.hasSucceeded === true;
    const result = await restored({timeoutMs: 30_000});
    expect(result.cause).toBeUndefined();
    expect(result.outcome).toBe('succeeded');
  });
});

const begun = {kind: 'install', startedAt: '2026-01-02T04:00:00.000Z', wanted: null} as const;
function revision1(): FakeCluster['revisions'][number] {
  const chart = {chartVersion: '16.7.26', chartName: 'postgresql', appVersion: '17.6.0', description: ''};
  const values = toValues(parametersWith(), place.target);
  return {revision: 1, status: 'deployed', updatedAt: '2026-01-02T04:00:00.000Z', ...chart, values};
}
