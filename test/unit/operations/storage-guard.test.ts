// What keeps the data goes: no operation ends the pod that still has it. And a release remembers which database is its.
import {describe, expect, test} from 'vitest';
import {cause, UserError} from '../../../source/core/cause.ts';
import {claimOfPod, type GivenNames} from '../../../source/chart/names.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {change, type ChangeRequest} from '../../../source/operations/change/change.ts';
import {install} from '../../../source/operations/install.ts';
import type {Progress, Result} from '../../../source/plan/progress.ts';
import {uninstall} from '../../../source/operations/uninstall.ts';
import type {Parameters} from '../../../source/parameters/parameters.ts';
import {FakeRelease} from '../../support/fakes/fake-release.ts';
import {givenClaim} from '../../support/clusters/given-claim.ts';
import {FakeCluster, type FakePorts} from '../../support/fakes/fake-ports.ts';
import {answersFrom} from '../../../source/parameters/resolve.ts';
import {parametersWith} from '../../support/fakes/survey.ts';

const installed = parametersWith();
const [writer, reader] = ['orders-postgresql-primary-0', 'orders-postgresql-read-1'];
const [ours, other] = ['7713308882125799452', '7713310364520542236'];
const chart = {path: '', source: 'oci://registry.example/postgresql', version: '16.7.26', appVersion: '17.6.0'};
const signal = new AbortController().signal;

async function ended(all: AsyncGenerator<Progress, Result>): Promise<Result> {
  for (;;) {
    const next = await all.next();
    if (next.done) return next.value;
  }
}

function changed(
  release: FakeRelease,
  kind: ChangeRequest['kind'],
  changes: Partial<Parameters> = {},
  rest: Partial<ChangeRequest> = {},
): Promise<Result> {
  const request: ChangeRequest = {
    operation: kind,
    kind,
    chart,
    deleteVolumes: false,
    dryRun: false,
    before: null,
    timeoutMs: 60_000,
    parameters: {...installed, ...changes},
    command: '',
    confirm: async () => true,
    ...rest,
  };
  return ended(change(request, release.run().ports, signal));
}

const removed = (ports: FakePorts, deleteData: boolean) =>
  ended(
    uninstall(
      {deleteData, dumpTo: null, dryRun: false, timeoutMs: 60_000, command: '', confirm: async () => true},
      ports.ports,
      signal,
    ),
  );

const claimGoes =
  (pod: string) =>
  (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    claims: snapshot.claims.map((claim) =>
      claim.metadata.name === claimOfPod(snapshot.target, pod)
        ? {...claim, metadata: {...claim.metadata, deletionTimestamp: '2026-01-02T03:04:05Z'}}
        : claim,
    ),
  });
const namespaceGoes = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  namespace: {metadata: {name: 'team-a'}, phase: 'Terminating'},
});

function releaseWith(touch: (snapshot: Snapshot) => Snapshot, given?: GivenNames): FakeRelease {
  const release = new FakeRelease(installed, given);
  release.touch = touch;
  return release;
}

const image = {images: {...installed.images, tag: '17.7.0'}};
const recreating: [ChangeRequest['kind'], Partial<Parameters>][] = [
  ['restart', {}],
  ['upgrade', image],
  ['set', image],
  ['resize', {storageSize: '50Gi'}],
];

/** What the values say about names: nothing, or the writer's claim. */
const namings: [string, GivenNames | undefined][] = [
  ['its own claims', undefined],
  ['a given claim', {claim: givenClaim}],
];

