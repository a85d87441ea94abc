// A claim, a volume or a namespace goes, or has gone, while the release runs: nothing that we do takes the last copy of
// the data along, and the remedies that we print save it.
import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Remedy} from '../../source/core/cause.ts';
import type {PersistentVolume} from '../../source/observation/kubernetes.ts';
import type {Status} from '../../source/client/questions/status.ts';
import type {Result} from '../../source/plan/progress.ts';
import {cliJson} from '../support/cli.ts';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {notInSandbox} from '../support/setup/on-sandbox.ts';
import {OperatedRelease, readerPod, testImages, writerPod} from '../support/clusters/operated-release.ts';
import {kubectl as kubectlProgram} from '../support/paths.ts';
import {waitFor} from '../support/wait-for.ts';

const claim = `data-${writerPod}`;
const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pghi-data-loss-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

/** Pastes the command of the remedy with that title into a shell. */
async function follow(remedies: readonly Remedy[] | undefined, title: RegExp): Promise<string> {
  const command = remedies?.find((one) => title.test(one.title))?.command;
  if (command === undefined) throw new Error(`no command for ${title} in ${JSON.stringify(remedies)}`);
  const PATH = `${dirname(kubectlProgram)}${delimiter}${process.env['PATH']}`;
  return (await run('sh', ['-c', command], {cwd: folder, env: {...process.env, PATH}})).stdout;
}

async function small(prefix: string): Promise<OperatedRelease> {
  const release = await OperatedRelease.install(prefix, ['--read-replicas', '1']);
  await release.ask(writerPod, 'create table kept as select generate_series(1, 500) as n');
  await release.expectRows(readerPod(0));
  return release;
}

const statusOf = (release: OperatedRelease) => release.read<Status>('status');
const until = (release: OperatedRelease, what: string, isRight: (status: Status) => boolean) =>
  waitFor(what, () => statusOf(release), isRight, {deadlineMs: 90_000});
const remediesOf = ({cause}: Status) => (cause?.remedies ?? []).map(({command = ''}) => command).join('\n');

async function expectRefused(release: OperatedRelease, code: string, asked: readonly string[]): Promise<void> {
  const [command = '', ...flags] = asked;
  // uninstall takes no chart.
  const {json, code: exit} =
    command === 'uninstall'
      ? await cliJson<Result>(['uninstall', 'orders', '-n', release.namespace.name, '--yes'])
      : await release.run(command, ...flags);
  expect({asked, exit, outcome: json.outcome, cause: json.cause?.code}).toEqual({
    asked,
    exit: 3,
    outcome: 'refused',
    cause: code,
  });
}

describe('the claim of the writer is being deleted', () => {
  let release: OperatedRelease;
  beforeAll(async () => {
    release = await small('identity-claim');
    await release.namespace.kubectl(['delete', 'pvc', claim, '--wait=false']);
  });
  afterAll(() => release.namespace.remove());

  test('it is said, with what saves the data', async () => {
    const {json, code} = await cliJson<Status>(['status', 'orders', '-n', release.namespace.name]);
    expect({code, state: json.state, cause: json.cause?.code, about: json.cause?.object}).toEqual({
      code: 1,
      state: 'degraded',
      cause: 'VOLUME_GOING',
      about: {kind: 'PersistentVolumeClaim', namespace: release.namespace.name, name: claim},
    });
    const doctor = await release.read<{causes: {code: string}[]}>('doctor');
    expect(doctor.causes.map(({code: one}) => one)).toContain('VOLUME_GOING');
  });

  test('what would end its pod or remove the release is refused, and no row is lost', async () => {
    const before = await release.lives();
    await release.namespace.kubectl([
      ...['create', 'secret', 'docker-registry', 'registry', '--docker-server=registry.example'],
      ...['--docker-username=reader', '--docker-password=only-for-the-test'],
    ]);
    for (const asked of [
      ['restart'],
      ['restart', '--dry-run'],
      ['upgrade', '--image-tag', testImages.other],
      ['set', '--pull-secret', 'registry'],
      ['resize', '--storage-size', '2Gi'],
      ['uninstall'],
    ])
      await expectRefused(release, 'VOLUME_GOING', asked);
    expect(await release.lives()).toEqual(before);
    expect((await statusOf(release)).operation).toBeNull();
    await release.expectRows(writerPod);
  });

  test('what concerns no such pod goes on', async () => {
    const before = await release.lives();
    const {notes} = await release.done('scale', '--read-replicas', '0');
    expect(notes.join()).toContain(`The claim ${claim} of the writer is being deleted`);
    expect((await release.lives())[writerPod]).toBe(before[writerPod]);
    await release.expectRows(writerPod);
  });

  test('the dump and the new claim that are named save all rows; then it restarts as ever', async ({skip}) => {
    const volumes = await kubectlJson<{items: PersistentVolume[]}>(['get', 'pv']);
    skip(
      volumes.items.some(({metadata}) => metadata.annotations?.['pv.kubernetes.io/provisioned-by'] === 'pgk8s/volume'),
      'this cluster deletes every volume that is Released, those too that are to be retained',
    );
    const {cause} = await statusOf(release);
    await follow(cause?.remedies, /kept when its claim goes/);
    await follow(cause?.remedies, /^Dump/);
    expect(
      await run('grep', ['-c', 'CREATE TABLE public.kept', join(folder, `orders-${writerPod}.sql`)]),
    ).toMatchObject({
      stdout: '1\n',
    });
    const volume = await release.namespace.kubectl(['get', 'pvc', claim, '-o', 'jsonpath={.spec.volumeName}']);
    await follow(cause?.remedies, /new claim made on the same volume/);
    await until(release, 'the writer on its volume again', ({state}) => state === 'ready');
    expect(await release.namespace.kubectl(['get', 'pvc', claim, '-o', 'jsonpath={.spec.volumeName}'])).toBe(volume);
    await release.expectRows(writerPod);
    await release.done('restart');
    await release.expectRows(writerPod);
    await release.namespace.kubectl([
      'patch',
      'pv',
      volume,
      '-p',
      '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}',
    ]);
  });
});

