// top beside real clients: what it says is what PostgreSQL's own statistics say, and what it ends has ended.
import pg from 'pg';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {cli, cliJson, start} from '../support/cli.ts';
import {notInSandbox} from '../support/setup/on-sandbox.ts';
import {OperatedRelease} from '../support/clusters/operated-release.ts';
import {waitFor} from '../support/wait-for.ts';

interface Told {
  readonly type?: string;
  readonly intervalMs: number;
  readonly sessions: {readonly max: number; readonly states: Readonly<Record<string, number>>};
  readonly longestTransactionMs: number | null;
  readonly waiting: readonly {readonly pid: number; readonly waitsFor: readonly number[]}[];
  readonly perSecond: Readonly<Record<string, number>>;
  readonly lagBytes: number | null;
  readonly readers: {readonly streaming: number; readonly desired: number | null};
  readonly disk: {readonly usedBytes: number; readonly capacityBytes: number} | null;
  readonly costMs: number;
}

let release: OperatedRelease;
beforeAll(async () => {
  release = await OperatedRelease.install('top', ['--username', 'app', '--read-replicas', '1']);
  const client = await connected();
  await client.query('create table counted (n int)');
  await client.query('create table locked (n int)');
  await client.query('insert into locked values (1)');
  await client.end();
});
afterAll(() => release?.namespace.remove());

async function connected(more: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = new pg.Client({...(await release.server()), ...more});
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const place = () => ['orders', '-n', release.namespace.name];

async function divideByZero(): Promise<void> {
  const client = await connected();
  await expect(client.query('select 1 / 0')).rejects.toThrow();
  await client.end();
}

/** The counters of all databases, as PostgreSQL keeps them. */
async function counters(client: pg.Client): Promise<{rowsWritten: number; commits: number}> {
  const {rows} = await client.query<{rowsWritten: number; commits: number}>(
    'select sum(tup_inserted + tup_updated + tup_deleted)::int as "rowsWritten", sum(xact_commit)::int as commits ' +
      'from pg_stat_database',
  );
  return rows[0] ?? {rowsWritten: NaN, commits: NaN};
}

test.each([
  ['top', ['top', '--every', '1s'], 'SIGINT', 130],
  ['logs', ['logs', '--follow'], 'SIGTERM', 143],
] as const)(
  '%s that a signal stops says so, and its exit code is that of the signal',
  async (_name, words, sent, code) => {
    const [command, ...flags] = words;
    const running = start([command, ...place(), ...flags, '--output', 'ndjson'], {env: release.env});
    await waitFor(
      'the first event',
      async () => {
        // A server that nobody makes an error in may log nothing for minutes.
        if (command === 'logs') await divideByZero();
        return running.stdout();
      },
      (text) => text.includes('\n'),
      {everyMs: 1000},
    );
    running.child.kill(sent);
    const ended = await running.finished;
    const last = JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '') as object;
    expect(last).toMatchObject({type: 'result', operation: command, outcome: 'cancelled', cause: {code: 'CANCELLED'}});
    expect({code: ended.code, stderr: ended.stderr}).toEqual({code, stderr: ''});
  },
);

test('connect that a signal stops ends without a word of an error', async () => {
  const running = start(['connect', ...place(), '--forward', '0'], {env: release.env});
  await waitFor(
    'the port',
    () => running.stdout(),
    (text) => /127\.0\.0\.1:\d+/.test(text),
  );
  running.child.kill('SIGINT');
  const {code, stdout, stderr} = await running.finished;
  expect({code, stderr}).toEqual({code: 130, stderr: ''});
  expect(stdout).not.toMatch(/CANCELLED|Stopped/);
});

test('its rates add up to what pg_stat_database has counted meanwhile', async () => {
  const client = await connected();
  onTestFinished(() => client.end());
  const before = await counters(client);
  const running = start(['top', ...place(), '--output', 'ndjson', '--count', '5'], {env: release.env});
  await waitFor(
    'the first look',
    () => running.stdout(),
    (text) => text.includes('"activity"'),
  );
  await client.query('insert into counted select generate_series(1, 5000)');
  await client.query('select pg_stat_force_next_flush()');
  const {code, stdout, stderr} = await running.finished;
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
  const after = await counters(client);
  const told = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Told);
  const looks = told.filter(({type}) => type === 'activity');
  expect(looks).toHaveLength(5);
  expect(told.at(-1)).toMatchObject({type: 'result', operation: 'top', release: 'orders'});
  const sum = (name: string) =>
    looks.reduce((all, {perSecond, intervalMs}) => all + ((perSecond[name] ?? NaN) * intervalMs) / 1000, 0);
  // Each rate is rounded to hundredths, each interval to milliseconds.
  const rounded = 10;
  expect(sum('rowsWritten')).toBeGreaterThanOrEqual(5000 - rounded);
  expect(sum('rowsWritten')).toBeLessThanOrEqual(after.rowsWritten - before.rowsWritten + rounded);
  expect(sum('commits')).toBeGreaterThanOrEqual(2);
  expect(sum('commits')).toBeLessThanOrEqual(after.commits - before.commits + rounded);
  expect(sum('walBytes')).toBeGreaterThan(5000 * 20);
  expect(looks.every(({lagBytes}) => lagBytes !== null)).toBe(true);
  expect(looks.at(-1)?.readers).toEqual({streaming: 1, desired: 1});
  // Each look is one cheap question.
  expect(Math.min(...looks.map(({costMs}) => costMs))).toBeLessThan(100);
});

