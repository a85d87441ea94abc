// What is read from the log of a pod that has ended: kubelet may have lost it, and another pod says it again.
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {UserError} from '../../../source/core/cause.ts';
import {clock} from '../../../source/core/time.ts';
import {listBackups} from '../../../source/cluster/backup-pods.ts';
import {lostCommits} from '../../../source/cluster/lost-commits.ts';
import {tryImage} from '../../../source/cluster/image-trial.ts';
import {trialContainerName} from '../../../source/observation/pods/image-trial.ts';
import {connectTo} from '../../support/fakes/cluster.ts';
import {fakeApi, type FakeApi} from '../../support/fakes/fake-api.ts';
import {imageTrial} from '../../support/fakes/fake-objects.ts';

const target = {context: 'prod-eu', namespace: 'team-a', release: 'orders', fullname: 'orders-postgresql'};
const pods = '/api/v1/namespaces/team-a/pods';
const lost = 'failed to try resolving symlinks in path "/var/log/pods/a": lstat /var/log/pods/a: no such file';
const signal = new AbortController().signal;
let fake: FakeApi;
beforeEach(async () => {
  fake = await fakeApi();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await fake.stop();
});

/** `logs`: of the pods that are made, in order; each has ended well when it is asked for. An answer takes a second. */
function answer(logs: readonly string[]): {readonly made: () => number} {
  let made = 0;
  let asked = 0;
  vi.spyOn(clock, 'now').mockImplementation(() => asked * 1000);
  fake.intercept(({method, path}) => {
    if (method === 'POST' && path === pods) made++;
    if (!path.startsWith(`${pods}/`)) return undefined;
    asked++;
    if (path.endsWith('/log')) return {chunks: [logs[made - 1] ?? ''], then: 'end'};
    if (method !== 'GET') return undefined;
    const ended = {name: trialContainerName, ready: false, restartCount: 0, state: {terminated: {exitCode: 0}}};
    return {
      status: 200,
      body: {
        metadata: {name: 'one', uid: '1'},
        spec: {containers: []},
        status: {phase: 'Succeeded', containerStatuses: [ended]},
      },
    };
  });
  return {made: () => made};
}

describe('what is on the volume of the backups', () => {
  const runtime = {image: 'a', tolerations: [], pullSecrets: [], cpuLimit: null} as unknown as Parameters<
    typeof listBackups
  >[2];
  const list = async () => {
    const {api} = connectTo(fake);
    try {
      return await listBackups(api, target, runtime, signal);
    } finally {
      api.close();
    }
  };

  it('is asked of another pod where the log of one is lost', async () => {
    const {made} = answer([lost, '', '{"sizeBytes":1024,"freeBytes":512}\n']);
    expect(await list()).toEqual({backups: [], sizeBytes: 1024, freeBytes: 512});
    expect(made()).toBe(3);
    expect(fake.requests.filter((one) => one.startsWith('DELETE'))).toHaveLength(3);
  });

  it('cannot be said where every log is lost, and that is said', async () => {
    answer([lost, lost, lost]);
    const error: unknown = await list().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).reason).toMatchObject({
      code: 'BACKUP_FAILED',
      evidence: ['The logs of 3 pods that looked there are gone.'],
    });
  });
});

describe('what is in an image', () => {
  it('is asked of another pod where the log of one is lost', async () => {
    const {made} = answer([lost, 'postgres (PostgreSQL) 17.12\n']);
    const {api} = connectTo(fake);
    const content = await tryImage(api, target, imageTrial, signal).finally(() => api.close());
    expect(content.version).toBe('17.12');
    expect(made()).toBe(2);
  });
});

describe('what a failover lost', () => {
  const asked = {writer: 'orders-postgresql-primary-0', claim: 'kept', timeline: 1, fork: '0/3000000'};
  const count = async () => {
    const {api} = connectTo(fake);
    return lostCommits(api, target, asked).finally(() => api.close());
  };

  it('is counted by another pod where the log of one is lost', async () => {
    const {made} = answer([lost, '7\n']);
    expect(await count()).toBe(7);
    expect(made()).toBe(2);
  });

  it('is not known, and not nothing, where every log is lost', async () => {
    answer([lost, lost, lost]);
    expect(await count()).toBeNull();
  });
});
