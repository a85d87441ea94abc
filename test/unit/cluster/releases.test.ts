// Helm's history: the newest record opened, the others by their labels, each content read once.
import {expect, it} from 'vitest';
import type {Api} from '../../../source/cluster/api.ts';
import {readHistory, readRelease} from '../../../source/cluster/releases.ts';
import {helmRecord, useFakeApi} from '../../support/fakes/cluster.ts';
import type {FakeApi} from '../../support/fakes/fake-api.ts';
import {targetFor} from '../../support/fakes/survey.ts';

const secrets = '/api/v1/namespaces/team-a/secrets';
const target = targetFor('orders');
let fake: FakeApi;
let api: Api;
useFakeApi((made) => ({fake, api} = made));
/** A record's uid and version name its content for the whole process: each test has its own. */
let record = 0;
const put = (revision: number, rest: Parameters<typeof helmRecord>[2] = {}, release = 'orders') => {
  const {metadata, ...object} = helmRecord(release, revision, rest);
  fake.put(secrets, {...object, metadata: {...metadata, uid: `record-${record++}`}});
};
const gets = () => fake.requests.filter((one) => one.includes('sh.helm.release'));

it('is empty without a record', async () => {
  expect(await readRelease(api, target)).toEqual({revisions: [], values: null});
});

it('opens the newest record alone, the tenth after the ninth', async () => {
  for (let revision = 1; revision <= 10; revision++)
    put(revision, {status: revision === 10 ? 'deployed' : 'superseded', config: {n: revision}});
  const {revisions, values} = await readRelease(api, target);
  expect(revisions.map(({revision, status}) => `${revision} ${status}`)).toEqual([
    ...Array.from({length: 9}, (_, index) => `${index + 1} superseded`),
    '10 deployed',
  ]);
  expect(values).toEqual({n: 10});
  expect(revisions.at(-1)).toMatchObject({
    chartName: 'postgresql',
    chartVersion: '16.7.26',
    appVersion: '17.6.0',
    description: 'Install complete',
  });
  expect(gets()).toEqual([`GET ${secrets}/sh.helm.release.v1.orders.v10`]);
});

it('reads a record once, and again when it changed', async () => {
  put(1, {status: 'pending-install'});
  expect((await readRelease(api, target)).revisions.at(-1)?.status).toBe('pending-install');
  await readRelease(api, target);
  expect(gets()).toHaveLength(1);
  put(1, {status: 'deployed'});
  expect((await readRelease(api, target)).revisions.at(-1)?.status).toBe('deployed');
  expect(gets()).toHaveLength(2);
});

it('looks again when the record went away in between', async () => {
  put(1, {status: 'superseded', config: {n: 1}});
  put(2);
  fake.intercept(({method, path}) => {
    if (method === 'GET' && path.endsWith('.v2')) fake.remove(path);
    return undefined;
  });
  expect(await readRelease(api, target)).toMatchObject({revisions: [{revision: 1}], values: {n: 1}});
});

it("leaves the neighbours' records alone", async () => {
  put(1, {}, 'orders-2');
  expect((await readRelease(api, target)).revisions).toEqual([]);
});

it('names the Secret that cannot be read', async () => {
  const {metadata} = helmRecord('orders', 1);
  fake.put(secrets, {metadata, data: {release: Buffer.from('rubbish').toString('base64')}});
  await expect(readRelease(api, target)).rejects.toThrow(
    /record of orders, revision 1 \(Secret sh\.helm\.release\.v1\.orders\.v1\) cannot be read/,
  );
});

it("the history says which image each revision had, which the chart's own version does not", async () => {
  put(1, {status: 'superseded', config: {image: {tag: '17.11-bookworm'}}});
  put(2, {status: 'superseded', config: {image: {tag: 17}}});
  put(3, {config: {image: 'odd'}});
  expect((await readHistory(api, target)).map(({imageTag, appVersion}) => [imageTag, appVersion])).toEqual([
    ['17.11-bookworm', '17.6.0'],
    ['17', '17.6.0'],
    [null, '17.6.0'],
  ]);
});

it('opens all for the history', async () => {
  put(1, {status: 'superseded', version: '16.7.25'});
  put(2);
  expect((await readHistory(api, target)).map(({revision, chartVersion}) => [revision, chartVersion])).toEqual([
    [1, '16.7.25'],
    [2, '16.7.26'],
  ]);
});
