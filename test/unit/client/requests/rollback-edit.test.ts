// A rollback without a number chooses its revision once: killed anywhere and run again, it ends where the first run
// wanted to.
import {randomUUID} from 'node:crypto';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {fromValues} from '../../../../source/chart/values.ts';
import type {Api} from '../../../../source/cluster/api.ts';
import {changeRequest} from '../../../../source/client/requests/change-request.ts';
import type {Invocation} from '../../../../source/cli/command.ts';
import {readsOf} from '../../../../source/client/questions/panel-reads.ts';
import {unfinishedRollback, rolledBack} from '../../../../source/client/requests/rollback-edit.ts';
import {change} from '../../../../source/operations/change/change.ts';
import {heldIn, ownershipRefusal} from '../../../../source/operations/ownership.ts';
import type {Result} from '../../../../source/plan/progress.ts';
import {connectTo, helmRecord} from '../../../support/fakes/cluster.ts';
import {fakeApi, type FakeApi} from '../../../support/fakes/fake-api.ts';
import {FakeRelease, type FakeReleasePorts} from '../../../support/fakes/fake-release.ts';
import {Killed} from '../../../support/fakes/fake-ports.ts';
import {smallChart} from '../../../support/paths.ts';
import {parametersWith, revision as revisionWith} from '../../../support/fakes/survey.ts';

const installed = parametersWith();
const newer = {...installed, images: {...installed.images, tag: '17.7.0'}, readReplicaCount: 1};
const [oldTag, newTag] = [installed.images.tag, newer.images.tag];
const writer = 'orders-postgresql-primary-0';

let fake: FakeApi;
let connection: ReturnType<typeof connectTo>;
let api: Api;
beforeEach(async () => {
  fake = await fakeApi();
  connection = connectTo(fake);
  api = connection.api;
});
afterEach(async () => {
  api.close();
  await fake.stop();
});

/** What the API server shows of the release in memory: helm's records and the Lease. */
function show({target, revisions, lease}: FakeRelease): void {
  fake.objects.clear();
  for (const {revision, status, values, description} of revisions) {
    const {metadata, data} = helmRecord('orders', revision, {status, config: values, description});
    // What was read once is known by its uid, in all tests of this process.
    fake.put(`/api/v1/namespaces/${target.namespace}/secrets`, {metadata: {...metadata, uid: randomUUID()}, data});
  }
  if (!lease) return;
  const {holder, renewedAt, ...recorded} = lease;
  fake.put(`/apis/coordination.k8s.io/v1/namespaces/${target.namespace}/leases`, {
    metadata: {
      name: `${target.fullname}-operation`,
      annotations: {'pg-helm-install/operation': JSON.stringify(recorded)},
    },
    spec: {holderIdentity: holder, renewTime: new Date(renewedAt).toISOString()},
  });
}

async function rollBack(release: FakeRelease, asked: number | null, run: FakeReleasePorts = release.run()) {
  show(release);
  const invocation = {
    options: {chart: smallChart},
    environment: {},
    signal: new AbortController().signal,
  } as unknown as Invocation;
  const session = {
    target: release.target,
    ports: run.ports,
    helmProgram: async () => ({path: 'helm', version: '4.1.0', major: 4 as const}),
  };
  const edit = await rolledBack(api, release.target, asked);
  const request = await changeRequest(invocation, session, edit, {dryRun: false, confirm: null});
  return finish(change(request, run.ports, new AbortController().signal));
}

async function finish(all: ReturnType<typeof change>): Promise<Result> {
  for (;;) {
    const next = await all.next();
    if (next.done) return next.value;
  }
}

