// An API server that fails one request in twenty, or one change in five, ours and helm's: every operation goes through.
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Result} from '../../source/plan/progress.ts';
import {cli, cliJson} from '../support/cli.ts';
import {helm3, helm4} from '../support/paths.ts';
import {startSandbox, type TestSandbox} from '../support/clusters/sandbox.ts';
import {smallSize} from '../support/clusters/small-size.ts';

const seed = process.env['PGHI_SEED'] ?? '5';
let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

const fault = (...words: string[]) => cli(['sandbox', 'fault', ...words], {env: sandbox.env});
const run = (helm: string, ...args: string[]) =>
  cliJson<Result>([...args, '--yes', '--timeout', '300s', '--sandbox'], {env: {...sandbox.env, PGHI_HELM: helm}});

interface Case {
  readonly title: string;
  readonly words: readonly string[];
  readonly helm: string;
  readonly operations: readonly (readonly string[])[];
}

const install = ['install', 'orders', ...smallSize, '--read-replicas', '1'];
const cases: readonly Case[] = [
  {
    title: 'with 5 % of 500, 503 and 429 an install, a change and an uninstall go through',
    words: ['api-errors=5%'],
    helm: helm4,
    operations: [install, ['set', 'orders', '--exposure', 'node-port'], ['uninstall', 'orders']],
  },
  {
    title: 'with 20 % of them on what changes something each operation of helm 3 goes through',
    words: ['change-errors=20%'],
    // helm 3 leaves alone what is already as it should be: each run gets further. helm 4 sends every object each time.
    helm: helm3,
    operations: [
      install,
      ['set', 'orders', '--exposure', 'node-port'],
      ['scale', 'orders', '--read-replicas', '2'],
      ['upgrade', 'orders', '--image-tag', '17-bookworm'],
      ['restart', 'orders'],
      ['rotate-password', 'orders'],
      ['switchover', 'orders'],
      ['rollback', 'orders'],
    ],
  },
];

test.each(cases)(
  '$title',
  async ({words, helm, operations}) => {
    expect((await fault(...words, '--seed', seed)).code).toBe(0);
    for (const args of operations) {
      const began = performance.now();
      const {json, stderr} = await run(helm, ...args);
      const seconds = Math.round((performance.now() - began) / 1000);
      console.log(
        `${words.join()}: ${args.slice(0, 3).join(' ')} ${json.outcome} after ${seconds} s, revision ${json.revision}`,
      );
      expect({args, outcome: json.outcome, cause: json.cause}, stderr).toEqual({
        args,
        outcome: 'succeeded',
        cause: undefined,
      });
    }
    await fault('none');
    // helm asks for each object to go, even for those that are gone: with one request in five failing it would never
    // end.
    await run(helm, 'uninstall', 'orders');
    const {json} = await cliJson<{releases: unknown[]}>(['list', '--sandbox'], {env: sandbox.env});
    expect(json.releases).toEqual([]);
  },
  900_000,
);
