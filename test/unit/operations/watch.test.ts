// status --watch: it waits as long as somebody works on the release, and no longer.
import {beforeEach, expect, it} from 'vitest';
import {watchStatus} from '../../../source/client/status-now.ts';
import {install} from '../../../source/operations/install.ts';
import type {HelmStatus} from '../../../source/observation/snapshot.ts';
import {FakeCluster} from '../../support/fake-ports.ts';
import {installRequest} from '../../support/install-request.ts';

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
const newestBecomes = (status: HelmStatus) => {
  const last = cluster.revisions.length - 1;
  cluster.revisions = cluster.revisions.map((one, index) =>
    index === last ? {...one, status, description: 'Upgrade "orders" failed: no'} : one,
  );
};

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
  newestBecomes(helmStatus);
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
