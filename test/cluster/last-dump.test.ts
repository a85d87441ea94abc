// The last dump before a release goes, by the real pg_dumpall: what is restored from it is what was there, and a dump
// that breaks off removes nothing.
import {existsSync, mkdtempSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Result} from '../../source/plan/progress.ts';
import {cliJson, start} from '../support/cli.ts';
import {kubectlJson, makeNamespace, type TestNamespace} from '../support/clusters/namespace.ts';
import {realChart, smallChart} from '../support/paths.ts';
import {waitFor} from '../support/wait-for.ts';
import {smallSize} from '../support/clusters/small-size.ts';

const folder = mkdtempSync(join(tmpdir(), 'pghi-last-dump-'));
const path = join(folder, 'orders.sql');
const env = {PGHI_CHART: realChart ?? smallChart};
const user = ['--username', 'app', '--database', 'appdb'];
const size = [...smallSize, '--spread', 'preferred'];
let namespace: TestNamespace;

const args = (command: string, release: string, flags: readonly string[]) => [
  command,
  release,
  '-n',
  namespace.name,
  '--yes',
  '--timeout',
  '120s',
  ...flags,
];
const run = (command: string, release: string, ...flags: string[]) =>
  cliJson<Result>(args(command, release, flags), {env, cwd: folder});

/** Asks as postgres, with the password from the pod's own files. */
function ask(release: string, database: string, sql: string, flags: readonly string[] = ['-tA']): Promise<string> {
  const script =
    'PGPASSWORD=$(cat /opt/bitnami/postgresql/secrets/postgres-password) psql -X -h 127.0.0.1 -U postgres -d ' +
    `${database} ${flags.join(' ')}`;
  return namespace.kubectl(
    ['exec', '-i', `${release}-postgresql-primary-0`, '-c', 'postgresql', '--', 'bash', '-c', script],
    sql,
  );
}

/** Kills the program while a lock holds the dump up. */
async function killInTheDump(release: string, file: string): Promise<void> {
  const lock = ask(release, 'appdb', 'begin; lock table kept; select pg_sleep(4);').catch(String);
  await waitFor(
    'the lock',
    () =>
      ask(
        release,
        'appdb',
        "select count(*) from pg_locks where relation = 'kept'::regclass and mode = 'AccessExclusiveLock'",
      ),
    (seen) => seen.trim() === '1',
  );
  const dying = start(args('uninstall', release, ['--dump-to', file]), {env, cwd: folder});
  await waitFor(
    'the dump to have begun',
    () => existsSync(join(folder, `${file}.partial`)),
    (seen) => seen,
    {everyMs: 20},
  );
  dying.child.kill('SIGKILL');
  await dying.finished;
  await lock;
  expect(existsSync(join(folder, file))).toBe(false);
}

const contents = "select count(*), md5(string_agg(g || h, ',' order by g)) from kept";

beforeAll(async () => {
  namespace = await makeNamespace('last-dump', {'pod-security.kubernetes.io/enforce': 'restricted'});
  const {code, json} = await run('install', 'orders', ...user, ...size);
  expect({code, cause: json.cause}).toEqual({code: 0, cause: undefined});
  await ask(
    'orders',
    'appdb',
    'create table kept as select g, md5(g::text) as h from generate_series(1, 300000) g; create role extra login ' +
      "password 'of the application itself'; alter table kept owner to app; create database shop owner extra;",
  );
});
afterAll(() => namespace.remove());

test('the writer dies while it is dumped: that is said, no file is left, and nothing was removed', async () => {
  // A lock that is not released holds pg_dumpall up until the server is gone.
  const locked = start(args('uninstall', 'orders', ['--dump-to', 'orders.sql', '--output', 'json']), {
    env,
    cwd: folder,
  });
  const lock = ask('orders', 'appdb', 'begin; lock table kept; select pg_sleep(20);').catch(String);
  await waitFor(
    'the dump to have begun',
    () => existsSync(`${path}.partial`),
    (seen) => seen,
    {everyMs: 20},
  );
  await namespace.kubectl(['delete', 'pod', 'orders-postgresql-primary-0', '--wait=false']);
  const {code, stdout} = await locked.finished;
  const json = JSON.parse(stdout) as Result;
  expect({code, outcome: json.outcome, cause: json.cause?.code, ledger: json.ledger}).toEqual({
    code: 1,
    outcome: 'failed',
    cause: 'DUMP_FAILED',
    ledger: [],
  });
  expect(readdirSync(folder)).toEqual([]);
  await lock;
  const status = () =>
    cliJson<{state: string; operation: unknown}>(['status', 'orders', '-n', namespace.name]).then(
      ({json: {state, operation}}) => ({state, operation}),
    );
  expect(await waitFor('the release to be as it was', status, ({state}) => state === 'ready')).toEqual({
    state: 'ready',
    operation: null,
  });
});

