// Random operations on one release under a client that writes all the time, with kills, cut connections, an API that
// fails and others who change the same release; after each of them it is whole, with every acknowledged row.
// `npm run soak -- --minutes 15 --seed 7`: on the cluster of KUBECONFIG, else on a sandbox.
import {dirname} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {cli} from '../support/cli.ts';
import {countingProxy, type CountingProxy} from '../support/clusters/counting-proxy.ts';
import {onSandbox} from '../support/setup/on-sandbox.ts';
import {OperatedRelease, readerPod, testImages, writerPod} from '../support/clusters/operated-release.ts';
import {helm3, helm4} from '../support/paths.ts';
import {seeded} from '../support/seeded.ts';
import {startSteadyWriter} from '../support/clusters/steady-writer.ts';
import {waitFor} from '../support/wait-for.ts';
import {killedRun, lastLine, toldOf, type Point} from './killed-run.ts';
import {spoilWriter} from './killed-operations.ts';
import {differences} from './whole-release.ts';

/** The install before the test counts, too. */
const end = performance.now() + Number(process.env['PGHI_SOAK_MINUTES'] ?? 15) * 60_000;
const seed = Number(process.env['PGHI_SEED'] ?? Date.now() % 100_000);
const random = seeded(seed);
/** From 0 to below `count`. */
const below = (count: number) => Math.floor(random() * count);
const oneOf = <One>(all: readonly [One, ...One[]]): One => all[below(all.length)] ?? all[0];

const flags = ['--read-replicas', '1', '--username', 'app'];
/** What may be left: by settings, TLS and replaced writers, and volumes of readers that went. */
const may = new RegExp(
  '^(ConfigMap/orders-postgresql-(primary|read)-extended-configuration|Secret/orders-postgresql-tls(-ca)?|' +
    'PersistentVolumeClaim/(data-orders-postgresql-read-\\d+|orders-postgresql-kept-.*))$',
);

interface Step {
  readonly words: readonly [command: string, ...flags: string[]];
  /** Runs right before the operation, while the client writes. */
  readonly before?: (release: OperatedRelease) => Promise<unknown>;
  /** The release may be gone until it is installed again. */
  readonly removes?: true;
}

let gigabytes = 1;

/** @param there how many readers there are, and which revision */
function nextStep({readers, revision}: {readonly readers: number; readonly revision: number}): Step {
  const [work, connections] = [`work_mem=${4 + below(12)}MB`, `max_connections=${90 + 10 * below(4)}`];
  const always: readonly [Step, ...Step[]] = [
    {words: ['scale', '--read-replicas', String((readers + 1 + below(2)) % 3)]},
    {words: ['resize', '--memory', `${256 + 32 * below(3)}Mi`]},
    {words: ['set', '--postgres-config', oneOf([work, connections])]},
    {words: ['set', '--hostname', oneOf(['db.example.com', 'none'])]},
    {words: ['set', '--tls', oneOf(['self-signed', 'off'])]},
    {words: ['upgrade', '--image-tag', oneOf([testImages.installed, testImages.other])]},
    {words: ['rotate-password', '--role', 'all']},
    {words: ['restart']},
    ...(revision > 1 ? [{words: ['rollback']} as const] : []),
    {words: ['uninstall'], removes: true},
    ...(gigabytes < 6 ? [{words: ['resize', '--storage-size', `${++gigabytes}Gi`]} as const] : []),
  ];
  if (readers === 0) return oneOf(always);
  return oneOf<Step>([
    ...always,
    {words: ['switchover']},
    {words: ['failover', '--confirm', 'orders'], before: spoilWriter},
  ]);
}

interface Disturbance {
  readonly name: string;
  readonly point?: Point;
  /** Runs while the operation is at work. */
  readonly meanwhile?: (release: OperatedRelease) => Promise<unknown>;
}

function nextDisturbance(readers: number, movesRole: boolean): Disturbance {
  const point: Point = {number: 1 + below(24), after: random() < 0.8, victim: oneOf(['us', 'helm', 'both', 'cut'])};
  const killed = {name: toldOf(point, null).replace(' (not reached)', ''), point};
  const others: readonly Disturbance[] = [
    {name: 'nothing'},
    {name: 'the writer is deleted', meanwhile: ({namespace}) => namespace.kubectl([...deletion, writerPod])},
    {name: 'another operator restarts', meanwhile: (release) => release.run('restart')},
    ...(readers > 0
      ? [
          {
            name: 'a reader is deleted',
            meanwhile: ({namespace}: OperatedRelease) => namespace.kubectl([...deletion, readerPod(0)]),
          },
        ]
      : []),
    ...(onSandbox ? [{name: 'the API fails at times', meanwhile: apiErrors}] : []),
  ];
  return movesRole || random() < 0.6 ? killed : (others[below(others.length)] ?? killed);
}

const deletion = ['delete', 'pod', '--wait=false', '--ignore-not-found'];

