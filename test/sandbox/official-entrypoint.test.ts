// The entry point of official images with a real PostgreSQL, as this machine's processes: what a container would do.
// Copying a writer needs pg_basebackup, which the package of PostgreSQL does not have:
// test/cluster/day2-official.test.ts shows it on a cluster. Asking a writer for a slot needs psql.
import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {tmpdir, userInfo} from 'node:os';
import {dirname, join} from 'node:path';
import {Client} from 'pg';
import {afterEach, expect, test} from 'vitest';
import {findBinaries} from '../../sandbox/source/kubelet/binaries/binaries.ts';
import {runsAs} from '../../sandbox/source/kubelet/process/runs-as.ts';
import {entrypointArguments} from '../../source/chart/official/entrypoint.ts';
import {checkoutCache} from '../support/paths.ts';
import {waitFor} from '../support/wait-for.ts';

const {ids} = runsAs();
const {programs} = await findBinaries({...process.env, XDG_CACHE_HOME: checkoutCache}, () => undefined);
const hasPsql = spawnSync('psql', ['--version']).status === 0;
const secrets = {
  admin: "canary-of-'the\\admin",
  user: 'canary-of-the-user',
  replication: 'canary-of:the-replication',
};
const placesMade: Volume[] = [];
afterEach(async () => {
  for (const place of placesMade.splice(0)) await place.remove();
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const {port} = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A pod's folders, and one run of its container after the other. */
class Volume {
  readonly folder = mkdtempSync(join(tmpdir(), 'pghi-entry-'));
  output = '';
  private running: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    readonly environment: Readonly<Record<string, string>>,
  ) {
    placesMade.push(this);
    this.own(this.folder);
    for (const [name, text] of Object.entries(secrets)) this.write(`secrets/${name}`, text);
    for (const name of ['base', 'volume']) this.makeFolder(join(this.folder, name));
  }

  static async make(environment: Readonly<Record<string, string>> = {}): Promise<Volume> {
    return new Volume(await freePort(), environment);
  }

  private own(path: string): void {
    if (ids.uid !== undefined && ids.gid !== undefined) chownSync(path, ids.uid, ids.gid);
  }

  private makeFolder(path: string): void {
    if (existsSync(path)) return;
    this.makeFolder(dirname(path));
    mkdirSync(path, {mode: 0o700});
    this.own(path);
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path);
    this.makeFolder(dirname(file));
    writeFileSync(file, text, {mode: 0o600});
    this.own(file);
  }

  has(path: string): boolean {
    return existsSync(join(this.folder, path));
  }

  get data(): string {
    return join(this.folder, 'volume', 'data');
  }

  /** @returns a promise of the exit code */
  start(more: Readonly<Record<string, string>> = {}): Promise<number | null> {
    const [shell = '', ...rest] = entrypointArguments;
    this.output = '';
    const secret = (name: string) => join(this.folder, 'secrets', name);
    const child = spawn(shell, rest, {
      ...ids,
      cwd: this.folder,
      env: {
        PATH: `${programs}:/usr/local/bin:/usr/bin:/bin`,
        LC_ALL: 'C',
        POSTGRESQL_BASE_DIR: join(this.folder, 'base'),
        POSTGRESQL_VOLUME_DIR: join(this.folder, 'volume'),
        POSTGRESQL_INIT_SCRIPTS_DIR: join(this.folder, 'scripts'),
        PGDATA: this.data,
        POSTGRESQL_PORT_NUMBER: String(this.port),
        POSTGRESQL_SOCKET_DIR: this.folder,
        POSTGRESQL_SHARED_PRELOAD_LIBRARIES: 'pgaudit, pg_stat_statements',
        POSTGRES_USER: 'app',
        POSTGRES_DATABASE: 'shop',
        POSTGRES_PASSWORD_FILE: secret('user'),
        POSTGRES_POSTGRES_PASSWORD_FILE: secret('admin'),
        POSTGRES_REPLICATION_USER: 'repl_user',
        POSTGRES_REPLICATION_PASSWORD_FILE: secret('replication'),
        POSTGRES_REPLICATION_MODE: 'master',
        ...this.environment,
        ...more,
      },
    });
    this.running = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => void (this.output += String(chunk)));
    return new Promise((resolve) => child.once('close', resolve));
  }

  stop(signal: NodeJS.Signals): void {
    this.running?.kill(signal);
  }

  /** Rejects while the server does not answer. */
  async connect(user: string, password: string, database = 'postgres'): Promise<Client> {
    const client = new Client({host: '127.0.0.1', port: this.port, user, password, database});
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async ask(sql: string, {user = 'postgres', password = secrets.admin, database = 'shop'} = {}): Promise<string> {
    const client = await this.connect(user, password, database);
    try {
      const {rows} = await client.query<{answer: unknown}>(sql);
      return String(rows[0]?.answer);
    } finally {
      await client.end();
    }
  }

  async answers(): Promise<void> {
    const asked = () => this.ask('select 1 as answer').catch((error: unknown) => `${String(error)}\n${this.output}`);
    await waitFor('the server', asked, (text) => text === '1', {deadlineMs: 40_000});
  }

  async remove(): Promise<void> {
    const {running} = this;
    if (running && running.exitCode === null && running.signalCode === null) {
      const closed = new Promise((resolve) => running.once('close', resolve));
      running.kill('SIGTERM');
      await closed;
    }
    for (const secret of Object.values(secrets)) expect(this.output).not.toContain(secret);
    rmSync(this.folder, {recursive: true, force: true});
  }
}

