// status --watch: it waits as long as somebody works on the release, and no longer.
import {beforeEach, expect, it} from 'vitest';
import {watchStatus} from '../../../source/client/questions/status-now.ts';
import {install} from '../../../source/operations/install.ts';
import type {HelmStatus, Snapshot} from '../../../source/observation/snapshot.ts';
import {FakeCluster} from '../../support/fakes/fake-ports.ts';
import {installRequest} from '../../support/fakes/install-request.ts';

const timeoutMs = 600_000;
const {signal} = new AbortController();
let cluster: FakeCluster;

async function toEnd<End>(steps: AsyncGenerator<unknown, End>): Promise<End> {
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
  }
}
const watched = () => toEnd(watchStatus({ports: cluster.run().ports}, timeoutMs, signal));
const newestBecomes = (status: HelmStatus, ageMs = 0) => {
  const last = cluster.revisions.length - 1;
  const updatedAt = new Date(cluster.time - ageMs).toISOString();
  cluster.revisions = cluster.revisions.map((one, index) =>
    index === last ? {...one, status, updatedAt, description: 'Upgrade "orders" failed: no'} : one,
  );
};
const seen = (rest: Partial<Snapshot>) => (cluster.touch = (snapshot) => ({...snapshot, ...rest}));

beforeEach(async () => {
  cluster = new FakeCluster();
  await toEnd(install(installRequest(), cluster.run().ports, signal));
});

it('ends where the release is ready, with all that status says of it', async () => {
  const {result, status} = await watched();
  expect(result).toMatchObject({operation: 'status', outcome: 'succeeded'});
  expect(status).toMatchObject({state: 'ready', name: 'orders', replication: expect.any(Array), cause: null});
});

it.each([
  ['failed', 'RELEASE_FAILED', 'broken'],
  ['pending-upgrade', 'RELEASE_LOCKED', 'stuck'],
] as const)('ends at once where helm is %s and nobody goes on with it', async (helmStatus, code, state) => {
  newestBecomes(helmStatus, 360_000);
  const began = cluster.elapsed;
  const {result, status} = await watched();
  expect(result).toMatchObject({outcome: 'failed', cause: {code}});
  expect(status).toMatchObject({state, cause: {code}});
  expect(cluster.elapsed - began).toBeLessThan(5000);
});

it.each(['failed', 'pending-upgrade'] as const)('waits where helm is %s and somebody goes on', async (helmStatus) => {
  newestBecomes(helmStatus);
  const holder = 'alice@laptop/1';
  cluster.lease = {kind: 'upgrade', startedAt: '2026-01-02T03:04:05Z', wanted: null, holder, renewedAt: cluster.time};
  cluster.alive.add(holder);
  cluster.after(cluster.elapsed + 20_000, () => newestBecomes('deployed'));
  expect((await watched()).result.outcome).toBe('succeeded');
  expect(cluster.elapsed).toBeGreaterThan(20_000);
});

it.each<[string, HelmStatus, Partial<Snapshot>]>([
  ['a helm that is not ours', 'pending-upgrade', {}],
  ['Flux, which tries again', 'failed', {steering: {tool: 'Flux', object: null, named: 'HelmRelease orders'}}],
  ['a run whose Lease may not be read', 'pending-install', {unreadable: ['leases']}],
])('waits for %s', async (_who, helmStatus, rest) => {
  newestBecomes(helmStatus);
  seen(rest);
  const began = cluster.elapsed;
  cluster.after(began + 120_000, () => newestBecomes('deployed'));
  expect((await watched()).result.outcome).toBe('succeeded');
  expect(cluster.elapsed - began).toBeGreaterThan(110_000);
});

it('ends at once where an operation of ours was left, however new its record', async () => {
  newestBecomes('pending-upgrade');
  const began = cluster.elapsed;
  const record = {kind: 'upgrade', startedAt: '2026-01-02T03:04:05Z', wanted: null} as const;
  cluster.lease = {...record, holder: '', renewedAt: cluster.time};
  expect((await watched()).result).toMatchObject({outcome: 'failed', cause: {code: 'RELEASE_LOCKED'}});
  expect(cluster.elapsed - began).toBeLessThan(5000);
});