interface Sample {
  /** By the server's clock, in milliseconds. */
  readonly at: number;
  readonly counted: Readonly<Record<string, number>>;
}

/** Reads the counters of pg_stat_database again and again, until it is told to end. */
async function sampleCounters(): Promise<{readonly samples: Sample[]; readonly end: () => Promise<void>}> {
  const client = await connected();
  const samples: Sample[] = [];
  const sum = (columns: string) => `sum(${columns})::float8`;
  const sql = `select extract(epoch from clock_timestamp()) * 1000 as at, json_build_object(
    'commits', ${sum('xact_commit')}, 'rollbacks', ${sum('xact_rollback')}, 'blocksRead', ${sum('blks_read')},
    'blocksHit', ${sum('blks_hit')}, 'rowsRead', ${sum('tup_returned')},
    'rowsWritten', ${sum('tup_inserted + tup_updated + tup_deleted')}, 'tempFiles', ${sum('temp_files')},
    'tempBytes', ${sum('temp_bytes')}, 'deadlocks', ${sum('deadlocks')},
    'walBytes', pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8) as counted from pg_stat_database`;
  let isOver = false;
  const sampling = (async () => {
    while (!isOver) {
      const {rows} = await client.query<{at: string; counted: Sample['counted']}>(sql);
      for (const {at, counted} of rows) samples.push({at: Number(at), counted});
      await new Promise((later) => setTimeout(later, 100));
    }
    await client.end();
  })();
  return {
    samples,
    end: () => {
      isOver = true;
      return sampling;
    },
  };
}

/** Sorts that do not fit into memory, transactions that are rolled back, and two that wait for each other. */
async function provoke(): Promise<void> {
  const [one, other] = await Promise.all([connected(), connected()]);
  await one.query("set work_mem = '64kB'");
  await one.query('select g from generate_series(1, 200000) g order by random() limit 1');
  await one.query('begin; insert into counted values (1); rollback');
  await Promise.all([one.query('begin'), other.query('begin')]);
  await one.query('select pg_advisory_xact_lock(1)');
  await other.query('select pg_advisory_xact_lock(2)');
  const both = [one.query('select pg_advisory_xact_lock(2)'), other.query('select pg_advisory_xact_lock(1)')];
  const ended = await Promise.allSettled(both);
  expect(ended.filter(({status}) => status === 'rejected')).toHaveLength(1);
  await Promise.allSettled([one.end(), other.end()]);
}

