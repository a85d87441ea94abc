// An API server that fails one request in twenty, or one change in five, ours and helm's: every operation goes through.
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Result} from '../../source/operations/progress.ts';
import {cli, cliJson} from '../support/cli.ts';
import {helm4} from '../support/paths.ts';
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

interface Case {
  readonly title: string;
  readonly words: readonly string[];
  readonly operations: readonly (readonly string[])[];
}

const install = ['install', 'orders', ...size, '--read-replicas', '1'];
const cases: readonly Case[] = [
  {
    title: 'with 5 % of 500, 503 and 429 an install, a change and an uninstall go through',
    words: ['api-errors=5%'],
    operations: [install, ['set', 'orders', '--exposure', 'node-port'], ['uninstall', 'orders']],
  },
  {
    title: 'with 20 % of them on what changes something each operation goes through',
    words: ['change-errors=20%'],
    operations: [
      install,
      ['set', 'orders', '--exposure', 'node-port'],
      ['scale', 'orders', '--read-replicas', '2'],
      ['upgrade', 'orders', '--image-tag', '17-bookworm'],
      ['restart', 'orders'],
      ['rotate-password', 'orders'],
      ['switchover', 'orders'],
      ['rollback', 'orders'],
      ['uninstall', 'orders'],
    ],
  },
];

test.each(cases)(
  '$title',
  async ({words, operations}) => {
    expect((await fault(...words, '--seed', seed)).code).toBe(0);
    for (const args of operations) {
      const {json, stderr} = await run(...args);
      expect({args, outcome: json.outcome, cause: json.cause}, stderr).toEqual({
        ...{args, outcome: 'succeeded', cause: undefined},
      });
    }
    await fault('none');
    const {json} = await cliJson<{releases: unknown[]}>(['list', '--sandbox'], {env: sandbox.env});
    expect(json.releases).toEqual([]);
  },
  900_000,
);
