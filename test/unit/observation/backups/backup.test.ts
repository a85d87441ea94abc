// How backups are: what pods, the CronJob and the note on the claim say together.
import {describe, expect, it} from 'vitest';
import {backupStateOf, backupWarnings} from '../../../../source/observation/backups/backup.ts';
import {
  listingIn,
  noteOf,
  notedAnnotation,
  type BackupNote,
} from '../../../../source/observation/backups/backup-list.ts';
import {backupText} from '../../../../source/observation/text/backup-text.ts';
import type {CronJob, Pod} from '../../../../source/observation/kubernetes.ts';
import type {Snapshot} from '../../../../source/observation/snapshot.ts';
import {recorded} from '../recorded.ts';

const now = Date.parse('2026-03-04T12:00:00Z');
const cronJob: CronJob = {
  metadata: {name: 'orders-postgresql-primary-pgdumpall', creationTimestamp: '2026-03-01T12:00:00Z'},
  spec: {schedule: '0 3 * * *', jobTemplate: {spec: {}}},
};
const manifest = (startedAt: string) =>
  JSON.stringify({schema: 'pg-helm-install/backup/v1', backup: 'B', startedAt, seconds: 4, bytes: 2048});

function pod(phase: 'Running' | 'Succeeded' | 'Failed', at: string, message = manifest(at)): Pod {
  const terminated = {exitCode: phase === 'Failed' ? 1 : 0, message, startedAt: at, finishedAt: at};
  return {
    metadata: {name: `job-${at}`, creationTimestamp: at, labels: {'app.kubernetes.io/component': 'pg_dumpall'}},
    spec: {containers: []},
    status: {
      phase,
      startTime: at,
      containerStatuses: [
        {name: 'c', ready: false, restartCount: 0, state: phase === 'Running' ? {running: {}} : {terminated}},
      ],
    },
  };
}

function withBackup(pods: readonly Pod[], note: BackupNote | null = null, job: CronJob | null = cronJob): Snapshot {
  const claim = {
    metadata: {
      name: cronJob.metadata.name,
      annotations: note === null ? {} : {[notedAnnotation]: JSON.stringify(note)},
    },
    spec: {},
  };
  return {...recorded('healthy'), takenAt: now, clusterAheadMs: 0, backup: {cronJob: job, claim, pods}};
}
const codes = (snapshot: Snapshot) => backupWarnings(snapshot).map(({code}) => code);

describe('a Job whose pod the cluster does not take', () => {
  const words =
    'Error creating: pods "j-x" is forbidden: failed quota: team: must specify limits.cpu for: postgresql-pgdumpall';
  const refusedAt = (at: string, job = `${cronJob.metadata.name}-29500000`) => ({
    metadata: {name: 'e'},
    involvedObject: {kind: 'Job', name: job},
    reason: 'FailedCreate',
    type: 'Warning',
    message: words,
    lastTimestamp: at,
  });
  const withRefusal = (at: string, pods: readonly Pod[] = [], job?: string): Snapshot => {
    const snapshot = withBackup(pods);
    return {...snapshot, events: [...snapshot.events, refusedAt(at, job)]};
  };

  it('is a backup that failed, with the words of the cluster', () => {
    const snapshot = withRefusal('2026-03-04T11:30:00Z', [pod('Succeeded', '2026-03-03T03:00:00Z')]);
    expect(backupStateOf(snapshot)?.failed?.why).toContain('must specify limits.cpu for: postgresql-pgdumpall');
    expect(codes(snapshot)).toContain('BACKUP_FAILED');
  });

  it('is over with the next backup, and has nothing to do with the Jobs of others', () => {
    const later = [pod('Succeeded', '2026-03-04T11:45:00Z')];
    expect(backupStateOf(withRefusal('2026-03-04T11:30:00Z', later))?.failed).toBeNull();
    expect(backupStateOf(withRefusal('2026-03-04T11:30:00Z', [], 'orders-postgresql-migrate'))?.failed).toBeNull();
    expect(
      backupStateOf(withRefusal('2026-03-04T11:30:00Z', [pod('Running', '2026-03-04T11:31:00Z')]))?.failed,
    ).toBeNull();
  });
});

