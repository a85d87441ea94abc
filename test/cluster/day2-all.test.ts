// Every operation in turn, up and back, while a client writes; by each helm, on a release that the other one installed.
// At the end every acknowledged row is in the writer and in each reader.
import {cpSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {helms} from '../support/clusters/helms.ts';
import {OperatedRelease, testImages, writerPod} from '../support/clusters/operated-release.ts';
import {helm3, helm4, realChart, smallChart} from '../support/paths.ts';
import type {SteadyWriter} from '../support/clusters/steady-writer.ts';

const chart = realChart ?? smallChart;
/** The chart under the next version: then only labels of the pods differ. */
const nextChart = join(mkdtempSync(join(tmpdir(), 'pghi-chart-')), 'postgresql');
cpSync(chart, nextChart, {recursive: true});
const about = join(nextChart, 'Chart.yaml');
writeFileSync(about, readFileSync(about, 'utf8').replace(/^version: .*/m, 'version: 16.7.27'));

/** What the writer's pod goes through: nothing at all, a restart in its place, or another pod. */
type Cost = 'nothing' | 'restart' | 'new pod';
const operations: readonly (readonly [string, Cost, ...string[]])[] = [
  ['scale out', 'nothing', 'scale', '--read-replicas', '2'],
  ['scale in', 'nothing', 'scale', '--read-replicas', '1'],
  ['resize up', 'nothing', 'resize', '--cpu', '150m', '--memory', '320Mi'],
  ['resize down', 'nothing', 'resize', '--cpu', '100m', '--memory', '256Mi'],
  ['grow the disk', 'nothing', 'resize', '--storage-size', '2Gi'],
  ['another image', 'restart', 'upgrade', '--image-tag', testImages.other],
  ['roll back', 'restart', 'rollback'],
  ['another chart version', 'nothing', 'upgrade', '--chart', nextChart],
  ['the old chart version', 'nothing', 'upgrade', '--chart', chart],
  ['restart', 'new pod', 'restart'],
];

describe.each(helms)('%s on a release of the other', (name, helm) => {
  let release: OperatedRelease;
  let client: SteadyWriter;
  const gaps: string[] = [];

  beforeAll(async () => {
    const installed = await OperatedRelease.install('day2-all', ['--read-replicas', '1'], {
      helm: helm === helm3 ? helm4 : helm3,
      chart,
    });
    release = installed.with({PGHI_HELM: helm});
    client = await release.client();
  });
  afterAll(async () => {
    process.stdout.write(
      `${[`longest gap between two writes, ${name} on a release of the other`, ...gaps].join('\n')}\n`,
    );
    await client.stop();
    await release.namespace.remove();
  });

  test.each(operations)('%s', async (title, cost, command, ...flags) => {
    const before = (await release.pods())[writerPod];
    const {longestGapMs, failedWrites} = await client.during(() => release.done(command, ...flags));
    gaps.push(
      `  ${title.padEnd(22)} ${String(Math.round(longestGapMs)).padStart(6)} ms  ` +
        `${String(failedWrites).padStart(4)} failed`,
    );
    const after = (await release.pods())[writerPod];
    const isNew = after?.uid !== before?.uid;
    const restarts = (after?.restarts ?? 0) - (isNew ? 0 : (before?.restarts ?? 0));
    const is = isNew ? 'new pod' : restarts > 0 ? 'restart' : 'nothing';
    expect({is, restarts}).toEqual({is: cost, restarts: cost === 'restart' ? 1 : 0});
    if (cost === 'nothing') expect(failedWrites).toBe(0);
    if (cost !== 'nothing')
      expect(await release.namespace.kubectl(['logs', writerPod, '-c', 'postgresql'])).not.toMatch(
        /not properly shut down|was interrupted/,
      );
  });

  test('every acknowledged row is in the writer and in each reader', async () => {
    expect(Object.keys(await release.pods())).toHaveLength(2);
    await release.expectAllRows(client);
  });
});