/**
 * Moved in one step: a server whose files go one by one dies, and the command dies with its container. Without
 * PG_VERSION the moved folder is no database any more: official images make no new one beside another.
 */
const emptied = 'cd /bitnami/postgresql && mv data gone && rm gone/PG_VERSION';

describe("the writer's volume was emptied", () => {
  let release: OperatedRelease;
  beforeAll(async () => {
    release = await small('identity-empty');
    await release.namespace.kubectl([...['exec', writerPod, '-c', 'postgresql', '--', 'bash', '-c', emptied]]);
    await release.namespace.kubectl(['delete', 'pod', writerPod]);
  });
  afterAll(() => release.namespace.remove());

  test('its new database is not taken for the release, and no remedy deletes the reader’s copy', async () => {
    const seen = await until(release, 'the cause', ({cause}) => cause?.code === 'SYSTEM_IDENTIFIER_DIFFERS');
    expect(seen.state).toBe('broken');
    expect(seen.endpoints?.writer.proven).toBe(false);
    expect(seen.endpoints?.reader.proven).toBe(true);
    expect(remediesOf(seen)).not.toMatch(/delete|uninstall/);
    const doctor = await release.read<{causes: {code: string; remedies: Remedy[]}[]}>('doctor');
    expect(doctor.causes.map(({code}) => code)).not.toContain('LEFTOVER_VOLUME');
    expect(JSON.stringify(doctor.causes)).not.toMatch(/delete pvc|delete-data/);
  });

  test('a restart proves nothing, and the readers’ volumes are not deleted', async () => {
    await expectRefused(release, 'SYSTEM_IDENTIFIER_DIFFERS', [
      ...['scale', '--read-replicas', '0', '--delete-volumes', '--confirm', 'orders'],
    ]);
    const {json, code} = await release.run('restart');
    expect({code, outcome: json.outcome, cause: json.cause?.code}).toEqual({
      code: 1,
      outcome: 'failed',
      cause: 'SYSTEM_IDENTIFIER_DIFFERS',
    });
    await release.expectRows(readerPod(0));
  });

  test('it is not dumped as if it were the data, and an uninstall with such a dump deletes nothing', async () => {
    const file = join(folder, 'last.sql');
    const asked = [
      'uninstall',
      'orders',
      '-n',
      release.namespace.name,
      '--yes',
      '--delete-data',
      '--confirm',
      'orders',
    ];
    const {json, code} = await cliJson<Result>([...asked, '--dump-to', file]);
    expect({code, outcome: json.outcome, cause: json.cause?.code}).toEqual({
      code: 3,
      outcome: 'refused',
      cause: 'SYSTEM_IDENTIFIER_DIFFERS',
    });
    expect(existsSync(file)).toBe(false);
    const planned = (await cliJson<Result>([...asked, '--dry-run'])).json.plan?.consequences ?? [];
    expect(planned.map(({sentence}) => sentence).join()).toContain(
      `data-${readerPod(0)} may hold the only copy of an earlier database, and goes too`,
    );
    await release.expectRows(readerPod(0));
  });

  test('the rows come back from the reader as is said, and only then it may be copied again', async () => {
    const {cause} = await until(release, 'the cause', (one) => one.cause?.code === 'SYSTEM_IDENTIFIER_DIFFERS');
    await follow(cause?.remedies, /^Dump what the reader holds/);
    await follow(cause?.remedies, /restore that dump/);
    await release.expectRows(writerPod);
    await follow(cause?.remedies, /remember its new database/);
    const left = await until(release, 'the reader that is left over', (one) => one.cause?.code === 'LEFTOVER_VOLUME');
    expect(left.endpoints?.writer.proven).toBe(true);
    await follow(left.cause?.remedies, /copies the writer's database again/);
    await until(release, 'all of it ready', ({state}) => state === 'ready');
    await release.expectRows(readerPod(0));
  });
});

test('the namespace is being deleted: every change is refused, and what saves the data is said', async (context) => {
  notInSandbox(context, 'it deletes pods and claims of a namespace in one go, so that nothing is left to refuse for');
  const release = await small('identity-space');
  const hold = (finalizers: readonly string[] | null) =>
    release.namespace.kubectl([
      'patch',
      'pod',
      readerPod(0),
      '--type=merge',
      '-p',
      JSON.stringify({metadata: {finalizers}}),
    ]);
  // Kubernetes 1.34 deletes the pods of a namespace first, and the rest when they are gone.
  await hold(['pg-helm-install.test/hold']);
  try {
    await release.namespace.remove();
    const {cause} = await until(release, 'the cause', (one) => one.cause?.object?.kind === 'Namespace');
    expect(cause?.code).toBe('VOLUME_GOING');
    expect(cause?.remedies[0]?.command).toMatch(/^kubectl .*patch pv pvc-.*Retain/);
    for (const asked of [['restart'], ['scale', '--read-replicas', '2'], ['uninstall'], ['set', '--memory', '384Mi']])
      await expectRefused(release, 'VOLUME_GOING', asked);
  } finally {
    await hold(null);
  }
});
