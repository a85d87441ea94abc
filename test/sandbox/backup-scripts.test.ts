// The scripts of backups with a real PostgreSQL and its own tools, as this machine's processes: what their containers
// would do. The package of PostgreSQL that the sandbox runs has no pg_dump, so they are tried where one is installed;
// test/cluster/backup.test.ts shows them on a cluster.
import {spawn, spawnSync} from 'node:child_process';
import {chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {waitFor} from '../support/wait-for.ts';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {runsAs} from '../../sandbox/source/kubelet/process/runs-as.ts';
import {backupCommand, listCommand, restoreCommand, verifyCommand} from '../../source/chart/backup/scripts.ts';
import {restoreMark} from '../../source/chart/own-marks.ts';
import {listingIn} from '../../source/observation/backups/backup-list.ts';

const {ids} = runsAs();
const root = '/usr/lib/postgresql';
const tools = ['initdb', 'postgres', 'pg_ctl', 'pg_dump', 'pg_dumpall', 'pg_restore', 'pg_amcheck', 'psql'];
const programs =
  (existsSync(root) ? readdirSync(root) : [])
    .map((version) => join(root, version, 'bin'))
    .find((folder) => tools.every((tool) => existsSync(join(folder, tool)))) ?? null;
// A quote, a colon and a backslash: each of them means something in a password file or in SQL.
const password = "canary-of:the\\admin's";

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const {port} = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

describe.skipIf(programs === null)('the scripts of backups', {timeout: 120_000}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'pghi-backup-'));
  const at = (...path: string[]) => join(folder, ...path);
  const started: string[] = [];
  let ports = {source: 0, fresh: 0, held: 0, late: 0};
  let said = '';

  const path = `${programs}:/usr/local/bin:/usr/bin:/bin`;
  const environment = (env: Readonly<Record<string, string>>) => ({
    PATH: path,
    LC_ALL: 'C',
    HOME: folder,
    TMPDIR: at('tmp'),
    PGDUMP_DIR: at('volume'),
    RESTORE_DIR: at('restore'),
    PGPASSWORD_FILE: at('password'),
    PGHOST: '127.0.0.1',
    PGPORT: String(ports.source),
    PGUSER: 'postgres',
    BACKUP_TRIES: '2',
    ...env,
  });
  function run(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [program = '', ...args] = command;
    const how = {...ids, cwd: folder, encoding: 'utf8', env: environment(env)} as const;
    const {status, stdout, stderr} = spawnSync(program, args, how);
    said += stdout + stderr;
    return {status, output: stdout + stderr};
  }
  /** Runs the command, and calls `meanwhile` while its first pg_restore waits for that. */
  async function runWhile(
    command: readonly string[],
    env: Readonly<Record<string, string>>,
    meanwhile: () => void,
  ): Promise<{readonly status: number | null; readonly output: string}> {
    const [reached, goOn] = [at('tmp', 'reached'), at('tmp', 'go-on')];
    mkdirSync(at('bin'), {recursive: true});
    const waiting = `#!/bin/sh\ntouch '${reached}'\nuntil [ -e '${goOn}' ]; do sleep 0.1; done\n`;
    writeFileSync(at('bin', 'pg_restore'), `${waiting}exec ${programs}/pg_restore "$@"\n`, {mode: 0o755});
    const [program = '', ...args] = command;
    const child = spawn(program, args, {...ids, cwd: folder, env: environment({PATH: `${at('bin')}:${path}`, ...env})});
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += String(part)));
    const status = new Promise<number | null>((resolve) => child.on('close', resolve));
    try {
      await waitFor('pg_restore', () => existsSync(reached) || child.exitCode !== null, Boolean);
      meanwhile();
    } finally {
      writeFileSync(goOn, '');
      await status;
      for (const file of [reached, goOn]) rmSync(file, {force: true});
      said += output;
    }
    return {status: await status, output};
  }
  const done = (command: readonly string[], env: Readonly<Record<string, string>> = {}): string => {
    const {status, output} = run(command, env);
    expect({status, output}).toEqual({status: 0, output: expect.any(String)});
    return output;
  };
  const sql = (statement: string, database = 'postgres', port = ports.source) =>
    done(['psql', '-XqAtd', database, '-c', statement], {PGPASSWORD: password, PGPORT: String(port)}).trim();
  const backupNow = (keep = 7, env: Readonly<Record<string, string>> = {}) =>
    run(backupCommand({keep, fullname: 'orders', username: 'app', database: 'shop'}), env);
  /** @returns a folder with an rm that fails, as on NFS, where a file below what it removes is open */
  function nfsRemoval(): string {
    mkdirSync(at('nfs'));
    const check = 'case $(readlink "$fd") in *.partial/*) echo "rm: Device or resource busy" >&2; exit 1 ;; esac';
    const script = `#!/bin/sh\nfor fd in /proc/$$/fd/*; do ${check}; done\nexec /bin/rm "$@"\n`;
    writeFileSync(at('nfs', 'rm'), script, {mode: 0o755});
    return at('nfs');
  }
  const fresh = () => ({PGPORT: String(ports.fresh)});
  const listing = () => listingIn(done(listCommand));
  const names = () => listing().backups.map(({name}) => name);

  function makeServer(name: string, port: number): void {
    done(['initdb', '-D', at(name), '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${at('password')}`]);
    const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${at('tmp')} -c fsync=off`;
    done(['pg_ctl', '-D', at(name), '-w', '-s', '-l', at(`${name}.log`), '-o', options, 'start']);
    started.push(name);
  }

  beforeAll(async () => {
    for (const name of ['', 'tmp', 'volume', 'restore']) {
      mkdirSync(at(name), {recursive: true});
      if (ids.uid !== undefined && ids.gid !== undefined) chownSync(at(name), ids.uid, ids.gid);
    }
    writeFileSync(at('password'), password, {mode: 0o644});
    ports = {source: await freePort(), fresh: await freePort(), held: await freePort(), late: await freePort()};
    makeServer('source', ports.source);
    sql("create role app login password 'secret-of-app' createdb");
    sql('create role "odd ""role;"');
    sql('create database shop owner app');
    sql('create database "a = b"');
    sql("alter database shop set work_mem = '9MB'");
    sql('alter database shop connection limit 7');
    sql(
      `create table kept as select g as n, repeat('x', 50) as x from generate_series(1, 500) g;
       create index on kept (n); alter table kept owner to app;
       create schema "Sch ema"; create table "Sch ema"."Ta""ble" as select 1 as a;
       create table parts (a int) partition by range (a);
       create table part partition of parts for values from (0) to (100); insert into parts values (1), (2);
       create extension amcheck; select lo_create(0);`,
      'shop',
    );
  }, 120_000);

  afterAll(() => {
    for (const name of started) run(['pg_ctl', '-D', at(name), '-m', 'immediate', 'stop']);
    rmSync(folder, {recursive: true, force: true});
    expect(said).not.toContain('canary');
  });

  it('a backup counts every table, is nobody else’s to read, and holds no passwords', () => {
    const {status, output} = backupNow();
    expect({status, output}).toEqual({status: 0, output: expect.stringContaining('is whole')});
    const [entry] = listing().backups;
    expect(entry).toMatchObject({username: 'app', database: 'shop', proof: null});
    expect(entry?.databases.find(({name}) => name === 'shop')).toMatchObject({tables: 3, rows: 503});
    expect(entry?.databases.map(({name}) => name)).toEqual(['a = b', 'postgres', 'shop', 'template1']);
    const name = entry?.name ?? '';
    const modes = done(['find', at('volume', name), '-printf', '%m\n']).split('\n');
    expect([...new Set(modes)].filter(Boolean).sort()).toEqual(['600', '700']);
    expect(readFileSync(at('volume', name, 'globals.sql'), 'utf8')).not.toMatch(/PASSWORD|SCRAM/);
  });

  it('verify restores it, counts it and has amcheck look at it; what is not as it was written is found', () => {
    const [name = ''] = names();
    expect(done(verifyCommand(name))).toContain('is proven');
    expect(listing().backups[0]?.proof).toMatchObject({ok: true, tables: 3, rows: 503, amcheck: 'passed'});
    expect(readdirSync(at('restore'))).toEqual([]);
    const counts = readdirSync(at('volume', name)).find((file) => file.endsWith('.counts')) ?? '';
    writeFileSync(at('volume', name, counts), 'other\t1\n');
    expect(run(verifyCommand(name)).status).toBe(1);
    expect(listing().backups[0]?.proof).toMatchObject({ok: false, why: expect.stringContaining('not as they were')});
  });

  it('so many are kept, a half one goes, and a proven one stays until a newer one is', () => {
    rmSync(at('volume'), {recursive: true});
    done(['mkdir', '-p', at('volume', '20200101T000000Z.partial')]);
    const prove = (name: string) => writeFileSync(at('volume', name, 'proof.json'), '{"ok":true}');
    expect(backupNow().status).toBe(0);
    const [proven = ''] = names();
    prove(proven);
    expect(backupNow(1).status).toBe(0);
    expect(names()).toHaveLength(2);
    expect(names()).toContain(proven);
    expect(readdirSync(at('volume')).filter((name) => name.endsWith('.partial'))).toEqual([]);
    prove(names()[0] ?? '');
    expect(backupNow(1, {PATH: `${nfsRemoval()}:${path}`}).status).toBe(0);
    expect(names()).toHaveLength(2);
    expect(names()).not.toContain(proven);
  });

  it('a password that changes while one database is dumped serves for the next ones', () => {
    mkdirSync(at('changing'));
    const changed = `${password}2`;
    const alter = `ALTER ROLE postgres PASSWORD '${changed.replaceAll("'", "''")}'`;
    writeFileSync(at('changing', 'alter.sql'), alter);
    const script =
      `#!/bin/sh\n${programs}/pg_dump "$@" || exit 1\n[ ! -e "${at('changing', 'alter.sql')}" ] || { ` +
      `${programs}/psql -Xqd postgres -f "${at('changing', 'alter.sql')}" && rm "${at('changing', 'alter.sql')}" && ` +
      `cp "${at('changing', 'next')}" "${at('changing', 'password')}"; }\n`;
    writeFileSync(at('changing', 'pg_dump'), script, {mode: 0o755});
    writeFileSync(at('changing', 'next'), changed, {mode: 0o644});
    writeFileSync(at('changing', 'password'), password, {mode: 0o644});
    for (const name of ['', 'next', 'password', 'alter.sql'])
      if (ids.uid !== undefined && ids.gid !== undefined) chownSync(at('changing', name), ids.uid, ids.gid);
    const env = {PATH: `${at('changing')}:${path}`, PGPASSWORD_FILE: at('changing', 'password')};
    const {status, output} = backupNow(7, env);
    const back = `alter role postgres password '${password.replaceAll("'", "''")}'`;
    done(['psql', '-XqAtd', 'postgres', '-c', back], {PGPASSWORD: changed});
    expect({status, output}).toEqual({status: 0, output: expect.stringContaining('is whole')});
  });

  it('a volume that is full gets room again by what is older than those that are kept, before the dump', () => {
    const places = [1, 2, 3].map(() => {
      expect(backupNow(7).status).toBe(0);
      return names()[0] ?? '';
    });
    const [oldest = '', middle = '', newest = ''] = places;
    for (const one of names()) rmSync(at('volume', one, 'proof.json'), {force: true});
    writeFileSync(at('volume', oldest, 'proof.json'), '{"ok":true}');
    mkdirSync(at('full'));
    const full = '[ -z "$(ls -d "$PGDUMP_DIR"/TOO-MANY 2> /dev/null)" ] || exit 1';
    const script = `#!/bin/sh\n${full.replace('TOO-MANY', middle)}\nexec ${programs}/pg_dump "$@"\n`;
    writeFileSync(at('full', 'pg_dump'), script, {mode: 0o755});
    const {status, output} = backupNow(1, {PATH: `${at('full')}:${path}`});
    expect({status, output}).toEqual({status: 0, output: expect.stringContaining('is whole')});
    expect(output.indexOf(`${middle} is removed`)).toBeLessThan(output.indexOf('is whole'));
    // The newest that is proven stays; the one that was kept goes only once there is a newer one.
    expect(names()).toContain(oldest);
    expect(output.indexOf(`${newest} is removed`)).toBeGreaterThan(output.indexOf('is whole'));

    // As many as are kept, and no room for one more: the oldest goes that is not the newest proven one.
    writeFileSync(at('full', 'pg_dump'), `#!/bin/sh\nexec ${programs}/pg_dump "$@"\n`, {mode: 0o755});
    writeFileSync(at('full', 'df'), "#!/bin/sh\nprintf 'F 1 2 3\\n/dev/x 9 9 0 99%% /\\n'\n", {mode: 0o755});
    expect(backupNow(7).status).toBe(0);
    const kept = names();
    writeFileSync(at('volume', kept[0] ?? '', 'proof.json'), '{"ok":true}');
    const again = backupNow(kept.length, {PATH: `${at('full')}:${path}`});
    const removed = `${kept.at(-1)} is removed: ${kept.length - 1} are kept`;
    expect(again).toEqual({status: 0, output: expect.stringContaining(removed)});
    expect(again.output.indexOf(removed)).toBeLessThan(again.output.indexOf('is whole'));
    rmSync(at('full', 'df'));

    // Where no backup can be made, none of those that are kept is given up for it.
    writeFileSync(at('full', 'pg_dump'), '#!/bin/sh\necho "No space left on device" >&2\nexit 1\n', {mode: 0o755});
    const before = names();
    expect(backupNow(before.length, {PATH: `${at('full')}:${path}`}).status).toBe(1);
    expect(names()).toEqual(before);
  });

  it('what cannot log in leaves nothing behind, and says why', () => {
    const before = readdirSync(at('volume')).sort();
    const {status, output} = run(backupCommand({keep: 1, fullname: 'o', username: 'a', database: 'd'}), {
      PGUSER: 'app',
    });
    expect({status, output}).toEqual({
      status: 1,
      output: expect.stringMatching(/lets nobody in: .*password authentication failed/),
    });
    expect(readdirSync(at('volume')).sort()).toEqual(before);
    expect(readdirSync(at('tmp')).filter((name) => name.startsWith('backup.'))).toEqual([]);
  });

  it('restore fills an empty server, does it once, goes on where it broke off, and touches none with rows', () => {
    const [name = ''] = names();
    makeServer('fresh', ports.fresh);
    sql('create role app login', 'postgres', ports.fresh);
    sql('create database shop owner app', 'postgres', ports.fresh);
    // What a run leaves behind that was killed: its mark, and half a database.
    sql('create database pg_helm_install_restore', 'postgres', ports.fresh);
    sql(`comment on database pg_helm_install_restore is '${name}'`, 'postgres', ports.fresh);
    sql('create table half as select 1 as a', 'shop', ports.fresh);
    expect(done(restoreCommand(name, 'shop'), fresh())).toContain('is restored');
    expect(sql('select count(*) from kept', 'shop', ports.fresh)).toBe('500');
    expect(sql('show work_mem', 'shop', ports.fresh)).toBe('9MB');
    expect(sql("select string_agg(datname, ',' order by datname) from pg_database", 'shop', ports.fresh)).toBe(
      'a = b,postgres,shop,template0,template1',
    );
    expect(sql("select pg_get_userbyid(relowner) from pg_class where relname = 'kept'", 'shop', ports.fresh)).toBe(
      'app',
    );
    expect(done(restoreCommand(name, 'shop'), fresh())).toContain('restored already');
    sql('delete from kept where n = 1', 'shop', ports.fresh);
    const {status, output} = run(restoreCommand(name, 'shop'), fresh());
    expect({status, output}).toEqual({status: 1, output: expect.stringContaining('The release is not empty')});
    expect(sql('select count(*) from kept', 'shop', ports.fresh)).toBe('499');
  });

  it.each(['verify', 'restore'] as const)('what a %s reads stays until it has been read', async (action) => {
    const [name = ''] = names();
    if (action === 'restore') makeServer('held', ports.held);
    const command = action === 'verify' ? verifyCommand(name) : restoreCommand(name, 'postgres');
    const env = action === 'verify' ? {} : {PGPORT: String(ports.held)};
    const {status, output} = await runWhile(command, env, () =>
      expect(backupNow(1).output).toContain(`${name} is kept: it is being read`),
    );
    expect({status, output}).toEqual({status: 0, output: expect.stringMatching(/is (proven|restored)/)});
    rmSync(at('volume', name, 'proof.json'), {force: true});
    expect(backupNow(1).output).toContain(`${name} is removed`);
  });

  it('a restore that broke off lets nobody in who could write what the next one drops', () => {
    const [name = ''] = names();
    makeServer('late', ports.late);
    const late = (statement: string, database = 'postgres') => sql(statement, database, ports.late);
    const asApp = (statement: string) =>
      run(['psql', '-XqAtd', 'shop', '-v', 'ON_ERROR_STOP=1', '-c', statement], {
        PGUSER: 'app',
        PGPASSWORD: 'secret',
        PGPORT: String(ports.late),
      });
    const limits = () =>
      late("select string_agg(datname || ' ' || datconnlimit, ',' order by datname) from pg_database");
    const again = (env: Readonly<Record<string, string>> = {}) =>
      run(restoreCommand(name, 'shop'), {PGPORT: String(ports.late), ...env});
    late("create role app login password 'secret'");
    late('create database shop owner app');
    const folders = readdirSync(at('volume', name)).filter((file) => file.endsWith('.name'));
    const last = folders.sort().at(-1)?.replace('.name', '') ?? '';
    expect(readFileSync(at('volume', name, `${last}.name`), 'utf8')).not.toBe('shop');
    mkdirSync(at('failing'));
    const failing = `case "$*" in */${last}) echo 'the disk is full' >&2; exit 1 ;; esac`;
    writeFileSync(at('failing', 'pg_restore'), `#!/bin/sh\n${failing}\nexec ${programs}/pg_restore "$@"\n`, {
      mode: 0o755,
    });
    expect(again({PATH: `${at('failing')}:${path}`}).output).toContain('the disk is full');
    expect(late('select count(*) from kept', 'shop')).toBe('500');
    const noted = "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()";
    expect(late(noted, restoreMark)).toBe(name);
    expect(asApp('delete from kept where n = 1').output).toContain('too many connections');

    // Killed right after its end, before it drops its own database.
    mkdirSync(at('killed'));
    const killed = 'case "$*" in *"drop database pg_helm"*) exit 137 ;; esac';
    writeFileSync(at('killed', 'psql'), `#!/bin/sh\n${killed}\nexec ${programs}/psql "$@"\n`, {mode: 0o755});
    expect(again({PATH: `${at('killed')}:${path}`}).status).toBe(137);
    expect(limits()).toBe(`a = b -1,${restoreMark} -1,postgres -1,shop 7,template0 -1,template1 -1`);
    expect(asApp('delete from kept where n = 1').status).toBe(0);
    const before = names();
    expect(backupNow(7, {PGPORT: String(ports.late)}).status).toBe(0);
    const [newest = ''] = names().filter((one) => !before.includes(one));
    const saved = readdirSync(at('volume', newest)).filter((file) => file.endsWith('.name'));
    expect(saved.map((file) => readFileSync(at('volume', newest, file), 'utf8'))).not.toContain(restoreMark);
    const {status, output} = again();
    expect({status, output}).toEqual({status: 0, output: expect.stringContaining('was restored already')});
    expect(late('select count(*) from kept', 'shop')).toBe('499');
    expect(late('select count(*) from pg_database')).toBe('5');
    late("insert into kept select 1, repeat('x', 50)", 'shop');
    // What a run of an earlier version leaves behind that was killed right before its end.
    late('create database pg_helm_install_restore');
    expect(again().output).toContain('was restored already');
    expect(late('select count(*) from pg_database')).toBe('5');
    late('create database pg_helm_install_restore');
    expect(asApp('delete from kept where n = 1').status).toBe(0);
    expect(again().output).toMatch(/is not empty: .*Nothing was changed/);
    late(`comment on database ${restoreMark} is '${name}'`);
    const ofHalf = backupNow(7, {PGPORT: String(ports.late)});
    expect({status: ofHalf.status, output: ofHalf.output}).toEqual({
      status: 1,
      output: expect.stringContaining(`${name} is being restored into this release`),
    });
    expect(late('select count(*) from kept', 'shop')).toBe('499');
  });

  it.each(['server', 'database', 'role'] as const)(
    'the limits that a %s sets on sessions keep no backup from being made, proven and restored',
    async (level) => {
      const unlimited = (statement: string, database = 'postgres') =>
        done(['psql', '-XqAtd', database, '-c', statement], {
          PGPASSWORD: password,
          PGOPTIONS:
            '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c default_transaction_read_only=off',
        }).trim();
      unlimited('create database limited');
      unlimited('create table large as select g as n from generate_series(1, 700000) g', 'limited');
      const place = {server: 'system', database: 'database limited', role: 'role postgres'}[level];
      const isNew = Number(unlimited('show server_version_num')) >= 170_000;
      const limits = {
        statement_timeout: '5ms',
        lock_timeout: '5ms',
        idle_in_transaction_session_timeout: '20ms',
        ...(isNew ? {transaction_timeout: '100ms'} : {}),
        default_transaction_read_only: 'on',
      };
      for (const [name, value] of Object.entries(limits)) unlimited(`alter ${place} set ${name} = '${value}'`);
      unlimited('select pg_reload_conf()');
      try {
        const ended = 'select 1 from pg_sleep(0.05)';
        const asOthers = run(['psql', '-XqAtd', 'limited', '-c', ended], {PGPASSWORD: password});
        expect(asOthers.output).toContain('statement timeout');
        const before = names();
        const {status, output} = backupNow();
        expect({status, output}).toEqual({status: 0, output: expect.stringContaining('is whole')});
        const [name = ''] = names().filter((one) => !before.includes(one));
        expect(done(verifyCommand(name))).toContain('is proven');
        const port = await freePort();
        makeServer(`for-${level}`, port);
        expect(done(restoreCommand(name, 'postgres'), {PGPORT: String(port)})).toContain('is restored');
      } finally {
        for (const name of Object.keys(limits)) unlimited(`alter ${place} reset ${name}`);
        unlimited('select pg_reload_conf()');
        unlimited('drop database limited with (force)');
      }
    },
  );
});
