import {execa} from 'execa';
import {Client} from 'pg';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {noFaults} from '../../source/faults.ts';
import {deleteObject} from '../../source/store/deletion.ts';
import {kinds} from '../../source/store/kinds.ts';
import type {KubeObject} from '../../source/store/objects.ts';
import {waitFor} from '../../../test/support/wait-for.ts';
import {chartPod, isReady, kubeletLab, namespace, passwords, type Lab} from './kubelet-lab.ts';

/** The way of a client that does not know which image it is in. */
const findPsql = 'PATH=$PATH:/opt/bitnami/postgresql/bin:/usr/local/pgsql/bin; export PATH LC_ALL=C; exec psql "$@"';

let lab: Lab;
beforeAll(async () => {
  lab = await kubeletLab();
});
afterAll(() => lab.close());

async function query(
  pod: string,
  sql: string,
  {user = 'postgres', password = passwords['postgres-password'], database = 'postgres'} = {},
): Promise<unknown[][]> {
  const address = lab.kubelet.address({namespace, name: pod}, 5432);
  if (!address) throw new Error(`${pod} has no address`);
  const client = new Client({...address, user, password, database});
  await client.connect();
  try {
    return (await client.query({text: sql, rowMode: 'array'})).rows as unknown[][];
  } finally {
    await client.end();
  }
}

describe('a writer and its reader', () => {
  test('the writer is made as the environment says', async () => {
    await chartPod(lab, 'pg-postgresql-primary');
    await lab.ready('pg-postgresql-primary-0');
    expect(
      await query('pg-postgresql-primary-0', 'select current_database(), pg_is_in_recovery()', {
        user: 'app',
        password: passwords.password,
        database: 'app',
      }),
    ).toEqual([['app', false]]);
  });

  test('the reader streams from it', async () => {
    await chartPod(lab, 'pg-postgresql-read');
    await lab.ready('pg-postgresql-read-0');
    expect(await query('pg-postgresql-read-0', 'select pg_is_in_recovery()')).toEqual([[true]]);
    const streams = await waitFor(
      'a stream',
      () => query('pg-postgresql-primary-0', 'select state, application_name from pg_stat_replication'),
      (rows) => rows.length > 0,
    );
    expect(streams).toEqual([['streaming', 'my_application']]);
  });
});

describe('a command in the container', () => {
  const conninfo =
    'host=pg-postgresql-primary port=5432 user=app dbname=app sslmode=prefer connect_timeout=3 ' +
    "application_name=test options='-c statement_timeout=3s'";

  test('psql asks for the password on standard input, and reaches Services by their name', async () => {
    const scripts = [
      '-c',
      '\\timing on',
      '-c',
      'select pg_is_in_recovery(), 1',
      '-c',
      '\\timing off',
      '-c',
      '\\connect postgres postgres',
      '-c',
      'select 2, null, current_user',
    ];
    const answer = await lab.exec(
      'pg-postgresql-read-0',
      [
        'sh',
        '-c',
        findPsql,
        'psql',
        '-W',
        '-X',
        '-q',
        '-A',
        '-t',
        '-F',
        '|',
        '-v',
        'ON_ERROR_STOP=1',
        '-d',
        conninfo,
        ...scripts,
      ],
      `${passwords.password}\n${passwords['postgres-password']}\n`,
    );
    expect({...answer, stdout: answer.stdout.replace(/[\d.]+ ms/, 'N ms')}).toEqual({
      code: 0,
      stdout: 'f|1\nTime: N ms\n2||postgres\n',
      stderr: 'Password: Password for user postgres: ',
    });
  });

  test('a wrong password is what libpq says, with its exit code', async () => {
    const {code, stderr} = await lab.exec(
      'pg-postgresql-read-0',
      ['psql', '-W', '-X', '-d', conninfo, '-c', 'select 1'],
      'wrong\n',
    );
    expect({code, stderr}).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /psql: error: connection to server at "pg-postgresql-primary" \(127\.[\d.]+\), port 5432 failed: FATAL: {2}password authentication failed for user "app"/,
      ),
    });
  });

  test("paths and the environment are the container's", async () => {
    const {stdout} = await lab.exec('pg-postgresql-primary-0', [
      'bash',
      '-c',
      'cat /opt/bitnami/postgresql/secrets/password; echo; cat "$PGDATA/PG_VERSION"; id -u; hostname 2>/dev/null ' +
        '>/dev/null; echo "$POSTGRES_USER"',
    ]);
    expect(stdout.split('\n').slice(0, 2)).toEqual([passwords.password, '17']);
    expect(stdout).toContain('\napp\n');
  });

  test('a program that is not there: a shell says 127, a container runtime that it cannot start it', async () => {
    expect(await lab.exec('pg-postgresql-primary-0', ['sh', '-c', 'nosuchprogram'])).toMatchObject({code: 127});
    expect(await lab.exec('pg-postgresql-primary-0', ['sh', '-c', 'pg_restore'])).toMatchObject({
      code: 127,
      stderr: expect.stringContaining('the sandbox does not have it'),
    });
    await expect(lab.exec('pg-postgresql-primary-0', ['nosuchprogram'])).rejects.toThrow(
      'exec: "nosuchprogram": executable file not found in $PATH',
    );
  });
});

