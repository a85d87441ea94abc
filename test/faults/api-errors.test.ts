// An API server that fails one request in twenty, or one change in five, ours and helm's: every operation goes through.
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Result} from '../../source/operations/progress.ts';
import {cli, cliJson} from '../support/cli.ts';
import {countingProxy} from '../support/counting-proxy.ts';
import {helm4, smallChart} from '../support/paths.ts';
import {seeded} from '../support/seeded.ts';
import {startSandbox, type TestSandbox} from '../support/sandbox.ts';

const seed = process.env['PGHI_SEED'] ?? '5';
let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

const fault = (...words: string[]) => cli(['sandbox', 'fault', ...words], {env: sandbox.env});
const run = (...args: string[]) =>
  cliJson<Result>([...args, '--yes', '--timeout', '150s', '--sandbox'], {env: {...sandbox.env, PGHI_HELM: helm4}});

const size = ['--cpu', '100m', '--memory', '256Mi', '--storage-size', '1Gi', '--instance-type', 'any'];

test('with 5 % of 500, 503 and 429 an install, a change and an uninstall go through', async () => {
  expect((await fault('api-errors=5%', '--seed', seed)).code).toBe(0);
  for (const args of [
    ['install', 'orders', ...size, '--read-replicas', '1'],
    ['set', 'orders', '--exposure', 'node-port'],
    ['uninstall', 'orders'],
  ]) {
    const {json, stderr} = await run(...args);
    expect({outcome: json.outcome, cause: json.cause}, stderr).toEqual({outcome: 'succeeded', cause: undefined});
  }
  await fault('none');
  const {json} = await cliJson<{releases: unknown[]}>(['list', '--sandbox'], {env: sandbox.env});
  expect(json.releases).toEqual([]);
}, 500_000);

/** helm sends nothing again: of its twenty changes one in five fails, and those that were done are done. */
const tries = 8;

test('with 20 % of all changes answered by 503, done or not, the same command goes through in the end', async () => {
  process.env['KUBECONFIG'] = sandbox.kubeconfig;
  const proxy = await countingProxy();
  proxy.fail(0.2, seeded(Number(seed)));
  const env = {...sandbox.env, PGHI_HELM: helm4, KUBECONFIG: proxy.kubeconfig};
  for (const args of [
    ['install', 'busy', ...size, '--read-replicas', '1', '--chart', smallChart],
    ['set', 'busy', '--exposure', 'node-port', '--chart', smallChart],
    ['rotate-password', 'busy', '--role', 'all'],
    ['uninstall', 'busy', '--delete-data', '--confirm', 'busy'],
  ]) {
    const ended: string[] = [];
    while (ended.length < tries && !['succeeded', 'unchanged'].includes(ended.at(-1) ?? '')) {
      const {json} = await cliJson<Result>([...args, '--yes', '--timeout', '100s'], {env});
      ended.push(json.cause ? `${json.outcome} ${json.cause.code} ${json.cause.message}` : json.outcome);
    }
    console.log(`20 %: ${args[0]}: ${ended.join('; ')}`);
    expect(ended.at(-1)).toMatch(/^(succeeded|unchanged)$/);
  }
  proxy.close();
}, 900_000);
