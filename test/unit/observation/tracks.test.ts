// How far a release is, in words: from nothing to proven, and with what stops it on the line that it stops.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {findCauses} from '../../../source/observation/causes/index.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {tracksOf} from '../../../source/observation/tracks.ts';
import {FakeCluster} from '../../support/fakes/fake-ports.ts';
import {revision} from '../../support/fakes/survey.ts';
import {recorded, recordedNames} from './recorded.ts';

const words = (snapshot: Snapshot) =>
  tracksOf(snapshot).map(
    ({track, state, text, waitingFor}) => `${track}: ${state}, ${text}${waitingFor ? ` (${waitingFor})` : ''}`,
  );
/** An install under way, so many milliseconds after helm applied it. */
function after(ms: number, readers = 2): Snapshot {
  const cluster = new FakeCluster();
  cluster.secret = {admin: 'a', user: 'b', replication: 'c'};
  cluster.revisions = [{...revision(), values: {}}];
  cluster.applied = {at: cluster.time, readers};
  cluster.advance(1000);
  cluster.advance(ms - 1000);
  return cluster.snapshot();
}

describe('an install', () => {
  it('that has not begun', () => {
    expect(words(new FakeCluster().snapshot())).toEqual([
      'checks: waiting, permissions, names, storage, room',
      'release: waiting, not yet',
      'storage: waiting, not yet',
      'writer: waiting, not yet',
      'readers: waiting, not yet',
      'endpoints: waiting, not yet',
    ]);
  });

  it('whose pods start', () => {
    expect(words(recorded('starting'))).toEqual([
      'checks: done, permissions, names, storage, room',
      'release: done, revision 1',
      'storage: running, 2 of 3 volumes bound, standard',
      'writer: running, starts PostgreSQL',
      'readers: running, 0 of 2 streaming · orders-postgresql-read-0 starts PostgreSQL',
      'endpoints: running, writer not proven yet · reader not proven yet',
    ]);
  });

  it('whose writer answers', () => {
    expect(words(after(4000)).slice(3)).toEqual([
      'writer: done, on node0, accepting connections',
      'readers: running, 0 of 2 streaming · orders-postgresql-read-0 starts PostgreSQL',
      'endpoints: running, writer proven · reader not proven yet',
    ]);
  });

  it('that is done', () => {
    expect(words(recorded('healthy'))).toEqual([
      'checks: done, permissions, names, storage, room',
      'release: done, revision 1',
      'storage: done, 3 of 3 volumes bound, standard',
      'writer: done, on node0, accepting connections',
      'readers: done, 2 of 2 streaming',
      'endpoints: done, writer proven · reader proven',
    ]);
  });

  it('without readers', () => {
    expect(words(after(8000, 0)).slice(2)).toEqual([
      'storage: done, 1 of 1 volume bound, standard',
      'writer: done, on node0, accepting connections',
      'readers: skipped, none wanted',
      'endpoints: done, writer proven · no reader',
    ]);
  });

  it('whose load balancer has no address yet is a warning, and no failure', () => {
    const snapshot = after(8000);
    const services = snapshot.services.map((service) => ({...service, spec: {...service.spec, type: 'LoadBalancer'}}));
    expect(words({...snapshot, services}).at(-1)).toBe(
      'endpoints: warning, writer proven · reader proven · the load balancer has no address yet',
    );
  });

  it.each([
    ['pending-install', 'running, revision 1, pending-install'],
    ['failed', 'failed, revision 1 is failed: timed out'],
  ] as const)('whose revision is %s', (status, text) => {
    expect(
      words({...after(8000), release: {revisions: [revision({status, description: 'timed out'})], values: {}}})[1],
    ).toContain(text);
  });
});

describe('what stops it', () => {
  const stopped = recordedNames.filter((name) => /^[A-Z]/.test(name));

  it.each(stopped)('%s is on exactly one line', (name) => {
    const snapshot = recorded(name);
    const [first] = findCauses(snapshot);
    const tracks = tracksOf(snapshot);
    if (first?.certain) {
      expect(tracks.filter(({state}) => state === 'failed').map(({text}) => text)).toEqual([first.cause.message]);
      expect(tracks.every(({waitingFor}) => waitingFor === null)).toBe(true);
    } else {
      // A line that has failed waits for nothing.
      const failed = tracks.filter(({state}) => state === 'failed').map(({track}) => track);
      expect(failed).toEqual(name === 'RELEASE_FAILED' ? ['release'] : []);
      expect(tracks.flatMap(({waitingFor}) => waitingFor ?? [])).toEqual(failed.length > 0 ? [] : [first?.cause.code]);
    }
  });

  it.each([
    ['NO_STORAGE_CLASS', 'storage'],
    ['IMAGE_NOT_FOUND', 'writer'],
    ['REPLICA_BEHIND', 'readers'],
    ['UNSCHEDULABLE-spread', 'readers'],
    ['VOLUME_PENDING', 'storage'],
    ['RELEASE_FAILED', 'release'],
    ['RELEASE_LOCKED', 'release'],
    ['PASSWORD_MISMATCH', 'endpoints'],
  ])('%s is on the line of the %s', (name, track) => {
    expect(tracksOf(recorded(name)).find(({state, waitingFor}) => state === 'failed' || waitingFor)?.track).toBe(track);
  });
});

it('never goes back while nothing breaks', () => {
  const rank = {waiting: 0, running: 1, warning: 2, done: 2, skipped: 2, failed: -1};
  fc.assert(
    fc.property(
      fc.integer({min: 1000, max: 9000}),
      fc.integer({min: 0, max: 5000}),
      fc.integer({min: 0, max: 4}),
      (ms, more, readers) => {
        const [before, later] = [tracksOf(after(ms, readers)), tracksOf(after(ms + more, readers))];
        for (const [index, {state}] of later.entries())
          expect(rank[state]).toBeGreaterThanOrEqual(rank[before[index]?.state ?? 'waiting']);
      },
    ),
  );
});