test('killed while it dumps: the same command again dumps again, and restores what was there', async () => {
  await killInTheDump('orders', 'orders.sql');
  const before = (await ask('orders', 'appdb', contents)).trim();

  const {code, json} = await run(
    'uninstall',
    'orders',
    '--dump-to',
    'orders.sql',
    '--delete-data',
    '--confirm',
    'orders',
  );
  expect({code, cause: json.cause}).toEqual({code: 0, cause: undefined});
  expect(json.ledger?.[0]).toEqual({kind: 'Dump', name: path, fate: 'kept', bytes: statSync(path).size});
  expect({files: readdirSync(folder), mode: statSync(path).mode & 0o777}).toEqual({files: ['orders.sql'], mode: 0o600});
  const {items} = await kubectlJson<{items: {kind: string}[]}>([
    '-n',
    namespace.name,
    'get',
    'pvc,secret,lease,statefulset,service',
  ]);
  expect(items).toEqual([]);

  // The dump goes into a new release of another name, with passwords of its own.
  const installed = await run('install', 'again', ...user, ...size, '--read-replicas', '1');
  expect({code: installed.code, cause: installed.json.cause}).toEqual({code: 0, cause: undefined});
  await ask('again', 'postgres', readFileSync(path, 'utf8'), ['-q']);
  expect((await ask('again', 'appdb', contents)).trim()).toBe(before);
  expect((await ask('again', 'appdb', "select tableowner from pg_tables where tablename = 'kept'")).trim()).toBe('app');
  expect(
    (await ask('again', 'postgres', "select rolpassword like 'SCRAM%' from pg_authid where rolname = 'extra'")).trim(),
  ).toBe('t');
  // The new release's own roles still have its own passwords: it is proven, and a new reader can follow.
  const scaled = await run('scale', 'again', '--read-replicas', '2');
  expect({code: scaled.code, endpoints: scaled.json.endpoints}).toMatchObject({
    code: 0,
    endpoints: {writer: {proven: true}, reader: {proven: true, streaming: 2}},
  });

  const refused = await run('uninstall', 'again', '--dump-to', 'orders.sql');
  expect({code: refused.code, cause: refused.json.cause?.code}).toEqual({code: 2, cause: 'BAD_INPUT'});
  expect((await cliJson(['status', 'again', '-n', namespace.name])).code).toBe(0);
});

test(
  'killed while it dumps: recover makes the dump first, and only then removes; a volume that outlives its claim is ' +
    'named',
  async () => {
    const second = join(folder, 'again.sql');
    await killInTheDump('again', 'again.sql');
    const {json: left} = await cliJson<{operation: {kind: string}}>(['status', 'again', '-n', namespace.name]);
    expect(left.operation.kind).toBe('uninstall');

    // recover runs in another folder: the file is where the interrupted run was to put it.
    const {code, json} = await cliJson<Result>(args('recover', 'again', []), {env, cwd: tmpdir()});
    expect({code, cause: json.cause, first: json.ledger?.[0]}).toEqual({
      code: 0,
      cause: undefined,
      first: {kind: 'Dump', name: second, fate: 'kept', bytes: statSync(second).size},
    });
    expect(readFileSync(second, 'utf8')).toContain('CREATE TABLE public.kept');

    const claim = 'data-again-postgresql-primary-0';
    const {spec} = await kubectlJson<{spec: {volumeName: string}}>(['-n', namespace.name, 'get', 'pvc', claim]);
    // The volume gets a finalizer, because a lab's provisioner may take volumes away whatever their policy is.
    const patch = (change: object) =>
      namespace.kubectl(['patch', 'pv', spec.volumeName, '--type=merge', '-p', JSON.stringify(change)]);
    await patch({metadata: {finalizers: ['pg-helm-install/test']}, spec: {persistentVolumeReclaimPolicy: 'Retain'}});
    const planned = await run('uninstall', 'again', '--delete-data', '--dry-run');
    expect(planned.json.plan?.consequences.map(({sentence}) => sentence)).toContainEqual(
      expect.stringMatching(`kubectl --context \\S+ delete pv ${spec.volumeName}`),
    );
    const gone = await run('uninstall', 'again', '--delete-data', '--confirm', 'again');
    const kept = gone.json.ledger?.filter(({fate}) => fate === 'kept');
    const remove = kept?.[0]?.remove ?? '';
    expect(remove).toMatch(new RegExp(`^kubectl --context \\S+ delete pv ${spec.volumeName}$`));
    expect(kept).toEqual([{kind: 'PersistentVolume', name: spec.volumeName, fate: 'kept', bytes: 2 ** 30, remove}]);
    const phaseOf = () =>
      kubectlJson<{status: {phase: string}}>(['get', 'pv', spec.volumeName]).then(({status}) => status.phase);
    await waitFor('the volume to have lost its claim', phaseOf, (phase) => phase === 'Released');
    await patch({metadata: {finalizers: null}});
    await namespace.kubectl([...remove.split(' ').slice(1), '--ignore-not-found']);
  },
);
