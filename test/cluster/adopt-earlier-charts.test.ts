// Releases that charts 11 to 16 made are adopted where they stand; so is one that kubectl applied, of which helm then
// gets a record. Each then goes through one operation, or through all of them. One of them a day, with one helm; all
// with both helms with PGHI_SEED=all.
import {afterEach, expect, test} from 'vitest';
import type {PersistentVolumeClaim, Service} from '../../source/observation/kubernetes.ts';
import {adoptedOperations, helmManifest, type AdoptedOperation} from '../support/clusters/adopted-operations.ts';
import {bothHelms} from '../support/clusters/helms.ts';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {onSandbox} from '../support/setup/on-sandbox.ts';
import {OperatedRelease} from '../support/clusters/operated-release.ts';
import {program} from '../support/paths.ts';
import {runInTerminal} from '../support/screens/pseudo-terminal.ts';
import {recordedCharts, type RecordedChart} from '../support/recorded-charts.ts';
import {recordedRelease} from '../support/clusters/recorded-release.ts';
import {sampled, seed} from '../support/clusters/sampled.ts';
import {waitFor} from '../support/wait-for.ts';

/** The oldest with readers and the newest without, as kubectl applies them. */
const applied = [
  ...recordedCharts.filter(({shape}) => shape === 'replication').slice(0, 1),
  ...recordedCharts.filter(({shape}) => shape === 'standalone').slice(-1),
];
/** As most of them are: these charts set no limit of memory by themselves. */
const unlimited = recordedCharts.filter(({title}) => title === '14.3.3 standalone').map(withoutLimits);
const all = [
  ...unlimited.map((recorded) => ({recorded, title: `${recorded.title}, without a limit of memory`, isApplied: false})),
  ...recordedCharts.map((recorded) => ({recorded, title: recorded.title, isApplied: false})),
  ...applied.map((recorded) => ({recorded, title: `${recorded.title}, applied by kubectl`, isApplied: true})),
].map((one, index) => ({...one, operations: operationsOf(one.title, index)}));
const ofHelms = bothHelms.flatMap(([name, helm]) => all.map((one) => ({...one, helm, title: `${name}, ${one.title}`})));
const shown = onSandbox ? ofHelms.slice(-4) : sampled(ofHelms, 1);

/** Those of the charts of today go through all, where everything is shown; else another operation each day. */
function operationsOf(title: string, index: number): readonly AdoptedOperation[] {
  if (seed === 'all' && !onSandbox && title.startsWith('16.')) return adoptedOperations;
  const day = Math.floor(Number(seed) || 0);
  return adoptedOperations.filter((_, at) => at === (day + index) % adoptedOperations.length);
}

function withoutLimits(recorded: RecordedChart): RecordedChart {
  const values: unknown = JSON.parse(
    JSON.stringify(recorded.values, (key, value: unknown) => (key === 'limits' ? undefined : value)),
  );
  const manifest = recorded.manifest.replaceAll(/^ +limits:\n +memory: .*\n/gm, '');
  return {...recorded, manifest, values: values as RecordedChart['values']};
}

let release: OperatedRelease | null = null;
afterEach(async () => {
  await release?.namespace.remove();
  release = null;
});

test.each(shown.map((one) => [one.title, one] as const))(
  '%s: same volume, Service, passwords and rows, no restart but the planned one, and like any release then',
  async (_, {recorded, isApplied, operations, helm}) => {
    const found = (release = isApplied
      ? await OperatedRelease.byKubectl('adopt-past', {...recorded, writer: writerOf(recorded)}, helm)
      : await recordedRelease('adopt-past', recorded, {helm}));
    await makeRows(found, recorded);
    const manifest = isApplied ? '' : await helmManifest(found);
    const [before, lives] = [await identity(found), await found.lives()];
    const limit = unlimited.includes(recorded) ? await askedLimit(found) : [];
    await found.done('adopt', '--restart', 'later', ...limit);
    expect(await found.lives()).toEqual(lives);
    // Only the Service is new, for readers that may come.
    expect(await identity(found)).toMatchObject(before);
    await found.done('adopt');
    expect(await identity(found)).toMatchObject(before);
    expect(await rows(found, recorded)).toBe('500');
    await expectShape(found, recorded);
    const volumes = (await identity(found)).claims;
    const countRows = async () => rows(found, recorded);
    const adopted = {release: found, recorded, isApplied, manifest, limit, countRows, writer: writerOf(recorded)};
    for (const operation of operations) {
      await operation.run(adopted);
      await found.expectRows(writerOf(recorded));
      expect((await identity(found)).claims, operation.name).toEqual(expect.arrayContaining(volumes));
      expect(await found.read('status'), operation.name).toMatchObject({state: 'ready', operation: null});
    }
  },
  seed === 'all' ? 900_000 : 480_000,
);