test('a first start makes database and roles, a stop is a fast one, a second start keeps all of it', async () => {
  const volume = await Volume.make();
  const first = volume.start();
  await volume.answers();
  const asApp = {user: 'app', password: secrets.user};
  await volume.ask('create table kept as select 7 as n', asApp);
  const roles = `select string_agg(rolname || ' ' || rolsuper || ' ' || rolreplication, ', ' order by rolname) as answer
    from pg_roles where rolname !~ '^pg_'`;
  expect(await volume.ask(roles)).toBe('app false false, postgres true true, repl_user false true');
  expect(await volume.ask("select pg_get_userbyid(datdba) as answer from pg_database where datname = 'shop'")).toBe(
    'app',
  );
  await expect(volume.ask('select 1', {user: 'postgres', password: secrets.user})).rejects.toThrow(/authentication/);
  // pgaudit, one of the libraries that the chart asks for, is not in this image.
  expect(await volume.ask("select current_setting('shared_preload_libraries') as answer")).toBe('pg_stat_statements');
  expect(await volume.ask("select current_setting('wal_log_hints') as answer")).toBe('on');
  expect(await volume.ask("select current_setting('max_slot_wal_keep_size') as answer")).toMatch(/^\d+(MB|GB)$/);
  expect(volume.has('base/tmp/.initialized')).toBe(true);
  expect(volume.has('base/tmp/password')).toBe(false);

  // An open session, for which a smart shutdown would wait.
  const idle = await volume.connect('app', secrets.user, 'shop');
  volume.stop('SIGTERM');
  expect(await first).toBe(0);
  await idle.end().catch(() => undefined);
  expect(volume.output).toContain('received fast shutdown request');
  expect(volume.output).toContain('database system is shut down');

  void volume.start();
  await volume.answers();
  expect(volume.output).toContain('Deploying PostgreSQL with persisted data');
  expect(volume.output).not.toContain('automatic recovery in progress');
  expect(await volume.ask('select n as answer from kept', asApp)).toBe('7');
});

test('a role whose password is from before SCRAM is let in, as by the image of before', async () => {
  const volume = await Volume.make();
  void volume.start();
  await volume.answers();
  await volume.ask("alter role postgres set password_encryption = 'md5'");
  await volume.ask("create role legacy login password 'of-before'");
  const verifier = "select left(rolpassword, 3) as answer from pg_authid where rolname = 'legacy'";
  expect(await volume.ask(verifier)).toBe('md5');
  expect(await volume.ask('select 1 as answer', {user: 'legacy', password: 'of-before'})).toBe('1');
  await expect(volume.ask('select 1', {user: 'legacy', password: 'another'})).rejects.toThrow(/authentication/);
  const methods = "select string_agg(distinct auth_method, ',') as answer from pg_hba_file_rules";
  expect(await volume.ask(methods)).toBe('md5');
});

