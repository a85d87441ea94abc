// How full the volumes are: whom it asks, how often, and what it makes of the answers.
import {expect, it, vi} from 'vitest';
import {usageReader} from '../../../source/cluster/volume-usage.ts';
import {givenClaim, withGivenClaim} from '../../support/clusters/given-claim.ts';
import {recorded} from '../observation/recorded.ts';

const {target, pods, claims} = recorded('healthy');
const withMounts = pods.map((pod) => ({
  ...pod,
  spec: {
    ...pod.spec,
    containers: pod.spec.containers.map((one) => ({
      ...one,
      volumeMounts: [{name: 'data', mountPath: '/bitnami/postgresql'}],
    })),
  },
}));
const seen = {target, pods: withMounts, claims};
const said = (stdout: string, exitCode: number | null = 0) =>
  vi.fn<(...asked: readonly unknown[]) => Promise<{exitCode: number | null; stdout: string}>>(async () => ({
    exitCode,
    stdout,
  }));

it('reads KiB, of each ready pod by its claim', async () => {
  const exec = said('2048\n');
  const [fact] = await usageReader(exec, 'postgresql', () => 0).asked(seen);
  expect(fact?.volumes.map(({usedBytes}) => usedBytes)).toEqual(claims.map(() => 2 * 1024 * 1024));
  expect(new Set(fact?.volumes.map(({claim}) => claim))).toEqual(new Set(claims.map(({metadata}) => metadata.name)));
  expect(exec.mock.calls[0]?.[2]).toEqual(expect.arrayContaining(['/bitnami/postgresql']));
});

it('asks about a claim that was given to the writer', async () => {
  const given = withGivenClaim({...recorded('healthy'), pods: withMounts});
  const [fact] = await usageReader(said('2048\n'), 'postgresql', () => 0).asked(given);
  expect(fact?.volumes.map(({claim}) => claim)).toContain(givenClaim);
});

it('asks again after half a minute, and says meanwhile what it knows without waiting', async () => {
  let now = 0;
  const exec = said('1024\n');
  const reader = usageReader(exec, 'postgresql', () => now);
  expect(reader.known(seen)).toEqual([]);
  await vi.waitFor(() => expect(reader.known(seen)).toHaveLength(1));
  expect(exec).toHaveBeenCalledTimes(claims.length);
  now = 29_999;
  reader.known(seen);
  expect(exec).toHaveBeenCalledTimes(claims.length);
  now = 30_000;
  reader.known(seen);
  await vi.waitFor(() => expect(exec).toHaveBeenCalledTimes(2 * claims.length));
});

it.each([
  ['nothing may be run', vi.fn(() => Promise.reject(new Error('forbidden')))],
  ['df fails', said('', 1)],
  ['the words are others', said('total 12')],
])('says nothing where %s', async (_, exec) => {
  const [fact] = await usageReader(exec, 'postgresql', () => 0).asked(seen);
  expect(fact?.volumes).toEqual([]);
});