describe('a dump', () => {
  const asAdmin = (script: string, input?: string) =>
    lab.exec(
      'pg-postgresql-primary-0',
      [
        'bash',
        '-c',
        'export PGPASSWORD=$(cat /opt/bitnami/postgresql/secrets/postgres-password) PGHOST=127.0.0.1 ' +
          `PGUSER=postgres; ${script}`,
      ],
      input,
    );

  test('what psql makes of a dump is what was there', async () => {
    const contents = "select count(*), md5(string_agg(n || t, ',' order by n)) from odd";
    await asAdmin(
      'psql -Xq -d app',
      `create table odd as select n, 'ä日\\' || chr(9) || n || chr(10) as t from generate_series(1, 20000) n;
      insert into odd values (0, null);
      create database "an other";
      create function twice(n int) returns int language sql begin atomic select case when n > 0 then 2 * n end; end;`,
    );
    const {code, stderr} = await asAdmin('set -o pipefail; pg_dump -d app | psql -Xq -v ON_ERROR_STOP=1 -d "an other"');
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    const [before, after] = [
      await asAdmin(`psql -XAt -d app -c "${contents}"`),
      await asAdmin(`psql -XAt -d "an other" -c "${contents}; select twice(21)"`),
    ];
    expect(before.stdout).toMatch(/^20001\|/);
    expect(after.stdout).toBe(`${before.stdout}42\n`);
  });

  test('of everything: roles with what they are, each database, and an end that says so', async () => {
    await asAdmin(
      'psql -Xq -d postgres',
      `create role "Ro""le" nologin connection limit 5; comment on role "Ro""le" is 'it''s one'; alter role ` +
        `"Ro""le" set search_path to 'a b', public; grant "Ro""le" to app with admin option;`,
    );
    const {code, stdout, stderr} = await asAdmin('pg_dumpall -w');
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    for (const line of [
      'CREATE ROLE "Ro""le";',
      'ALTER ROLE "Ro""le" WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS ' +
        'CONNECTION LIMIT 5;',
      `COMMENT ON ROLE "Ro""le" IS 'it''s one';`,
      'ALTER ROLE "Ro""le" SET search_path TO "a b", public;',
      'GRANT "Ro""le" TO app WITH ADMIN OPTION, INHERIT TRUE GRANTED BY postgres;',
      '\\connect postgres',
      'CREATE TABLE public.odd (',
      '-- PostgreSQL database cluster dump complete',
    ])
      expect(stdout.split('\n')).toContain(line);
    expect(stdout).toMatch(/ALTER ROLE app WITH .* PASSWORD 'SCRAM-SHA-256\$/);
  });

  test('what it cannot do and a server that is not there are said, with an exit code', async () => {
    expect(await asAdmin('pg_dump -Fd -d app')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('plain text, the custom and the tar format, not d'),
    });
    expect(await asAdmin('pg_dump -h nowhere -d app')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('could not translate host name "nowhere"'),
    });
    expect(await asAdmin('pg_dump -d missing')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('database "missing" does not exist'),
    });
  });
});