test.each([
  [256, '64MB', '128MB'],
  [1024, '256MB', '256MB'],
  [8192, '2GB', '2GB'],
])('slots keep no more than a quarter of a disk of %i MiB (%s), and 128 MB at least', async (sizeMb, _, bound) => {
  const volume = await Volume.make();
  const row = `disk ${sizeMb * 1024} 0 ${sizeMb * 1024} 0% /`;
  volume.write(
    'programs/df',
    `#!/bin/sh\necho 'Filesystem 1024-blocks Used Available Capacity Mounted'\necho '${row}'\n`,
  );
  chmodSync(join(volume.folder, 'programs', 'df'), 0o755);
  void volume.start({PATH: `${join(volume.folder, 'programs')}:${programs}:/usr/local/bin:/usr/bin:/bin`});
  await volume.answers();
  expect(await volume.ask("select current_setting('max_slot_wal_keep_size') as answer")).toBe(bound);
});

test('what the chart mounts wins over what the entry point sets', async () => {
  const volume = await Volume.make();
  volume.write('volume/conf/conf.d/override.conf', "max_slot_wal_keep_size = '77MB'\nwork_mem = '9MB'\n");
  volume.write('volume/conf/pg_hba.conf', 'host all postgres 127.0.0.1/32 scram-sha-256\n');
  void volume.start();
  await volume.answers();
  expect(await volume.ask("select current_setting('max_slot_wal_keep_size') as answer")).toBe('77MB');
  expect(await volume.ask("select current_setting('work_mem') as answer")).toBe('9MB');
  await expect(volume.ask('select 1', {user: 'app', password: secrets.user})).rejects.toThrow(/no pg_hba.conf entry/);
});

test.skipIf(!hasPsql)('init scripts run once: SQL as the user of the application', async () => {
  const volume = await Volume.make();
  volume.write('scripts/1-tables.sql', 'create table made (n int); insert into made values (1);');
  volume.write('scripts/2-more.sh', 'psql -q -c "create role metrics login; grant pg_monitor to metrics"');
  const first = volume.start();
  await volume.answers();
  const asApp = {user: 'app', password: secrets.user};
  expect(await volume.ask('select count(*) as answer from made', asApp)).toBe('1');
  expect(await volume.ask("select tableowner as answer from pg_tables where tablename = 'made'")).toBe('app');
  expect(await volume.ask("select pg_has_role('metrics', 'pg_monitor', 'member') as answer")).toBe('true');
  volume.stop('SIGTERM');
  await first;
  void volume.start();
  await volume.answers();
  expect(await volume.ask('select count(*) as answer from made', asApp)).toBe('1');
});

test.skipIf(!hasPsql)('an init script that fails leaves no database behind; who runs them may be named', async () => {
  const volume = await Volume.make({POSTGRES_INITSCRIPTS_USERNAME: 'postgres'});
  volume.write('scripts/wrong.sql', 'create table made (n int); select 1 / 0;');
  expect(await volume.start()).toBe(1);
  expect(volume.output).toContain('wrong.sql failed. No database is made');
  expect(volume.has('volume/data')).toBe(false);
  volume.write('scripts/wrong.sql', 'create table made (n int);');
  void volume.start();
  await volume.answers();
  expect(await volume.ask("select tableowner as answer from pg_tables where tablename = 'made'")).toBe('postgres');
});

test('what was killed while the database was made begins again', async () => {
  const volume = await Volume.make();
  volume.write('volume/data.new/PG_VERSION', '17\n');
  volume.write('volume/data.new/base/half', 'of another start');
  void volume.start();
  await volume.answers();
  expect(volume.has('volume/data.new')).toBe(false);
});

test('a number that a killed server left behind keeps no other from starting', async () => {
  const volume = await Volume.make();
  const first = volume.start();
  await volume.answers();
  volume.stop('SIGTERM');
  await first;
  // This process lives, but it is no server.
  writeFileSync(join(volume.data, 'postmaster.pid'), `${process.pid}\n${volume.data}\n`);
  chownSync(join(volume.data, 'postmaster.pid'), ids.uid ?? userInfo().uid, ids.gid ?? userInfo().gid);
  void volume.start();
  await volume.answers();
});

test('an empty data folder beside a full one is refused, and nothing is made', async () => {
  const volume = await Volume.make();
  volume.write('volume/old/PG_VERSION', '17\n');
  expect(await volume.start()).toBe(1);
  expect(volume.output).toContain('/volume/data has no database, and ');
  expect(volume.has('volume/data') || volume.has('volume/data.new')).toBe(false);
});