/** Installed, and then upgraded: revision 2. */
async function upgraded(): Promise<FakeRelease> {
  const release = new FakeRelease(installed);
  const run = release.run();
  const {target} = release;
  const session = {
    target,
    ports: run.ports,
    helmProgram: async () => ({path: 'helm', version: '4.1.0', major: 4 as const}),
  };
  const invocation = {options: {chart: smallChart}, environment: {}} as unknown as Invocation;
  const request = await changeRequest(
    invocation,
    session,
    {asked: {kind: 'upgrade', images: {}, chartVersion: null}, parameters: () => newer, chartVersion: null},
    {dryRun: false, confirm: null},
  );
  expect((await finish(change(request, run.ports, new AbortController().signal))).outcome).toBe('succeeded');
  release.changes.length = 0;
  return release;
}

const wants = (release: FakeRelease) => {
  const parameters = fromValues(release.revisions.at(-1)?.values ?? {});
  return {
    tag: parameters?.images.tag,
    readers: parameters?.readReplicaCount,
    status: release.revisions.at(-1)?.status,
    runs: release.podsByName.get(writer)?.image.split(':').at(-1),
    lease: release.lease,
  };
};
const old = {tag: oldTag, readers: 2, status: 'deployed', runs: oldTag, lease: null};
const good = {outcome: expect.stringMatching(/succeeded|unchanged/) as string, cause: undefined};

describe.each([
  ['without a number', null],
  ['to revision 1', 1],
] as const)('a rollback %s', (_how, asked) => {
  it.each([['before'], ['after']])(
    'killed at any change, %s it took effect, and run again',
    async (when) => {
      for (let killAt = 1; ; killAt++) {
        const release = await upgraded();
        const ended = await rollBack(release, asked, release.run({killAt, killAfter: when === 'after'})).catch(
          (error: unknown) => {
            if (error instanceof Killed) return null;
            throw error;
          },
        );
        const said = `killed at ${killAt} ${when}: ${release.changes.join(', ')}`;
        if (ended) {
          expect(killAt).toBeGreaterThan(8);
          expect({outcome: ended.outcome, cause: ended.cause}, said).toEqual(good);
          return;
        }
        const {outcome, cause} = await rollBack(release, asked);
        expect({outcome, cause}, said).toEqual(good);
        expect(wants(release), said).toEqual(old);
      }
    },
    60_000,
  );
});

/** Killed when helm has recorded what the rollback wants, and no pod has it yet. */
async function killedLate(): Promise<FakeRelease> {
  const release = await upgraded();
  const run = release.run();
  run.patchPod = () => Promise.reject(new Killed('patch'));
  await expect(rollBack(release, null, run)).rejects.toBeInstanceOf(Killed);
  release.alive.clear();
  expect(release.revisions.at(-1)).toMatchObject({revision: 3, status: 'deployed', description: 'Rollback to 1'});
  expect(release.lease).toMatchObject({kind: 'rollback', wanted: {rollbackTo: 1, description: 'Rollback to 1'}});
  return release;
}

describe('a rollback that was begun', () => {
  it('goes on without a number, although another revision is now the newest before the newest', async () => {
    const release = await killedLate();
    const {outcome, revision} = await rollBack(release, null);
    expect({outcome, revision, ...wants(release)}).toEqual({outcome: 'succeeded', revision: 3, ...old});
  });

  it('is another decision with another number', async () => {
    const release = await killedLate();
    expect((await rollBack(release, 2)).outcome).toBe('succeeded');
    expect(wants(release)).toEqual({tag: newTag, readers: 1, status: 'deployed', runs: newTag, lease: null});
  });

  it('goes on where helm has forgotten the revision meanwhile', async () => {
    const release = await killedLate();
    release.revisions = release.revisions.slice(1);
    expect((await rollBack(release, 1)).outcome).toBe('succeeded');
    expect(wants(release)).toEqual(old);
  });

  it('of a version that did not record the number goes on too', async () => {
    const release = await killedLate();
    const lease = release.lease as unknown as {wanted: {rollbackTo?: number}};
    delete lease.wanted.rollbackTo;
    expect((await rollBack(release, null)).outcome).toBe('succeeded');
    expect(wants(release)).toEqual(old);
  });

  it('is the first choice of the screen', async () => {
    const release = await killedLate();
    show(release);
    expect(await unfinishedRollback(api, release.target)).toBe(1);
    const revisions = await readsOf(() => connection).earlierRevisions(release.target);
    expect(revisions.map(({revision}) => revision)).toEqual([1, 2]);
  });
});

