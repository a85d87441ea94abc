// What the screens are offered of charts and images: asked of a registry on loopback and of the real helm.
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {expect, onTestFinished, test} from 'vitest';
import {toValues} from '../../source/chart/values.ts';
import {chartReadsOf} from '../../source/client/questions/chart.ts';
import type {Ports} from '../../source/operations/ports/index.ts';
import {parametersWith} from '../support/fakes/survey.ts';
import {noRealHelm, realHelms, tinyChart} from './support.ts';

const never = new AbortController().signal;
const target = {context: 'lab', namespace: 'team-a', release: 'orders'};
const imageTags = [
  '17.5.0-debian-12-r20',
  '17.6.0-debian-12-r0',
  '17.6.0-debian-12-r4',
  '16.9.0-debian-12-r1',
  '18.1.0',
  'latest',
  '17.6.0-debian-12-r4-metadata',
];
const chartTags = ['15.5.1', '16.7.26', '16.7.9', '18.8.11', '16.7.27-rc1'];

/** Tags for `/team/postgresql` and `/charts/postgresql`; the rest is refused. */
async function registry(): Promise<string> {
  const server = createServer((request, response) => {
    const tags = request.url?.startsWith('/v2/team/postgresql/tags/')
      ? imageTags
      : request.url?.startsWith('/v2/charts/postgresql/tags/')
        ? chartTags
        : null;
    response.writeHead(tags ? 200 : 403).end(JSON.stringify({tags}));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(
    () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  );
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Given {
  readonly options?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** The images of the release; null where they cannot be read back. */
  readonly images?: {readonly repository: string; readonly tag: string} | null;
  /** What an operation under way wants. */
  readonly wantedChart?: string;
}

function readsFor({options = {}, environment = {}, images = null, wantedChart}: Given) {
  const values =
    images &&
    toValues(
      parametersWith({
        images: {source: `mirror:${images.repository}`, tag: images.tag, digest: null, pullSecret: null},
      }),
      {fullname: 'orders-postgresql'},
    );
  const look = async () => ({
    release: {values},
    operation: wantedChart === undefined ? null : {wanted: {chart: {source: wantedChart}}},
  });
  const invocation = {
    options,
    environment: {PATH: process.env['PATH'], ...environment},
    signal: new AbortController().signal,
  };
  return chartReadsOf(
    invocation,
    async () => ({look}) as unknown as Ports,
    async () => realHelms[0]?.program ?? Promise.reject(new Error('no helm')),
  );
}

test("tags of the image and versions of the chart, of PostgreSQL's own major version alone, newest first", async () => {
  const host = await registry();
  const reads = readsFor({
    images: {repository: `${host}/team`, tag: '17.6.0-debian-12-r0'},
    options: {chart: `oci://${host}/charts/postgresql`},
  });
  expect(await reads.versions(target, never)).toEqual({
    imageTags: ['17.6.0-debian-12-r4', '17.6.0-debian-12-r0', '17.5.0-debian-12-r20'],
    chartVersions: ['16.7.26', '16.7.9'],
    chartIsFolder: false,
  });
});

test('a chart in a folder has the one version that is there', async () => {
  const host = await registry();
  const reads = readsFor({
    images: {repository: `${host}/team`, tag: '16.9.0-debian-12-r1'},
    options: {chart: tinyChart},
  });
  expect(await reads.versions(target, never)).toEqual({
    imageTags: ['16.9.0-debian-12-r1'],
    chartVersions: null,
    chartIsFolder: true,
  });
});

test('a registry that refuses, a tag without a version, a release whose values are not ours: it is typed', async () => {
  const host = await registry();
  const chart = {chart: `oci://${host}/charts/postgresql`};
  const refused = await readsFor({images: {repository: `${host}/private`, tag: '17.6.0'}, options: chart}).versions(
    target,
    never,
  );
  expect(refused).toEqual({imageTags: null, chartVersions: ['16.7.26', '16.7.9'], chartIsFolder: false});
  const typed = {imageTags: null, chartVersions: null, chartIsFolder: false};
  expect(
    await readsFor({images: {repository: `${host}/team`, tag: 'latest'}, options: chart}).versions(target, never),
  ).toEqual(typed);
  expect(await readsFor({images: null, options: chart}).versions(target, never)).toEqual(typed);
});

test('which chart: the flag before the environment before what the operation under way wants', async () => {
  const host = await registry();
  const images = {repository: `${host}/team`, tag: '17.6.0-debian-12-r0'};
  const here = `oci://${host}/charts/postgresql`;
  const elsewhere = `oci://${host}/elsewhere/postgresql`;
  const versionsOf = async (given: Given) => (await readsFor({images, ...given}).versions(target, never)).chartVersions;
  expect(
    await versionsOf({options: {chart: here}, environment: {PGHI_CHART: elsewhere}, wantedChart: elsewhere}),
  ).toEqual(['16.7.26', '16.7.9']);
  expect(await versionsOf({environment: {PGHI_CHART: here}, wantedChart: elsewhere})).toEqual(['16.7.26', '16.7.9']);
  expect(await versionsOf({environment: {PGHI_CHART: ''}, wantedChart: here})).toEqual(['16.7.26', '16.7.9']);
  expect(await versionsOf({environment: {PGHI_CHART: elsewhere}, wantedChart: here})).toBeNull();
});

test.skipIf(noRealHelm)('what a chart says by itself, and the reason when there is no such chart', async () => {
  expect(await readsFor({options: {chart: 'sandbox/chart'}}).chartValues('9.9.9', never)).toMatchObject({
    architecture: expect.any(String),
    image: {repository: expect.any(String)},
  });
  await expect(readsFor({options: {chart: '/nowhere/postgresql'}}).chartValues(null, never)).rejects.toMatchObject({
    reason: {code: 'CHART_NOT_FOUND'},
  });
});