test('data of another major version are refused in the words of PostgreSQL', async () => {
  const volume = await Volume.make();
  volume.write('volume/data/PG_VERSION', '15\n');
  expect(await volume.start()).toBe(1);
  expect(volume.output).toContain('database files are incompatible with server');
  expect(volume.output).toMatch(/initialized by PostgreSQL version 15.* this version 17\./);
  expect(readFileSync(join(volume.data, 'PG_VERSION'), 'utf8')).toBe('15\n');
});

test('a folder with files that are no database is left alone', async () => {
  const volume = await Volume.make();
  volume.write('volume/data/notes', 'mine');
  expect(await volume.start()).toBe(1);
  expect(volume.output).toContain('PG_VERSION is missing');
  expect(volume.has('volume/data/notes')).toBe(true);
});

test('nothing starts without a password', async () => {
  const volume = await Volume.make({POSTGRES_PASSWORD_FILE: '/dev/null'});
  expect(await volume.start()).toBe(1);
  expect(volume.output).toContain('No password in POSTGRES_PASSWORD_FILE');
  expect(volume.has('volume/data')).toBe(false);
});

const asReader = (of: Volume) => ({
  POSTGRES_REPLICATION_MODE: 'slave',
  POSTGRES_MASTER_HOST: '127.0.0.1',
  POSTGRES_MASTER_PORT_NUMBER: String(of.port),
});

test('a reader that finds a half-made copy removes it, waits for its writer, and ends when it is told to', async () => {
  const writer = await Volume.make();
  const reader = await Volume.make(asReader(writer));
  reader.write('volume/data/PG_VERSION', '17\n');
  reader.write('volume/data/base/1/2', 'half of a table');
  const ended = reader.start();
  await waitFor(
    'the reader to wait',
    () => Promise.resolve(reader.output),
    (text) => text.includes('Waiting for replication primary'),
    {deadlineMs: 20_000},
  );
  expect(reader.has('volume/data/base')).toBe(false);
  reader.stop('SIGTERM');
  expect(await ended).toBe(143);
});

test.skipIf(!hasPsql)('a reader streams through a slot of its own, its password in a file alone', async () => {
  const writer = await Volume.make();
  const first = writer.start();
  await writer.answers();
  writer.stop('SIGTERM');
  await first;
  const reader = await Volume.make(asReader(writer));
  // The copy that pg_basebackup would make.
  cpSync(writer.data, reader.data, {recursive: true});
  chmodSync(reader.data, 0o700);
  spawnSync('chown', ['-R', `${ids.uid ?? userInfo().uid}`, reader.data]);
  // The reader's writer is away: the reader gets its slot later, and is not restarted for it.
  void reader.start();
  await reader.answers();
  void writer.start();
  await writer.answers();
  const slots = `select coalesce(string_agg(slot_type || ' ' || active, ','), 'none') as answer
    from pg_replication_slots`;
  await waitFor(
    'the slot',
    () => writer.ask(slots),
    (text) => text === 'physical true',
    {deadlineMs: 40_000},
  );
  await writer.ask('create table streamed as select 3 as n');
  const seen = () => reader.ask('select n as answer from streamed').catch(String);
  await waitFor('the row', seen, (text) => text === '3', {deadlineMs: 20_000});
  const conninfo = await reader.ask("select current_setting('primary_conninfo') as answer");
  expect(conninfo).toContain('passfile=');
  expect(conninfo).not.toContain('canary');
});

test("an image of the chart's own kind starts by itself: that is said, and nothing of it is touched", async () => {
  const volume = await Volume.make();
  for (const [name, line] of [
    ['entrypoint.sh', 'echo "its own, with $(basename "$1"), umask $(umask)"'],
    ['run.sh', 'exit 1'],
  ] as const) {
    volume.write(`bitnami/scripts/postgresql/${name}`, `#!/bin/sh\n${line}\n`);
    chmodSync(join(volume.folder, 'bitnami/scripts/postgresql', name), 0o755);
  }
  expect(await volume.start({BITNAMI_ROOT_DIR: join(volume.folder, 'bitnami')})).toBe(0);
  expect(volume.output).toContain("This image is of the chart's own kind: it starts by itself");
  expect(volume.output).toMatch(/its own, with run\.sh, umask 0022/);
  expect(existsSync(volume.data)).toBe(false);
});
