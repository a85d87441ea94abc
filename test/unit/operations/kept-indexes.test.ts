// An install over the volume of an earlier release: indexes that other libraries sorted are rebuilt before anybody is
// told that the database is whole.
import {beforeEach, describe, expect, it} from 'vitest';
import type {SortedText} from '../../../source/chart/collations.ts';
import {install} from '../../../source/operations/install.ts';
import type {Result} from '../../../source/plan/progress.ts';
import {claimOf} from '../../support/fakes/fake-objects.ts';
import {FakeCluster, Killed} from '../../support/fakes/fake-ports.ts';
import {installRequest} from '../../support/fakes/install-request.ts';

const writer = 'orders-postgresql-primary-0';
const sorted: SortedText = {
  database: 'shop',
  provider: 'libc',
  version: '2.36',
  actual: '2.41',
  collation: null,
  objects: 1,
  partitioned: 0,
  indexes: [{name: 'public.names_pkey', bytes: 8192, concurrently: true}],
};
let cluster: FakeCluster;

/** The writer's volume was made long before the release. */
function keptVolume(): void {
  const createdAt = '2001-01-01T00:00:00Z';
  const aged = (name: string) => {
    const claim = claimOf(name);
    return {...claim, metadata: {...claim.metadata, creationTimestamp: createdAt}};
  };
  cluster.touch = (snapshot) => ({
    ...snapshot,
    claims: [aged(writer), ...snapshot.claims.filter(({metadata}) => metadata.name !== `data-${writer}`)],
  });
  Object.assign(cluster, {secret: {admin: 'a', user: 'b', replication: 'c'}});
}

async function finish(options: {killAt?: number; killAfter?: boolean} = {}): Promise<Result> {
  const run = cluster.run(options);
  const all = install(installRequest(), run.ports, new AbortController().signal);
  for (;;) {
    const next = await all.next();
    if (next.done) return next.value;
  }
}

beforeEach(() => {
  cluster = new FakeCluster();
});

describe('what another version sorted', () => {
  beforeEach(() => {
    keptVolume();
    cluster.sorting = {icu: null, texts: [sorted]};
  });

  it('is rebuilt, and it is said', async () => {
    const result = await finish();
    expect(result.outcome).toBe('succeeded');
    expect(cluster.changes).toContain('rebuild indexes of shop');
    expect(result.notes.join()).toContain('1 index on text was sorted by another version');
  });

  it('is rebuilt also when the run was killed at any change, and run again', async () => {
    for (let killAt = 1; ; killAt++) {
      cluster = new FakeCluster();
      keptVolume();
      cluster.sorting = {icu: null, texts: [sorted]};
      const killed = await finish({killAt, killAfter: true}).then(
        () => false,
        (error: unknown) => {
          expect(error).toBeInstanceOf(Killed);
          return true;
        },
      );
      if (!killed) break;
      await finish();
      expect(
        cluster.sorting?.texts.map(({version}) => version),
        `after change ${killAt}`,
      ).toEqual(['2.41']);
    }
  });

  it('and decides in which partition a row lies is refused: no rebuilt index puts that right', async () => {
    cluster.sorting = {icu: null, texts: [{...sorted, partitioned: 1}]};
    const result = await finish();
    expect(result).toMatchObject({outcome: 'failed', cause: {code: 'COLLATION_CHANGED'}});
    expect(result.cause?.message).not.toContain('Nothing was changed');
    expect(cluster.changes.join()).not.toContain('rebuild indexes');
  });
});

it('where the writer does not say how it sorts, that is said', async () => {
  keptVolume();
  cluster.sorting = null;
  const result = await finish();
  expect(result.outcome).toBe('succeeded');
  expect(result.notes.join()).toContain('doctor asks again');
});

it('a new database is not asked', async () => {
  cluster.sorting = {icu: null, texts: [sorted]};
  const result = await finish();
  expect(result.outcome).toBe('succeeded');
  expect(result.phases.map(({name}) => name)).not.toContain('indexes of before');
  expect(cluster.changes.join()).not.toContain('rebuild indexes');
});
