// The bell: rung by each change of the release, connected again after a loss, silent where watching is not allowed.
import {afterEach, beforeEach, expect, it} from 'vitest';
import {watchChanges} from '../../../source/cluster/watch-changes.ts';
import {connectTo, podObject} from '../../support/fakes/cluster.ts';
import {fakeApi, refusal, type FakeApi} from '../../support/fakes/fake-api.ts';
import {targetFor} from '../../support/fakes/survey.ts';

const core = '/api/v1/namespaces/team-a';
const collections = [
  `${core}/pods`,
  `${core}/services`,
  `${core}/persistentvolumeclaims`,
  `${core}/events`,
  '/apis/apps/v1/namespaces/team-a/statefulsets',
];
let fake: FakeApi;
let stop: AbortController;
let rings: number;
beforeEach(async () => {
  fake = await fakeApi();
  stop = new AbortController();
  rings = 0;
});
afterEach(async () => {
  stop.abort();
  await fake.stop();
});
const watch = () => watchChanges(connectTo(fake), targetFor('orders'), () => rings++, stop.signal);
const allOpen = () => expect.poll(() => collections.map(fake.watches)).toEqual(collections.map(() => 1));
const event = (name: string, about: string) => ({metadata: {name}, involvedObject: {kind: 'Pod', name: about}});

it.each(collections)('rings at a change in %s', async (collection) => {
  watch();
  await allOpen();
  expect(rings).toBe(0);
  fake.put(
    collection,
    collection.endsWith('/events')
      ? event('e', 'orders-postgresql-primary-0')
      : podObject('orders-postgresql-primary-0', {ready: false}),
  );
  await expect.poll(() => rings).toBe(1);
});

it('hears events about objects of the release alone', async () => {
  watch();
  await allOpen();
  fake.put(`${core}/events`, event('a', 'invoices-postgresql-primary-0'));
  fake.put(`${core}/events`, {metadata: {name: 'b'}});
  fake.put(`${core}/events`, event('c', 'data-orders-postgresql-read-0'));
  await expect.poll(() => rings).toBe(1);
});

it('begins with what is new: what is there is in the snapshot', async () => {
  fake.put(`${core}/pods`, podObject('orders-postgresql-primary-0', {ready: true}));
  watch();
  await allOpen();
  const versions = fake.asked.filter(({query}) => query.get('watch')).map(({query}) => query.get('resourceVersion'));
  expect(versions).toEqual(collections.map(() => '101'));
});

it.each([
  ['a reset', 'reset'],
  ['an error', refusal(500, 'InternalError', 'etcdserver: leader changed')],
  ['too old a version', refusal(410, 'Expired', 'too old resource version: 1 (9)')],
  ['expired credentials', refusal(401, 'Unauthorized', 'Unauthorized')],
  ['an end without a word', {chunks: [], then: 'end'}],
] as const)('watches again after %s', async (_name, reply) => {
  fake.intercept(() => reply);
  watch();
  await expect.poll(() => fake.requests.length).toBeGreaterThanOrEqual(collections.length);
  fake.clearIntercepts();
  await expect.poll(() => collections.map(fake.watches), {timeout: 5000}).toEqual(collections.map(() => 1));
});

it('watches again after an error in the watch itself, which is no change', async () => {
  const expired = {type: 'ERROR', object: {kind: 'Status', code: 410, reason: 'Expired'}};
  fake.intercept(({query}) =>
    query.get('watch') ? {chunks: [`${JSON.stringify(expired)}\n`], then: 'stay'} : undefined,
  );
  watch();
  await expect.poll(() => fake.requests.filter((one) => one.startsWith('WATCH')).length).toBe(collections.length);
  fake.clearIntercepts();
  await expect.poll(() => collections.map(fake.watches), {timeout: 5000}).toEqual(collections.map(() => 1));
  expect(rings).toBe(0);
});

it('asks with pauses a server that ends every watch at once', async () => {
  fake.intercept(({query}) => (query.get('watch') ? {chunks: [], then: 'end'} : undefined));
  watch();
  await expect.poll(() => watchesOf('pods'), {timeout: 5000}).toBe(2);
  expect(fake.requests.filter((one) => one === `GET ${core}/pods`)).toHaveLength(2);

  function watchesOf(plural: string) {
    return fake.requests.filter((one) => one === `WATCH ${core}/${plural}`).length;
  }
});

it('gives up where it is not allowed, and only there', async () => {
  fake.intercept(({path}) => (path.endsWith('/events') ? refusal(403, 'Forbidden', 'no') : undefined));
  watch();
  await expect.poll(() => collections.map(fake.watches)).toEqual([1, 1, 1, 0, 1]);
  fake.put(`${core}/services`, {metadata: {name: 'orders-postgresql-primary'}});
  await expect.poll(() => rings).toBe(1);
  expect(fake.requests.filter((one) => one.endsWith('/events'))).toHaveLength(1);
});

it('ends with the signal', async () => {
  watch();
  await allOpen();
  stop.abort();
  await expect.poll(() => collections.map(fake.watches)).toEqual(collections.map(() => 0));
  const asked = fake.requests.length;
  fake.put(`${core}/pods`, podObject('orders-postgresql-primary-0', {ready: false}));
  expect(rings).toBe(0);
  expect(fake.requests).toHaveLength(asked);
});
