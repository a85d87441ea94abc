// A credential plugin is asked once for many requests, and again when the server refuses what it gave.
import type {RequestOptions} from 'node:http';
import {KubeConfig} from '@kubernetes/client-node/dist/config.js';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {Api} from '../../../source/cluster/api.ts';
import {CredentialCache} from '../../../source/cluster/credential-cache.ts';
import {fakeApi, refusal, type FakeApi} from '../../support/fakes/fake-api.ts';

let fake: FakeApi;
let asked: number;
let api: Api;
beforeEach(async () => {
  fake = await fakeApi();
  asked = 0;
  const config = new KubeConfig();
  config.loadFromString(JSON.stringify(fake.kubeconfig()));
  const plugin = {
    applyToHTTPSOptions: async (options: RequestOptions) => {
      asked += 1;
      await config.applyToHTTPSOptions(options);
      options.headers = {Authorization: `Bearer token-${asked}`};
    },
    getCurrentCluster: () => config.getCurrentCluster(),
  };
  api = new Api(fake.url, new CredentialCache(plugin as unknown as KubeConfig));
});
afterEach(async () => {
  api.close();
  await fake.stop();
});

it('is asked once for many requests, also for those that start together', async () => {
  await Promise.all(Array.from({length: 20}, () => api.get('/version')));
  await api.get('/version');
  expect(asked).toBe(1);
});

it('is asked again when its token is refused, and the request is sent again with the new one', async () => {
  await api.get('/version');
  fake.intercept(({headers}) =>
    headers.authorization === 'Bearer token-1' ? refusal(401, 'Unauthorized', 'expired') : undefined,
  );
  await api.get('/version');
  expect({asked, last: fake.asked.at(-1)?.headers.authorization}).toEqual({asked: 2, last: 'Bearer token-2'});
});

it('is asked only once more when nothing is accepted', async () => {
  fake.intercept(() => refusal(401, 'Unauthorized', 'expired'));
  await expect(api.get('/version')).rejects.toMatchObject({reason: {code: 'CREDENTIALS_EXPIRED'}});
  expect(asked).toBe(2);
});