describe('an end', () => {
  test('a deleted pod runs its preStop, ends, and goes; what it acknowledged is there when it comes back', async () => {
    await query('pg-postgresql-primary-0', 'create table kept as select generate_series(1, 1000) as n');
    const uid = lab.pod('pg-postgresql-primary-0')?.metadata.uid;
    deleteObject(lab.store, kinds.pod, namespace, 'pg-postgresql-primary-0');
    await waitFor(
      'it is gone',
      () => lab.pod('pg-postgresql-primary-0'),
      (pod) => pod === null,
      {deadlineMs: 10_000},
    );
    await chartPod(lab, 'pg-postgresql-primary');
    await lab.ready('pg-postgresql-primary-0');
    expect(lab.pod('pg-postgresql-primary-0')?.metadata.uid).not.toBe(uid);
    expect(await query('pg-postgresql-primary-0', 'select count(*) from kept')).toEqual([['1000']]);
    expect(await lab.log('pg-postgresql-primary-0')).toContain('Deploying PostgreSQL with persisted data');
    expect(lab.events('pg-postgresql-primary-0')).toContain('Killing Stopping container postgresql');
  });

  test('the reader finds it again', async () => {
    const count = () =>
      query('pg-postgresql-read-0', 'select count(*) from kept').then(
        ([row]) => row?.[0],
        (error: Error) => error.message,
      );
    await waitFor('the rows in the reader', count, (seen) => seen === '1000', {deadlineMs: 10_000});
    await query('pg-postgresql-primary-0', 'insert into kept values (1001)');
    await waitFor('the new row in the reader', count, (seen) => seen === '1001', {deadlineMs: 10_000});
  });

  test('a new image restarts the container in the same pod', async () => {
    const before = lab.pod('pg-postgresql-read-0') as KubeObject;
    const spec = before['spec'] as {containers: {image: string}[]};
    lab.store.update(kinds.pod, {
      ...before,
      spec: {...spec, containers: spec.containers.map((one) => ({...one, image: one.image.replace('-r0', '-r4')}))},
    });
    await waitFor(
      'the new image runs',
      () => lab.status('pg-postgresql-read-0').containerStatuses?.[0],
      (one) => Boolean(one?.image.endsWith('-r4') && one.ready),
      {deadlineMs: 15_000},
    );
    expect(lab.status('pg-postgresql-read-0')).toMatchObject({
      podIP: (before['status'] as {podIP: string}).podIP,
      containerStatuses: [{restartCount: 1, lastState: {terminated: {exitCode: 0}}}],
    });
    expect(lab.pod('pg-postgresql-read-0')?.metadata.uid).toBe(before.metadata.uid);
    expect(lab.events('pg-postgresql-read-0')).toContain(
      'Killing Container postgresql definition changed, will be restarted',
    );
  });

  test('the kubelet that starts again brings its pods back, with their data', async () => {
    await lab.restart();
    for (const name of ['pg-postgresql-primary-0', 'pg-postgresql-read-0']) await lab.ready(name);
    expect(await query('pg-postgresql-read-0', 'select count(*) from kept')).toEqual([['1001']]);
    expect(lab.status('pg-postgresql-primary-0').containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: {terminated: {exitCode: 255, reason: 'Unknown'}},
    });
  });
});

describe('other pods', () => {
  test('one that only says which PostgreSQL it has: the image is tried by such', async () => {
    lab.create('try', {
      restartPolicy: 'Never',
      containers: [
        {
          name: 'image',
          image: 'docker.io/bitnamilegacy/postgresql:17.6.0-debian-12-r4',
          command: ['postgres', '--version'],
        },
      ],
    });
    await waitFor(
      'its end',
      () => lab.status('try'),
      ({phase}) => phase === 'Succeeded',
    );
    expect(await lab.log('try', 'image')).toMatch(/^postgres \(PostgreSQL\) 17\.6/);
    expect(lab.status('try').conditions?.find(({type}) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'PodCompleted',
    });
  });

  test('its end is the end of all that it started', async () => {
    lab.create('parent', {
      restartPolicy: 'Never',
      containers: [
        {
          name: 'main',
          image: 'docker.io/bitnamilegacy/os-shell:12-debian-12-r50',
          command: ['sh', '-c', 'sleep 1234 & echo $!'],
        },
      ],
    });
    await waitFor(
      'its end',
      () => lab.status('parent'),
      ({phase}) => phase === 'Succeeded',
    );
    const pid = await lab.log('parent', 'main');
    // The process is gone, or a zombie that nobody has asked for yet.
    expect((await execa('ps', ['-o', 'stat=', '-p', pid], {reject: false})).stdout).toMatch(/^(Z.*)?$/);
  });

  test('one that runs once does not run again when the kubelet does', async () => {
    lab.create('once', {
      restartPolicy: 'Never',
      containers: [
        {name: 'main', image: 'docker.io/bitnamilegacy/os-shell:12-debian-12-r50', command: ['sleep', '1000']},
      ],
    });
    await waitFor(
      'it runs',
      () => lab.status('once'),
      ({phase}) => phase === 'Running',
    );
    await lab.restart();
    await waitFor(
      'its end',
      () => lab.status('once'),
      ({phase}) => phase === 'Failed',
    );
    expect(lab.status('once').containerStatuses?.[0]).toMatchObject({
      restartCount: 0,
      state: {terminated: {exitCode: 255, reason: 'Unknown'}},
    });
  });
});

