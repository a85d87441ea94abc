// An API server that fails one request in twenty, or one change in five, ours and helm's: every operation goes through.
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Result} from '../../source/operations/progress.ts';
import {cli, cliJson} from '../support/cli.ts';
import {countingProxy} from '../support/counting-proxy.ts';
import {helm3, helm4, smallChart} from '../support/paths.ts';
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

test.each([
  ['helm 3', helm3],
  ['helm 4', helm4],
])(
  'with 20 %% of all changes answered by 503, done or not, each operation goes through: %s',
  async (_name, helm) => {
    process.env['KUBECONFIG'] = sandbox.kubeconfig;
    const proxy = await countingProxy();
    proxy.fail(0.2, seeded(Number(seed)));
    const env = {...sandbox.env, PGHI_HELM: helm, KUBECONFIG: proxy.kubeconfig};
    for (const args of [
      ['install', 'busy', ...size, '--read-replicas', '1', '--chart', smallChart],
      ['set', 'busy', '--exposure', 'node-port', '--chart', smallChart],
      ['scale', 'busy', '--read-replicas', '2', '--chart', smallChart],
      ['rotate-password', 'busy', '--role', 'all'],
      ['restart', 'busy', '--chart', smallChart],
      ['uninstall', 'busy', '--delete-data', '--confirm', 'busy'],
    ]) {
      const {json, stderr} = await cliJson<Result>([...args, '--yes', '--timeout', '150s'], {env});
      const ended = {of: args[0], outcome: json.outcome, cause: json.cause};
      expect(ended, stderr).toEqual({of: args[0], outcome: 'succeeded', cause: undefined});
    }
    proxy.close();
  },
  500_000,
);
