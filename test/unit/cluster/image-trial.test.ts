// The pod that says what is in an image is refused: what the refusal means.
import {afterEach, beforeEach, expect, it} from 'vitest';
import {tryImage} from '../../../source/cluster/image-trial.ts';
import {connectTo} from '../../support/fakes/cluster.ts';
import {fakeApi, refusal, type FakeApi} from '../../support/fakes/fake-api.ts';
import {imageTrial} from '../../support/fakes/fake-objects.ts';

const target = {context: 'prod-eu', namespace: 'team-a', release: 'orders', fullname: 'orders-postgresql'};
let fake: FakeApi;
beforeEach(async () => {
  fake = await fakeApi();
});
afterEach(() => fake.stop());

async function refusedBy(words: string): Promise<unknown> {
  fake.intercept(({method, path}) =>
    method === 'POST' && path.endsWith('/pods')
      ? refusal(403, 'Forbidden', `pods "x" is forbidden: ${words}`)
      : undefined,
  );
  const {api} = connectTo(fake);
  const {signal} = new AbortController();
  return tryImage(api, target, imageTrial, signal)
    .catch((error: unknown) => error)
    .finally(() => api.close());
}

it.each([
  ['exceeded quota: small, requested: pods=1, used: pods=3, limited: pods=3', 'quota small', 'pods=3'],
  [
    'exceeded quota: small, requested: limits.cpu=100m, used: limits.cpu=2, limited: limits.cpu=2',
    'quota small',
    'limits.cpu=100m',
  ],
  ['minimum cpu usage per Container is 100m, but request is 1m', 'LimitRange', 'minimum cpu usage'],
])('an image that cannot be tried for want of room: %s', async (words, by, short) => {
  expect(await refusedBy(words)).toMatchObject({
    reason: {code: 'QUOTA_EXCEEDED', evidence: [`pods "x" is forbidden: ${words}`]},
  });
  const {message} = ((await refusedBy(words)) as {reason: {message: string}}).reason;
  expect(message).toMatch(/^The image postgres:17\.12-bookworm could not be tried on node0 in a pod of its own: /);
  expect(message).toContain(by);
  expect(message).toContain(short);
});

it('another refusal is no want of room', async () => {
  expect(await refusedBy('User "a" cannot create resource "pods"')).toMatchObject({status: 403});
});