/** Makes requests fail for a while. */
async function apiErrors(): Promise<void> {
  const env = {PGHI_SANDBOX_FOLDER: dirname(process.env['KUBECONFIG'] ?? '')};
  await cli(['sandbox', 'fault', 'api-errors=5%', '--seed', String(below(1000))], {env});
}
async function noApiErrors(): Promise<void> {
  if (onSandbox)
    await cli(['sandbox', 'fault', 'none'], {env: {PGHI_SANDBOX_FOLDER: dirname(process.env['KUBECONFIG'] ?? '')}});
}

let release: OperatedRelease;
let proxy: CountingProxy;
let rows: number[] = [];
const helm = seed % 2 === 0 ? helm3 : helm4;
beforeAll(async () => {
  proxy = await countingProxy();
  release = await OperatedRelease.install('soak', flags, {helm});
});
afterAll(async () => {
  proxy.close();
  await release.namespace.remove();
});

async function seen(): Promise<{readonly readers: number; readonly revision: number}> {
  const {parameters, revision} = await release.read<{
    readonly parameters?: {readonly readReplicaCount: number};
    readonly revision?: number;
  }>('status');
  return {readers: parameters?.readReplicaCount ?? 0, revision: revision ?? 0};
}

test('whatever is done, killed and changed by others, no row is lost and the release is whole', async () => {
  console.log(`soak: seed ${seed}`);
  const violations: string[] = [];
  let [round, longestMs] = [0, 0];
  // The run ends within its minutes: no round begins for which there may be no time.
  while (performance.now() + longestMs < end) {
    round++;
    const there = await seen();
    const {readers} = there;
    const step = nextStep(there);
    const disturbance = nextDisturbance(readers, step.before !== undefined || step.words[0] === 'switchover');
    const told = `${round}. ${step.words.join(' ')}, ${disturbance.name}`;
    const began = performance.now();
    const problems = await once(step, disturbance).catch((error: unknown) => [String(error)]);
    const tookMs = performance.now() - began;
    longestMs = Math.max(longestMs, tookMs);
    console.log(`${told} (${Math.round(tookMs / 1000)} s): ${problems.length === 0 ? 'well' : problems.join('; ')}`);
    if (problems.length === 0) continue;
    violations.push(`${told}: ${problems.join('; ')}`);
    // What went wrong once must not be seen again and again.
    await release.namespace.remove();
    [rows, gigabytes] = [[], 1];
    release = await OperatedRelease.install('soak', flags, {helm});
  }
  console.log(`soak: seed ${seed}, ${round} rounds, ${rows.length} rows at the end, ${violations.length} violations`);
  expect(violations).toEqual([]);
});

async function once(step: Step, disturbance: Disturbance): Promise<readonly string[]> {
  const client = await startSteadyWriter(await release.server());
  try {
    await waitFor(
      'a row',
      () => client.acknowledged().length,
      (count) => count > 0,
    );
    await step.before?.(release);
    const running = killedRun(release, proxy, disturbance.point ?? null, step.words);
    const meanwhile = disturbance.meanwhile?.(release);
    const {code, stdout} = await running;
    await meanwhile?.catch(() => undefined);
    await noApiErrors();
    const problems = await ended(step, code, lastLine(stdout));
    await client.stop();
    rows.push(...client.acknowledged());
    if (problems.length > 0) return problems;
    return await differences(release, {readers: (await seen()).readers, may}, rows);
  } finally {
    await client.stop();
  }
}

/**
 * Does what a person would do: leaves alone what was refused, else runs the same command again or recover, and installs
 * again.
 */
async function ended(step: Step, code: number | null, said: string): Promise<readonly string[]> {
  const tried = [`${code}: ${said}`];
  let last = code;
  for (let attempt = 0; attempt < 3 && last !== 0 && last !== 3; attempt++) {
    const {operation} = await release.read<{operation?: unknown}>('status');
    const [command, ...more] = operation && random() < 0.5 ? ['recover'] : step.words;
    const again = await release.run(command ?? 'recover', ...more);
    last = again.code;
    tried.push(`${command} ${again.code}: ${JSON.stringify(again.json.cause ?? null)}`);
  }
  // A refusal comes before anything is changed; where something was begun before it, recover ends that.
  if (last === 3 && (await release.read<{operation?: unknown}>('status')).operation) {
    const again = await release.run('recover');
    tried.push(`recover ${again.code}: ${JSON.stringify(again.json.cause ?? null)}`);
    last = again.code;
  }
  if (step.removes && (last === 0 || last === 3)) {
    const {code: there, json} = await release.run('install', ...OperatedRelease.installFlags(installedAgain()));
    // This install lacks the settings of before: readers that are below what their writer had are named, and recover
    // brings them up.
    const healed = there === 0 ? 0 : (await release.run('recover')).code;
    if (healed !== 0) return [`install ${there}, recover ${healed}: ${JSON.stringify(json.cause ?? null)}`];
  }
  return last === 0 || last === 3 ? [] : tried;
}

/** The flags of an install on the volumes that are there. */
function installedAgain(): readonly string[] {
  return [...flags, '--storage-size', `${gigabytes}Gi`];
}
