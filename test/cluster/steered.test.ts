// A release that Argo CD applies, and heals: a change of it is a change of its Application, and what remains (its pods,
// in order) is done here without anything that Argo CD would take back.
import {cpSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {parse, stringify} from 'yaml';
import type {Values} from '../../source/chart/tree.ts';
import type {Result} from '../../source/plan/progress.ts';
import {defineApplications, startArgoCd, type ArgoCd} from '../support/clusters/argo-cd.ts';
import {cliJson} from '../support/cli.ts';
import {OperatedRelease, readerPod, testImages, writerPod, type PodSeen} from '../support/clusters/operated-release.ts';
import {helm3, realChart, smallChart} from '../support/paths.ts';
import type {SteadyWriter} from '../support/clusters/steady-writer.ts';

/** Longer than elsewhere: beside each of our commands helm and kubectl apply everything, again and again. */
const timeout = 480_000;
const chart = realChart ?? smallChart;
const {source, repository, installed, other} = testImages;
const folder = mkdtempSync(join(tmpdir(), 'pghi-steered-'));
const nextChart = join(folder, 'postgresql');
const files = join(folder, 'files');
/** The chart under the next version. */
function makeNextChart(): void {
  cpSync(chart, nextChart, {recursive: true});
  const about = join(nextChart, 'Chart.yaml');
  writeFileSync(about, readFileSync(about, 'utf8').replace(/^version: .*/m, 'version: 16.7.27'));
}

let release: OperatedRelease;
let client: SteadyWriter;
let argo: ArgoCd;
let undefine: () => Promise<unknown>;
/** The commits in Git, one after the other. */
const commits: string[] = [];

beforeAll(async () => {
  makeNextChart();
  undefine = await defineApplications();
  release = await OperatedRelease.install('steered', ['--image-source', source, '--read-replicas', '2']);
  client = await release.client();
  await commit(await exported());
  argo = startArgoCd(release.namespace, 'orders', {
    helm: helm3,
    charts: {'16.7.26': chart, '16.7.27': nextChart},
  });
  await argo.synced();
});
afterAll(async () => {
  await client?.stop();
  await argo?.stop().catch(() => undefined);
  await release?.namespace.remove();
  await undefine?.();
});

/** The Application that `export` makes, put into the test's namespace, and with self-healing. */
async function exported(): Promise<string> {
  const registry = ['--chart', 'oci://registry.example.com/charts/postgresql'];
  const asked = ['export', 'orders', '-n', release.namespace.name, '--format', 'argocd', ...registry];
  const {json} = await cliJson<{text: string}>(asked, {env: release.env});
  const {metadata, spec, ...kind} = parse(json.text) as {metadata: Values; spec: Values};
  return stringify({
    ...kind,
    metadata: {...metadata, namespace: release.namespace.name},
    spec: {...spec, syncPolicy: {automated: {selfHeal: true}}},
  });
}

async function commit(text: string): Promise<void> {
  commits.push(text);
  await release.namespace.kubectl(['apply', '--server-side', '-f', '-'], text);
}

function applicationIn({json}: {readonly json: Result}): string {
  const path = json.files?.find(({name}) => name === 'orders-application.yaml')?.path;
  return readFileSync(path ?? '', 'utf8');
}

/** The readers restarted first, the writer last, each once. */
function expectOneRestart(before: Pods, after: Pods): void {
  expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
  const startedAt = [readerPod(0), readerPod(1), writerPod].map((name) => after[name]?.startedAt ?? 0);
  expect(startedAt).toEqual([...startedAt].sort((a, b) => a - b));
  for (const [name, {uid, restarts, startedAt: earlier}] of Object.entries(before)) {
    const now = after[name];
    expect(now?.startedAt).toBeGreaterThan(earlier);
    expect(now?.restarts).toBe(now?.uid === uid ? restarts + 1 : 0);
  }
}
type Pods = Readonly<Record<string, PodSeen>>;

/** Argo CD has nothing to apply, none of what was done was taken back, and no pod is behind. */
async function expectNoDrift(): Promise<void> {
  await argo.synced();
  expect(argo.healed).toEqual([]);
  const {state, warnings, operation} = await release.read<{
    state: string;
    warnings: {code: string}[];
    operation: unknown;
  }>('status');
  expect({state, operation}).toEqual({state: 'ready', operation: null});
  expect(warnings.map(({code}) => code)).not.toContain('DEFINITION_PENDING');
}

test('it is known whose it is, and nothing restarted when Argo CD took it over', async () => {
  expect(await release.read('status')).toMatchObject({steeredBy: 'Argo CD', state: 'ready'});
  for (const {restarts} of Object.values(await release.pods())) expect(restarts).toBe(0);
});

test(
  'another image and chart are refused here, written as files, applied there, and brought up here',
  {timeout},
  async () => {
    const before = await release.pods();
    const upgrade = ['--chart', nextChart, '--chart-version', '16.7.27', '--image-tag', other];
    const refused = await release.run('upgrade', ...upgrade);
    expect({code: refused.code, cause: refused.json.cause?.code}).toEqual({code: 3, cause: 'STEERED'});

    const written = await release.run('upgrade', ...upgrade, '--to', files);
    expect({code: written.code, outcome: written.json.outcome, cause: written.json.cause}).toEqual({
      code: 0,
      outcome: 'planned',
      cause: undefined,
    });
    await commit(applicationIn(written));
    await argo.synced();
    // The update strategy is OnDelete: applying it restarts nothing.
    expect(await release.pods()).toEqual(before);

    const {longestGapMs} = await client.during(() => release.done('upgrade', ...upgrade));
    const after = await release.pods();
    expectOneRestart(before, after);
    for (const {image} of Object.values(after)) expect(image).toBe(`${repository}:${other}`);
    expect(longestGapMs).toBeLessThan(20_000);
    await release.expectAllRows(client);
    await expectNoDrift();
    expect(await release.run('upgrade', ...upgrade)).toMatchObject({code: 0, json: {outcome: 'unchanged'}});
    expect(await release.pods()).toEqual(after);
  },
);

test('a rollback is the commit reverted, and a restart', {timeout}, async () => {
  const before = await release.pods();
  const refused = await release.run('rollback');
  expect({code: refused.code, cause: refused.json.cause?.code}).toEqual({code: 3, cause: 'STEERED'});
  expect(refused.json.cause?.remedies.at(-1)?.command).toContain('restart orders');
  await commit(commits[0] ?? '');
  await argo.synced();
  expect(await release.pods()).toEqual(before);
  await client.during(() => release.done('restart'));
  const after = await release.pods();
  expectOneRestart(before, after);
  for (const {image} of Object.values(after)) expect(image).toBe(`${repository}:${installed}`);
  await release.expectAllRows(client);
  await expectNoDrift();
});