describe.each(
  namings.flatMap(([names, given]) => [
    [`of a release with ${names}, the claim of the writer`, claimGoes(writer), given] as const,
    [`of a release with ${names}, the claim of a reader`, claimGoes(reader), given] as const,
    [`of a release with ${names}, the namespace`, namespaceGoes, given] as const,
  ]),
)('%s goes', (_name, touch, given) => {
  test.each(recreating)('%s is refused, and nothing is changed', async (kind, changes) => {
    const release = releaseWith(touch, given);
    const result = await changed(release, kind, changes);
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'VOLUME_GOING'}});
    expect(result.cause?.message).toContain('Nothing was changed.');
    expect(release.changes).toEqual([]);
  });

  test('an uninstall that keeps the volumes is refused', async () => {
    const release = releaseWith(touch, given);
    expect(await removed(release.run(), false)).toMatchObject({outcome: 'refused', cause: {code: 'VOLUME_GOING'}});
    expect(release.changes).toEqual([]);
  });
});

test('a reader whose claim goes is scaled away only where its volume is named to go', async () => {
  const release = releaseWith(claimGoes(reader));
  const refused = await changed(release, 'scale', {readReplicaCount: 1});
  expect(refused).toMatchObject({outcome: 'refused', cause: {code: 'VOLUME_GOING'}});
  expect(release.changes).toEqual([]);
  // The other one has nothing to do with it; the volumes of this fake stay, so that what follows the scale is not
  // asked.
  const named = await changed(release, 'scale', {readReplicaCount: 1}, {deleteVolumes: true, timeoutMs: 2000});
  expect(named.outcome).not.toBe('refused');
  expect([...release.podsByName.keys()]).not.toContain(reader);
});

test('readers come and go while the claim of the writer goes, and it is said once more', async () => {
  for (const readReplicaCount of [0, 3]) {
    const result = await changed(releaseWith(claimGoes(writer)), 'scale', {readReplicaCount});
    expect(result.outcome).toBe('succeeded');
    expect(result.notes.join()).toContain(`data-${writer} of the writer is being deleted`);
  }
});

test('in a namespace that goes nothing at all is begun', async () => {
  for (const readReplicaCount of [0, 3]) {
    const release = releaseWith(namespaceGoes);
    expect((await changed(release, 'scale', {readReplicaCount})).cause?.code).toBe('VOLUME_GOING');
    expect(release.changes).toEqual([]);
  }
});

test.each(namings)('a deletion that begins while it waits ends no pod more: %s', async (_name, given) => {
  const release = new FakeRelease(installed, given);
  release.touch = (snapshot) =>
    release.changes.includes('delete orders-postgresql-read-0') ? claimGoes(writer)(snapshot) : snapshot;
  const result = await changed(release, 'restart');
  expect(result).toMatchObject({outcome: 'failed', cause: {code: 'VOLUME_GOING'}});
  expect(release.changes).not.toContain(`delete ${writer}`);
});

/**
 * The database answers with that identifier; the writer with another one after it was recreated, where one is given.
 */
function identified(release: FakeRelease, after = ours): FakeRelease {
  release.touch = (snapshot) => ({
    ...snapshot,
    database: snapshot.database.map((fact) => {
      if (fact.kind !== 'endpoint' || !fact.result.answered) return fact;
      const isNew = fact.role === 'writer' && release.made.get(writer) !== 1;
      return {...fact, result: {...fact.result, systemIdentifier: isNew ? after : ours}};
    }),
  });
  return release;
}

describe('the system identifier', () => {
  test('is remembered before the first step of a change, once', async () => {
    const release = identified(new FakeRelease(installed));
    expect((await changed(release, 'restart')).outcome).toBe('succeeded');
    expect(release.changes.slice(0, 2)).toEqual(['takeLease', `remember ${ours}`]);
    expect(release.systemIdentifier).toBe(ours);
    await changed(release, 'restart');
    expect(release.changes.filter((one) => one.startsWith('remember'))).toHaveLength(1);
  });

  test('of before is what a restart has to bring back', async () => {
    const release = identified(new FakeRelease(installed), other);
    const result = await changed(release, 'restart');
    expect(result).toMatchObject({outcome: 'failed', cause: {code: 'SYSTEM_IDENTIFIER_DIFFERS'}});
    expect(result.endpoints?.writer.proven).toBe(false);
    expect(release.systemIdentifier).toBe(ours);
  });

  test('that is another one is no reason to remember it, and keeps the readers’ volumes', async () => {
    const release = identified(new FakeRelease(installed), other);
    release.made.set(writer, 2);
    const refused = await changed(release, 'scale', {readReplicaCount: 0}, {deleteVolumes: true});
    expect(refused).toMatchObject({outcome: 'refused', cause: {code: 'SYSTEM_IDENTIFIER_DIFFERS'}});
    // Volumes that stay are not enough: what the readers serve is the way to the rows.
    const kept = await changed(release, 'scale', {readReplicaCount: 0});
    expect(kept).toMatchObject({outcome: 'refused', cause: {code: 'SYSTEM_IDENTIFIER_DIFFERS'}});
    await changed(release, 'scale', {readReplicaCount: 3});
    expect(release.systemIdentifier).toBeNull();
  });
});