it('a rollback that has ended is not undone by the same command: who wants more names the revision', async () => {
  const release = await upgraded();
  expect((await rollBack(release, null)).outcome).toBe('succeeded');
  const again = await rollBack(release, null);
  expect({outcome: again.outcome, notes: again.notes, revisions: release.revisions.length}).toEqual({
    outcome: 'unchanged',
    notes: [expect.stringContaining('orders is back at what revision 1 wanted since revision 3.')],
    revisions: 3,
  });
  expect((await rollBack(release, 2)).outcome).toBe('succeeded');
  expect(wants(release)).toMatchObject({tag: newTag, readers: 1});
});

it('to a revision of plain helm is refused with the way back there, as passwords and disks are by now', async () => {
  const release = new FakeRelease(installed);
  const {namespace} = release.target;
  const [newest] = release.revisions;
  if (!newest) throw new Error('there is one');
  const plain = {...newest, values: {auth: {username: 'app'}}, description: 'Install complete'};
  const adopted = {...newest, revision: 2, description: 'adopt'};
  release.revisions = [{...plain, status: 'superseded'}, adopted];
  show(release);
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const data = (admin: string) => ({'postgres-password': Buffer.from(admin).toString('base64')});
  fake.put(secrets, {metadata: {name: 'orders-postgresql'}, data: data('old')});
  fake.put(secrets, {metadata: {name: 'orders-postgresql-auth'}, data: data('new')});
  const labels = {'app.kubernetes.io/instance': 'orders', 'app.kubernetes.io/name': 'postgresql'};
  const template = {spec: {containers: []}};
  const claim = {metadata: {name: 'data'}, spec: {resources: {requests: {storage: '20Gi'}}}};
  fake.put(`/apis/apps/v1/namespaces/${namespace}/statefulsets`, {
    metadata: {name: 'orders-postgresql-primary', labels},
    spec: {template, volumeClaimTemplates: [claim]},
  });
  const refusal = await rolledBack(api, release.target, 1).catch((error: unknown) => error);
  expect(refusal).toMatchObject({reason: {code: 'NOT_OURS'}});
  const {reason} = refusal as {reason: {remedies: readonly {command?: string}[]}};
  expect(reason.remedies.map(({command}) => command?.replace(/ -n team-a.*/, ''))).toEqual([
    expect.stringMatching(/get secret orders-postgresql-auth .*postgres-password/),
    'helm get values orders --revision 1 -o yaml',
    expect.stringMatching(/^helm upgrade orders CHART .* -f before.yaml --set primary.persistence.size=20Gi$/),
    'pg-helm-install history orders',
  ]);
  expect(JSON.stringify(reason)).not.toMatch(/"old"|"new"/);
});

it('of somebody else’s application is refused in the words of the other commands', async () => {
  const release = new FakeRelease(installed);
  const {namespace} = release.target;
  const {metadata, data} = helmRecord('orders', 1, {chart: 'shop', version: '3.1.0'});
  fake.put(`/api/v1/namespaces/${namespace}/secrets`, {metadata: {...metadata, uid: randomUUID()}, data});
  const labels = {'app.kubernetes.io/instance': 'orders', 'app.kubernetes.io/name': 'postgresql'};
  fake.put(`/apis/apps/v1/namespaces/${namespace}/statefulsets`, {metadata: {name: writer, labels}});
  release.revisions = [{...revisionWith({chartName: 'shop', chartVersion: '3.1.0'}), values: {}}];
  const {message} = (await ownershipRefusal(heldIn(release.snapshot()), async () => null)) ?? {};
  expect(message).toContain('shop 3.1.0, an application with PostgreSQL inside');
  await expect(rolledBack(api, release.target, null)).rejects.toMatchObject({reason: {code: 'NOT_OURS', message}});
});
