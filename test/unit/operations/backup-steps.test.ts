// What follows the pod of a backup does not wait for one that the cluster will never make.
import {describe, expect, it} from 'vitest';
import {refusalOfJob} from '../../../source/observation/backups/backup.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import type {Ports} from '../../../source/operations/ports/index.ts';
import {assertJobTaken, followedRun, writeBackup} from '../../../source/operations/steps/backup-steps.ts';
import {recorded} from '../observation/recorded.ts';

const job = 'orders-postgresql-primary-pgdumpall-x1';
const words = 'Error creating: pods "p" is forbidden: failed quota: team: must specify limits.cpu for: pgdumpall';
const healthy: Snapshot = {...recorded('healthy'), backup: {cronJob: null, claim: null, pods: []}};
const refused: Snapshot = {
  ...healthy,
  events: [
    {
      metadata: {name: 'e'},
      involvedObject: {kind: 'Job', name: job},
      reason: 'FailedCreate',
      type: 'Warning',
      message: words,
      lastTimestamp: new Date(healthy.takenAt).toISOString(),
    },
  ],
};
const ports = {target: healthy.target, startBackup: async () => undefined} as unknown as Ports;

describe('a backup that is run now', () => {
  it('ends with the words of the cluster where its Job gets no pod, and says what the Job does', async () => {
    const {signal} = new AbortController();
    const step = writeBackup(followedRun(), job);
    await step.run?.(ports, null, healthy, signal);
    expect(step.holdBack?.(healthy, null, 1000)).toBe('it is being written');
    expect(step.holdBack?.(refused, null, 1000)).toBeNull();
    const end = step.run?.(ports, null, refused, signal);
    await expect(end).rejects.toMatchObject({
      reason: {code: 'QUOTA_EXCEEDED', evidence: [words], object: {kind: 'Job', name: job}},
    });
    await end?.catch(({reason}: {reason: {remedies: {command?: string}[]; message: string}}) => {
      expect(reason.message).toContain('must specify limits.cpu for: pgdumpall');
      expect(reason.remedies.map(({command}) => command).join('\n')).toContain(`delete job ${job}`);
    });
  });

  it.each([
    ['a proof of a backup', {'app.kubernetes.io/component': 'backup-verify'}],
    ['another Job', {'app.kubernetes.io/component': 'pg_dumpall', 'batch.kubernetes.io/job-name': `${job}0`}],
  ])('is refused still while %s has a pod', (_whose, labels) => {
    const creationTimestamp = new Date(healthy.takenAt + 1000).toISOString();
    const pod = {metadata: {name: 'p', creationTimestamp, labels}, spec: {containers: []}};
    expect(refusalOfJob({...refused, backup: {cronJob: null, claim: null, pods: [pod]}}, job)).not.toBeNull();
  });

  it('is not disturbed by a refusal from before its pod', () => {
    const pod = {
      metadata: {
        name: 'p',
        creationTimestamp: new Date(healthy.takenAt + 1000).toISOString(),
        labels: {'app.kubernetes.io/component': 'pg_dumpall', 'batch.kubernetes.io/job-name': job},
      },
      spec: {containers: []},
    };
    expect(refusalOfJob({...refused, backup: {cronJob: null, claim: null, pods: [pod]}}, job)).toBeNull();
    expect(() => assertJobTaken(healthy, job, 'The backup')).not.toThrow();
  });
});
