// A healthy release names no cause on its way: installs, readers more and fewer and restarts, with an API that is slow
// and fails at times. PGHI_HEALTHY says how many of them; on the cluster of KUBECONFIG, else on a sandbox that is slow.
import {dirname} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Progress} from '../../source/operations/progress.ts';
import {cli} from '../support/cli.ts';
import {onSandbox} from '../support/on-sandbox.ts';
import {OperatedRelease} from '../support/operated-release.ts';
import {helm3, helm4} from '../support/paths.ts';
import {seeded} from '../support/seeded.ts';

const wanted = Number(process.env['PGHI_HEALTHY'] ?? 20);
const seed = Number(process.env['PGHI_SEED'] ?? Date.now() % 100_000);
const random = seeded(seed);
/** Causes that were named, by operation, and how often. */
const told = new Map<string, number>();

const place = {PGHI_SANDBOX_FOLDER: dirname(process.env['KUBECONFIG'] ?? '')};
async function disturb(): Promise<void> {
  if (!onSandbox) return;
  const words = [
    `latency=${Math.floor(random() * 150)}ms`,
    `api-errors=${Math.floor(random() * 5)}%`,
    `slow-pull=${Math.floor(random() * 3)}s`,
  ];
  await cli(['sandbox', 'fault', ...words, '--seed', String(Math.floor(random() * 10_000))], {env: place});
}

beforeAll(disturb);
afterAll(async () => {
  if (onSandbox) await cli(['sandbox', 'fault', 'none'], {env: place});
});

test('healthy installs, scale-outs and restarts name no cause', {timeout: 7_200_000}, async () => {
  let done = 0;
  while (done < wanted) {
    const release = await OperatedRelease.nothing('healthy', {helm: random() < 0.5 ? helm3 : helm4});
    try {
      for (const [command, ...flags] of [
        ['install', ...OperatedRelease.installFlags(['--read-replicas', '1'])],
        ['scale', '--read-replicas', '2'],
        ['restart'],
        ['scale', '--read-replicas', '1'],
        ['restart'],
      ] as const) {
        await disturb();
        await named(release, command ?? '', flags);
        done++;
      }
    } finally {
      await release.namespace.remove();
    }
  }
  console.log(`${done} healthy operations, seed ${seed}: ${told.size === 0 ? 'no cause' : JSON.stringify([...told])}`);
  expect([...told]).toEqual([]);
});

async function named(release: OperatedRelease, command: string, flags: readonly string[]): Promise<void> {
  const {code, stdout} = await release.begin(command, ...flags).finished;
  const steps = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Progress & {cause?: {code: string}});
  const causes = steps.flatMap((step) => {
    if (step.cause) return [step.cause.code];
    return step.type === 'track' && step.waitingFor ? [step.waitingFor] : [];
  });
  for (const cause of new Set(code === 0 ? causes : [...causes, `exit ${code}`]))
    told.set(`${command}: ${cause}`, (told.get(`${command}: ${cause}`) ?? 0) + 1);
}