describe('the state of backups', () => {
  it('is none where none are planned and none were made', () => {
    expect(backupStateOf(recorded('healthy'))).toBeNull();
    expect(backupWarnings(recorded('healthy'))).toEqual([]);
  });

  it('has the last one, the last proof and the next time', () => {
    const note = {newest: null, tried: {name: 'A', at: '2026-03-02T12:00:00Z', ok: true}};
    const snapshot = withBackup(
      [pod('Succeeded', '2026-03-04T03:00:00Z'), pod('Failed', '2026-03-03T03:00:00Z')],
      note,
    );
    const state = backupStateOf(snapshot);
    expect(state).toMatchObject({
      last: {name: 'B', startedAt: '2026-03-04T03:00:00Z', bytes: 2048},
      tried: {ok: true},
      nextAt: '2026-03-05T03:00:00.000Z',
      isRunning: false,
      failed: null,
      lateSince: null,
    });
    expect(state && backupText(state, now)).toBe(
      'last 9 h ago, later writes would be lost · proven 2 d ago · next in 15 h',
    );
    expect(codes(snapshot)).toEqual([]);
  });

  it('knows from the claim what pods do not say any more', () => {
    const note = {newest: {name: 'A', startedAt: '2026-03-04T03:00:00Z', bytes: 7}, tried: null};
    expect(backupStateOf(withBackup([], note))).toMatchObject({last: {name: 'A'}, lateSince: null});
    const remembered = {...cronJob, status: {lastSuccessfulTime: '2026-03-04T03:00:09Z'}};
    expect(backupStateOf(withBackup([], null, remembered))?.last?.startedAt).toBe('2026-03-04T03:00:09Z');
  });

  it('after the schedule was taken away tells what there is, and warns of nothing', () => {
    const snapshot = withBackup([pod('Failed', '2026-03-02T03:00:00Z', 'No space left')], null, null);
    expect(backupStateOf(snapshot)).toMatchObject({schedule: null, nextAt: null, lateSince: null});
    expect(codes(snapshot)).toEqual([]);
  });
});

describe('a warning', () => {
  it('BACKUP_FAILED has the words of the script and the command that tries again', () => {
    const failed = pod('Failed', '2026-03-04T03:00:00Z', 'pg_dump of appdb: No space left on device');
    const [warning] = backupWarnings(withBackup([failed, pod('Succeeded', '2026-03-03T03:00:00Z')]));
    expect(warning).toMatchObject({
      code: 'BACKUP_FAILED',
      message: expect.stringMatching(
        /No space left on device\. .*until 2026-03-03T03:00:00Z\. .* backup orders .* run$/,
      ),
    });
  });

  it('BACKUP_LATE comes an hour after one was due, not while it is being made', () => {
    const last = pod('Succeeded', '2026-03-03T03:00:00Z');
    const at = (time: string, ...pods: Pod[]) => codes({...withBackup([last, ...pods]), takenAt: Date.parse(time)});
    expect(at('2026-03-04T03:59:00Z')).toEqual([]);
    expect(at('2026-03-04T04:01:00Z')).toEqual(['BACKUP_LATE']);
    expect(at('2026-03-04T04:01:00Z', pod('Running', '2026-03-04T03:00:00Z'))).toEqual([]);
    // None was ever made: counted from when backups were switched on.
    expect(codes(withBackup([]))).toEqual(['BACKUP_LATE']);
  });

  it('BACKUP_UNPROVEN says that the one that was tried last could not be restored', () => {
    const note = {newest: null, tried: {name: 'A', at: '2026-03-04T10:00:00Z', ok: false}};
    expect(codes(withBackup([pod('Succeeded', '2026-03-04T03:00:00Z')], note))).toEqual(['BACKUP_UNPROVEN']);
  });
});

describe('what the volume holds', () => {
  const line = (backup: string, proof: object | null) =>
    JSON.stringify({
      manifest: {
        backup,
        startedAt: '2026-03-04T03:00:00Z',
        seconds: 2,
        bytes: 9,
        postgres: '17.6',
        user: 'app',
        database: 'appdb',
        databases: [{name: 'appdb', bytes: 5, tables: 1, rows: 500}],
      },
      proof,
    });
  const output = [
    line('20260304T030000Z', null),
    line('20260303T030000Z', {at: '2026-03-03T09:00:00Z', ok: true, tables: 1, rows: 500, amcheck: 'passed'}),
    '{"partial":"20260302T030000Z"}',
    'cat: something',
    '{"sizeBytes":100,"freeBytes":40}',
  ].join('\n');

  it('is read from what the pod said, and noted in short', () => {
    const listing = listingIn(output);
    expect(listing).toMatchObject({
      backups: [
        {name: '20260304T030000Z', username: 'app', databases: [{rows: 500}], proof: null},
        {name: '20260303T030000Z', proof: {ok: true, rows: 500, amcheck: 'passed'}},
      ],
      sizeBytes: 100,
      freeBytes: 40,
    });
    expect(noteOf(listing)).toEqual({
      newest: {name: '20260304T030000Z', startedAt: '2026-03-04T03:00:00Z', bytes: 9},
      tried: {name: '20260303T030000Z', at: '2026-03-03T09:00:00Z', ok: true},
    });
    expect(listingIn('')).toEqual({backups: [], sizeBytes: null, freeBytes: null});
  });
});