test('beside pgbench all its counters are those of pg_stat_database', async (context) => {
  notInSandbox(context, 'its PostgreSQL comes without pgbench');
  const pgbench = (words: string) => {
    const command =
      'export PGPASSWORD="$(cat /opt/bitnami/postgresql/secrets/postgres-password)"; ' +
      `exec pgbench -h 127.0.0.1 -U postgres ${words} postgres`;
    const pod = 'orders-postgresql-primary-0';
    return release.namespace.kubectl(['exec', pod, '-c', 'postgresql', '--', 'sh', '-c', command]);
  };
  await pgbench('-q -i -s 1');
  const sampler = await sampleCounters();
  // A look is told some time after the server has counted.
  const slackMs = 2000;
  await waitFor(
    'samples from before the first look',
    () => sampler.samples,
    (samples) => (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0) > slackMs,
  );
  const load = pgbench('-c 4 -j 2 -T 20');
  const running = start(['top', ...place(), '--output', 'ndjson', '--count', '12'], {env: release.env});
  // Not at the edge of what is compared.
  await waitFor(
    'the fourth look',
    () => running.stdout(),
    (text) => text.split('"activity"').length > 4,
    {deadlineMs: 60_000},
  );
  await provoke();
  const {code, stdout, stderr} = await running.finished;
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
  // One sample more, after the last look.
  const many = sampler.samples.length;
  await waitFor(
    'a sample',
    () => sampler.samples.length,
    (count) => count > many,
  );
  await sampler.end();
  await load;

  const looks = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Told & {readonly time: string})
    .filter(({type}) => type === 'activity');
  expect(looks).toHaveLength(12);
  const [first, last] = [looks[0], looks.at(-1)];
  if (!first || !last) throw new Error('there was no look');
  const began = Date.parse(first.time) - first.intervalMs;
  const ended = Date.parse(last.time);
  // The counters only grow: what the looks counted lies between the samples around them.
  const before = (at: number) => sampler.samples.findLast((sample) => sample.at <= at)?.counted ?? {};
  const after = (at: number) => sampler.samples.find((sample) => sample.at >= at)?.counted ?? {};
  const [outer, inner] = [
    {from: before(began - slackMs), to: after(ended)},
    {from: after(began), to: before(ended - slackMs)},
  ];
  for (const name of Object.keys(outer.to)) {
    const told = looks.reduce(
      (all, {perSecond, intervalMs}) => all + ((perSecond[name] ?? NaN) * intervalMs) / 1000,
      0,
    );
    // Rates are rounded to hundredths, intervals to milliseconds.
    const rounded = 2 + told * 0.002;
    const least = (inner.to[name] ?? NaN) - (inner.from[name] ?? NaN);
    const most = (outer.to[name] ?? NaN) - (outer.from[name] ?? NaN);
    expect(told, `${name} at least`).toBeGreaterThanOrEqual(least - rounded);
    expect(told, `${name} at most`).toBeLessThanOrEqual(most + rounded);
    expect(most, `${name} grew`).toBeGreaterThan(name === 'blocksRead' ? -1 : 0);
  }
  expect(Object.keys(outer.to)).toHaveLength(10);
});

test('what this program itself asks is no session of a client', async () => {
  const stateOf = async (application: string) => {
    const client = await connected({application_name: application});
    await client.query('begin');
    const {json} = await cliJson<Told>(['top', ...place()], {env: release.env});
    await client.end();
    return json.sessions.states['idle in transaction'] ?? 0;
  };
  expect(await stateOf('shop')).toBe(1);
  expect(await stateOf('pg-helm-install')).toBe(0);
});

test('who waits for whom is told, and what is cancelled or ended has ended, and nothing else', async () => {
  const [holder, waiter, asker] = await Promise.all([connected(), connected(), connected()]);
  const pids = await Promise.all(
    [holder, waiter].map(
      async (one) => (await one.query<{pid: number}>('select pg_backend_pid() as pid')).rows[0]?.pid,
    ),
  );
  onTestFinished(async () => void (await Promise.allSettled([holder.end(), waiter.end(), asker.end()])));
  await holder.query('begin');
  await holder.query('update locked set n = 2');
  const waits = waiter.query('update locked set n = 3').then(
    () => 'done',
    (error: {code?: string}) => error.code,
  );
  const isWaiting = () =>
    asker
      .query<{count: string}>("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
      .then(({rows}) => rows[0]?.count);
  await waitFor('the lock', isWaiting, (count) => count === '1');

  const {json} = await cliJson<Told>(['top', ...place()], {env: release.env});
  expect(json.waiting).toEqual([expect.objectContaining({pid: pids[1], waitsFor: [pids[0]]})]);
  expect(json.sessions.states).toMatchObject({'idle in transaction': 1});
  expect(json.longestTransactionMs).toBeGreaterThan(0);

  const end = (flag: string, pid: number | undefined) =>
    cliJson<{ended: string}>(['top', ...place(), flag, String(pid), '--yes'], {env: release.env});
  expect(await end('--cancel', pids[1])).toMatchObject({code: 0, json: {outcome: 'succeeded', ended: 'asked'}});
  // query_canceled
  expect(await waits).toBe('57014');
  expect((await waiter.query('select 1')).rowCount).toBe(1);
  expect(await end('--terminate', pids[0])).toMatchObject({code: 0, json: {ended: 'asked'}});
  await expect(holder.query('commit')).rejects.toThrow();
  expect((await asker.query('select n from locked')).rows).toEqual([{n: 1}]);
  const again = await end('--terminate', pids[0]);
  expect(again).toMatchObject({code: 2, json: {cause: {code: 'BAD_INPUT'}}});
});

test('where nothing may be changed it looks, and ends nothing', async () => {
  const env = {...release.env, PGHI_READ_ONLY: '1'};
  const {code, stdout} = await cli(['top', ...place(), '--count', '1'], {env});
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}\d+ of \d+ sessions(: [^;]*)?; transactions \S+\/s; .*; disk/);
  const refused = await cliJson(['top', ...place(), '--terminate', '1', '--yes'], {env});
  expect(refused).toMatchObject({code: 3, json: {outcome: 'refused', cause: {code: 'READ_ONLY'}}});
});