/** The flag that is asked for, with what is suggested: twice the request of 256Mi, where no metrics server is. */
async function askedLimit(found: OperatedRelease): Promise<readonly string[]> {
  const {json, code} = await found.run('adopt', '--restart', 'later');
  expect({code, cause: json.cause?.code}).toEqual({code: 2, cause: 'BAD_INPUT'});
  const [, memory = ''] = /--memory (\S+) --restart later$/.exec(json.cause?.remedies[0]?.command ?? '') ?? [];
  expect(await found.read('status')).toMatchObject({memoryAsked: {suggestion: memory}});
  await expectQuestion(found, memory);
  return ['--memory', memory];
}

/** On a terminal the same is a question, and the plan goes on with the answer. */
async function expectQuestion({namespace, env, chart}: OperatedRelease, memory: string): Promise<void> {
  const asked = ['adopt', 'orders', '-n', namespace.name, '--chart', chart, '--dry-run'];
  const terminal = runInTerminal(process.execPath, [program, ...asked], {
    columns: 100,
    rows: 60,
    env: {KUBECONFIG: process.env['KUBECONFIG'] ?? '', PGHI_HELM: env['PGHI_HELM'] ?? ''},
  });
  await terminal.waitFor(`Memory of each pod [${memory}]`);
  terminal.write('64Mi\r');
  await terminal.waitFor('That cannot be: 64Mi is too little');
  terminal.write('\r');
  await terminal.waitFor(`Each pod gets a limit of memory, ${memory}`);
  await terminal.ended;
}

const writerOf = ({shape}: RecordedChart) =>
  shape === 'replication' ? 'orders-postgresql-primary-0' : 'orders-postgresql-0';

/** The images of the charts call their passwords by different names. postgres logs in at 127.0.0.1 by password. */
async function sql({namespace}: OperatedRelease, pod: string, text: string): Promise<string> {
  const password = 'PGPASSWORD=${POSTGRES_POSTGRES_PASSWORD:-$(cat "$POSTGRES_POSTGRES_PASSWORD_FILE")}';
  const script = `${password} psql -h 127.0.0.1 -U postgres -tAc "${text}"`;
  return (await namespace.kubectl(['exec', pod, '-c', 'postgresql', '--', 'bash', '-c', script])).trim();
}

async function makeRows(found: OperatedRelease, recorded: RecordedChart): Promise<void> {
  await sql(found, writerOf(recorded), 'create table kept (n int)');
  await sql(found, writerOf(recorded), 'insert into kept select generate_series(1, 500)');
}

const rows = (found: OperatedRelease, recorded: RecordedChart) =>
  sql(found, writerOf(recorded), 'select count(*) from kept');

/** Which volume each claim has, how the Services are reached, and the passwords of the Secrets that were there. */
async function identity({namespace}: OperatedRelease) {
  const get = <T>(kind: string) => kubectlJson<{items: T[]}>(['-n', namespace.name, 'get', kind]);
  type Secret = {metadata: {name: string}; data?: Record<string, string>};
  const [claims, services, secrets] = await Promise.all([
    get<PersistentVolumeClaim>('pvc'),
    get<Service>('service'),
    get<Secret>('secret'),
  ]);
  const own = secrets.items.filter(({metadata: {name}}) => ['orders-postgresql', 'shop-login'].includes(name));
  return {
    claims: claims.items.map(({metadata, spec}) => `${metadata.name} ${metadata.uid} ${spec.volumeName}`).sort(),
    services: Object.fromEntries(
      services.items.map(({metadata, spec}) => [
        metadata.name,
        `${spec.type} ${spec.clusterIP} ${spec.ports?.[0]?.nodePort ?? ''}`,
      ]),
    ),
    passwords: own.map(({data = {}}) => [data['postgres-password'], data['password']]),
  };
}

/** Settings stay, and so does the readers' own size; a resize of all pods says what becomes of that size. */
async function expectShape(found: OperatedRelease, {shape}: RecordedChart): Promise<void> {
  if (shape === 'carried') expect(await found.ask('orders-postgresql-0', 'show max_connections')).toBe('120');
  if (shape !== 'replication') return;
  const seen = async () => {
    const pods = await found.pods();
    return ['orders-postgresql-primary-0', 'orders-postgresql-read-0'].map((name) => pods[name]?.memory);
  };
  await waitFor('their memory', seen, (memory) => memory.join() === '256Mi,320Mi');
  const {json} = await found.run('resize', '--memory', '384Mi', '--dry-run');
  const told = json.plan?.consequences.map(({sentence}) => sentence).join('\n');
  expect(told).toContain('The readers get what the writer has: memory 384Mi instead of 320Mi.');
}