describe('faults', () => {
  test.skipIf(process.platform !== 'linux')(
    'a full disk: PostgreSQL itself says so, and what it acknowledged is there when there is room again',
    async () => {
      await lab.ready('pg-postgresql-primary-0');
      const state = () => lab.status('pg-postgresql-primary-0').containerStatuses?.[0];
      lab.faults = {...noFaults, diskFull: true};
      lab.kubelet.look();
      await waitFor('the crash loop', state, (one) => one?.state.waiting?.reason === 'CrashLoopBackOff', {
        deadlineMs: 20_000,
      });
      expect(await lab.log('pg-postgresql-primary-0')).toMatch(
        /PANIC: {2}could not write to log file .*: No space left on device/,
      );
      lab.faults = noFaults;
      lab.kubelet.look();
      await lab.ready('pg-postgresql-primary-0');
      expect(await query('pg-postgresql-primary-0', 'select count(*) from kept')).toEqual([['1001']]);
    },
  );
});

describe('other resources', () => {
  const give = (name: string, resources: object) => {
    const pod = lab.pod(name) as KubeObject;
    lab.store.update(kinds.pod, {
      ...pod,
      spec: {
        ...(pod['spec'] as object),
        containers: [{...(pod['spec'] as {containers: object[]}).containers[0], resources}],
      },
    });
  };
  const condition = () => lab.status('resized').conditions?.find(({type}) => type.startsWith('PodResize'));

  test(
    'are given in place; less memory than the pod uses waits until it uses less, and more than the node has is ' +
      'never given',
    async () => {
      const resources = {requests: {cpu: '100m', memory: '64Mi'}, limits: {memory: '64Mi'}};
      const container = {
        name: 'main',
        image: 'docker.io/bitnamilegacy/os-shell:12-debian-12-r50',
        command: ['sleep', '1000'],
        volumeMounts: [{name: 'shm', mountPath: '/dev/shm'}],
        resources,
      };
      lab.create('resized', {containers: [container], volumes: [{name: 'shm', emptyDir: {medium: 'Memory'}}]});
      await waitFor('it runs', () => lab.status('resized'), isReady);
      give('resized', {...resources, limits: {memory: '128Mi'}});
      const limit = () =>
        (lab.status('resized').containerStatuses?.[0]?.resources as {limits?: {memory: string}} | undefined)?.limits
          ?.memory;
      await waitFor('more memory', limit, (seen) => seen === '128Mi');
      if (process.platform === 'linux') {
        await lab.exec('resized', ['sh', '-c', 'head -c 40M /dev/zero > /dev/shm/ballast']);
        give('resized', {...resources, limits: {memory: '32Mi'}});
        await waitFor('the refusal', condition, (seen) =>
          /^cannot decrease memory limits: .*\(33554432\) below current usage/.test(seen?.message ?? ''),
        );
        expect(limit()).toBe('128Mi');
        await lab.exec('resized', ['rm', '/dev/shm/ballast']);
        await waitFor('less memory', limit, (seen) => seen === '32Mi');
        // While the kubelet counts what the pod uses, the pod gets another label, as an operation would give it one: a
        // label asks for no resize.
        give('resized', {...resources, limits: {memory: '24Mi'}});
        await new Promise(setImmediate);
        const asked = lab.pod('resized') as KubeObject;
        lab.store.update(kinds.pod, {...asked, metadata: {...asked.metadata, labels: {note: 'mine'}}});
        await waitFor('less memory still', limit, (seen) => seen === '24Mi');
      }
      give('resized', {...resources, requests: {cpu: '100m', memory: '100Gi'}});
      expect(await waitFor('the refusal', condition, (seen) => seen?.type === 'PodResizePending')).toMatchObject({
        reason: 'Infeasible',
      });
      expect(lab.status('resized').containerStatuses?.[0]?.restartCount).toBe(0);
    },
  );
});
