// A new release from a backup, against a cluster in memory: what is planned is what is done, and what a refused or
// killed run leaves behind is in nobody's way.
import {beforeEach, describe, expect, it} from 'vitest';
import type {BackupEntry} from '../../../source/observation/backup-list.ts';
import {install} from '../../../source/operations/install.ts';
import type {RestoreJob} from '../../../source/operations/ports/backup.ts';
import {restoreBackup, type RestoreRequest} from '../../../source/operations/restore-backup.ts';
import type {Plan, Progress, Result} from '../../../source/plan/progress.ts';
import {FakeCluster, type FakePorts} from '../../support/fake-ports.ts';
import {FakeRelease} from '../../support/fake-release.ts';
import {installRequest} from '../../support/install-request.ts';
import {parametersWith, targetFor} from '../../support/survey.ts';

const {signal} = new AbortController();
const entry = (name: string): BackupEntry => ({
  ...{name, startedAt: '2026-01-01T03:00:00Z', seconds: 3, bytes: 2000, postgresVersion: '17.6', proof: null},
  ...{username: 'app', database: 'appdb', databases: [{name: 'appdb', bytes: 9000, tables: 1, rows: 5}]},
});
const [older, newer] = [entry('20260101T030000Z'), entry('20260102T030000Z')];

let source: FakeRelease;
/** Where the release `again` comes into being. */
let place: FakeCluster;
let job: RestoreJob | null;

beforeEach(() => {
  source = new FakeRelease(parametersWith());
  place = new FakeCluster();
  Object.assign(place, {target: targetFor('again')});
  job = null;
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
    createRestore: async ({backup}: {backup: string}) => void ((job = jobOf(backup)), place.changes.push('job')),
    deleteRestore: async () => void ((job = null), place.changes.push('delete job')),
    startRestore: async () => void (job && (job = {...job, isSuspended: false, hasSucceeded: true})),
  });
  place.touch = (snapshot) => ({...snapshot, backup: {cronJob: null, claim: null, pods: podsOf(job)}});
  return run;
}

function podsOf(of: RestoreJob | null) {
  if (!of || of.isSuspended) return [];
  const labels = {'app.kubernetes.io/component': 'backup-restore'};
  return [{metadata: {name: 'restore', labels}, spec: {containers: []}, status: {phase: 'Succeeded'}}];
}

async function restored(rest: Partial<RestoreRequest> = {}): Promise<Result> {
  const fresh = portsOfPlace();
  const run = source.run();
  Object.assign(run, {listBackups: async () => ({backups: [newer, older], sizeBytes: null, freeBytes: null})});
  const claim = {metadata: {name: 'orders-postgresql-primary-pgdumpall'}, spec: {}};
  const steps: AsyncGenerator<Progress, Result> = restoreBackup(
    {
      ...{backup: newer.name, answers: {}, dryRun: false, timeoutMs: 60_000, command: '', confirm: null},
      source: {...source.snapshot(), backup: {cronJob: null, claim, pods: []}},
      install: (answers) => install(installRequest({answers, confirm: null}), fresh.ports, signal),
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
});