/** Its readers say nothing, or of the first one that its volume is of another database. */
const silent =
  (words: readonly string[]) =>
  (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    logTails: {'orders-postgresql-read-0': words},
    database: snapshot.database
      .filter((fact) => fact.kind !== 'endpoint' || fact.role === 'writer')
      .map((fact) => (fact.kind === 'replication' ? {...fact, streams: []} : fact)),
  });
const leftOver = ['FATAL:  database system identifier differs between the primary and standby'];

describe('a writer that no reader follows', () => {
  const releaseOf = (words: readonly string[], remembered: string | null) => {
    const release = identified(new FakeRelease(installed));
    const {touch} = release;
    release.touch = (snapshot) => silent(words)(touch(snapshot));
    release.systemIdentifier = remembered;
    return release;
  };

  test('is not remembered before a change: it may be new and empty', async () => {
    const release = releaseOf([], null);
    await changed(release, 'scale', {readReplicaCount: 3});
    expect(release.changes[0]).toBe('takeLease');
    expect(release.systemIdentifier).toBeNull();
  });

  test('keeps the volumes of its readers where one of them is of another database', async () => {
    const release = releaseOf(leftOver, null);
    const result = await changed(release, 'scale', {readReplicaCount: 0}, {deleteVolumes: true});
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'LEFTOVER_VOLUME'}});
    expect(result.cause?.message).toContain('Nothing was changed.');
    expect(release.changes).toEqual([]);
  });

  test('lets them go where it is known to be the right one, and where they stay nothing is refused', async () => {
    for (const [remembered, deleteVolumes] of [
      [ours, true],
      [null, false],
    ] as const) {
      const request = {deleteVolumes, dryRun: true};
      const result = await changed(releaseOf(leftOver, remembered), 'scale', {readReplicaCount: 0}, request);
      expect(result.outcome).toBe('planned');
    }
  });
});

/** So often the API server does not answer. */
function unanswered(run: FakePorts, times: number): FakePorts {
  const remember = run.rememberSystemIdentifier;
  let left = times;
  run.rememberSystemIdentifier = async (identifier) => {
    if (left-- > 0) throw new UserError(cause('CONNECTION_LOST', 'read ECONNRESET'));
    return remember(identifier);
  };
  return run;
}

test('a change is not ended by a connection that breaks when it remembers', async () => {
  const release = identified(new FakeRelease(installed));
  const run = unanswered(release.run(), Infinity);
  const request: ChangeRequest = {
    operation: 'scale',
    kind: 'scale',
    chart,
    deleteVolumes: false,
    dryRun: false,
    before: null,
    timeoutMs: 60_000,
    parameters: {...installed, readReplicaCount: 3},
    command: '',
    confirm: null,
  };
  expect((await ended(change(request, run.ports, signal))).outcome).toBe('succeeded');
  expect({lease: release.lease, identifier: release.systemIdentifier}).toEqual({lease: null, identifier: null});
});

describe('an install', () => {
  const request = {
    operation: 'install' as const,
    answers: answersFrom(parametersWith({readReplicaCount: 1})),
    chart,
    password: null,
    requireEncryption: false,
    dryRun: false,
    timeoutMs: 60_000,
    random: (count: number) => new Uint8Array(count).fill(7),
    confirm: null,
    commandFor: () => '',
    onResolved: async () => undefined,
  };
  const identifying = (identifier: string) => {
    const cluster = new FakeCluster();
    cluster.touch = (snapshot) => ({
      ...snapshot,
      database: snapshot.database.map((fact) =>
        fact.kind === 'endpoint' && fact.result.answered
          ? {...fact, result: {...fact.result, systemIdentifier: identifier}}
          : fact,
      ),
    });
    return cluster;
  };

  test('remembers its database when it is proven', async () => {
    const cluster = identifying(ours);
    expect((await ended(install(request, cluster.run().ports, signal))).outcome).toBe('succeeded');
    expect(cluster.systemIdentifier).toBe(ours);
    expect(cluster.changes.at(-2)).toBe(`remember ${ours}`);
  });

  test('with a Secret that was kept, and no volume: the new database is the one that was asked for', async () => {
    const cluster = identifying(other);
    Object.assign(cluster, {secret: {admin: 'a', user: 'b', replication: 'c'}, systemIdentifier: ours});
    expect((await ended(install(request, cluster.run().ports, signal))).outcome).toBe('succeeded');
    expect(cluster.systemIdentifier).toBe(other);
  });

  test('is done although the connection breaks when it remembers, and its Lease ends', async () => {
    const cluster = identifying(ours);
    const result = await ended(install(request, unanswered(cluster.run(), Infinity).ports, signal));
    expect({outcome: result.outcome, lease: cluster.lease}).toEqual({outcome: 'succeeded', lease: null});
  });

  test('forgets the database of before as soon as the cluster answers', async () => {
    const cluster = identifying(other);
    const kept = {admin: 'a', user: 'b', replication: 'c'};
    Object.assign(cluster, {secret: kept, systemIdentifier: ours});
    const result = await ended(install(request, unanswered(cluster.run(), 2).ports, signal));
    expect({outcome: result.outcome, cause: result.cause, secret: cluster.secret}).toEqual({
      outcome: 'succeeded',
      cause: undefined,
      secret: kept,
    });
    expect(cluster.systemIdentifier).toBe(other);
  });

  test('that may not list claims forgets nothing, and its failure says how it goes on', async () => {
    const cluster = identifying(other);
    Object.assign(cluster, {secret: {admin: 'a', user: 'b', replication: 'c'}, systemIdentifier: ours});
    const {touch} = cluster;
    cluster.touch = (snapshot) => ({...touch(snapshot), claims: [], unreadable: ['persistentvolumeclaims']});
    const run = cluster.run();
    const {survey} = run;
    run.survey = async (asked) => ({...(await survey.call(run, asked)), claims: null});
    const {cause} = await ended(install(request, run.ports, signal));
    expect(cause?.code).toBe('SYSTEM_IDENTIFIER_DIFFERS');
    expect(cause?.message).toContain('This user may not list claims');
    expect(cause?.remedies.at(-1)?.command).toContain(`system-identifier=${other} --overwrite`);
    cluster.systemIdentifier = other;
    expect((await ended(install(request, run.ports, signal))).outcome).toBe('succeeded');
  });

  test('that takes up a volume with another database than is remembered is not proven', async () => {
    const cluster = identifying(other);
    const passwords = {admin: 'a', user: 'b', replication: 'c'};
    Object.assign(cluster, {secret: passwords, database: passwords, systemIdentifier: ours});
    const {touch} = cluster;
    const claims = [{metadata: {name: `data-${writer}`}, spec: {}, status: {phase: 'Bound'}}];
    cluster.touch = (snapshot) => ({...touch(snapshot), claims: snapshot.claims.length > 0 ? snapshot.claims : claims});
    const result = await ended(install(request, cluster.run().ports, signal));
    expect(result).toMatchObject({outcome: 'failed', cause: {code: 'SYSTEM_IDENTIFIER_DIFFERS'}});
    expect(cluster.systemIdentifier).toBe(ours);
  });
});
