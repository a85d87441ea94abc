// Answers recorded from kubectl exec on Kubernetes 1.34, chart 16.7.26, psql 17.
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {proveInCluster, type ProveInCluster} from '../../../source/postgres/prove-in-cluster.ts';
import type {Exec, ExecResult} from '../../../source/postgres/psql.ts';

const prompt = 'Password: \n';
const ended = (code: number) => `command terminated with exit code ${code}\n`;
const refusedBy = (words: string): ExecResult => ({
  exitCode: 2,
  stdout: '',
  stderr:
    `${prompt}psql: error: connection to server at "orders-postgresql-primary" (10.96.241.233), port 5432 failed: ` +
    `${words}\n${ended(2)}`,
});
const recorded = {
  writer: {
    exitCode: 0,
    stdout:
      'f|17.12 (Debian 17.12-0+deb13u1)\nTime: 1.025 ' +
      'ms\nsystem_identifier|7713308882125799452\n10.244.2.2|streaming|0|4|async\n',
    stderr: `${prompt}Password for user postgres: \n`,
  },
  noStreams: {exitCode: 0, stdout: 'f|17.12 (Debian 17.12-0+deb13u1)\nTime: 0.720 ms\n', stderr: prompt},
  reader: {exitCode: 0, stdout: 't|17.6\nTime: 1234.567 ms (00:01.235)\n', stderr: prompt},
  adminRefused: {
    exitCode: 1,
    stdout: 'f|17.12 (Debian 17.12-0+deb13u1)\nTime: 0.767 ms\n',
    stderr:
      `${prompt}Password for user postgres: \n\\connect: connection to server at "10.96.241.233", port 5432 ` +
      `failed: FATAL:  password authentication failed for user "postgres"\n${ended(1)}`,
  },
  unknownHost: {
    exitCode: 2,
    stdout: '',
    stderr:
      `${prompt}psql: error: could not translate host name "nowhere" to address: Temporary failure in name ` +
      `resolution\n${ended(2)}`,
  },
} satisfies Record<string, ExecResult>;

interface Call {
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin: string;
}

const podsAt = (byAddress: Readonly<Record<string, string>>) => ({
  byAddress,
  writer: null,
  readers: [],
  isProxied: false,
});

async function ask(answer: ExecResult | Error, more: Partial<ProveInCluster> = {}) {
  const calls: Call[] = [];
  const exec: Exec = (pod, container, command, stdin) => {
    calls.push({pod, container, command, stdin});
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const proven = await proveInCluster({
    role: 'writer',
    exec,
    sslmode: 'prefer',
    pod: 'orders-postgresql-read-0',
    container: 'postgresql',
    host: 'orders-postgresql-primary',
    port: 5432,
    username: 'app',
    database: 'appdb',
    password: 'correct horse',
    replication: {adminPassword: 'battery staple', streamingPods: podsAt({'10.244.2.2': 'orders-postgresql-read-0'})},
    timeoutMs: 6000,
    ...more,
  });
  return {...proven, result: proven.endpoint.result, calls};
}

describe('what psql answers', () => {
  test('the writer with its streams, in one exec', async () => {
    const {endpoint, replication, calls} = await ask(recorded.writer);
    expect(calls).toHaveLength(1);
    expect(endpoint).toEqual({
      kind: 'endpoint',
      role: 'writer',
      from: 'cluster',
      at: expect.any(Number),
      result: {
        answered: true,
        inRecovery: false,
        serverVersion: '17.12',
        latencyMs: 1,
        systemIdentifier: '7713308882125799452',
      },
    });
    expect(replication?.streams).toEqual([
      {pod: 'orders-postgresql-read-0', state: 'streaming', lagBytes: 0, lagMs: 4, sync: 'async'},
    ]);
  });

  test('a reader; a slow query is in milliseconds too', async () => {
    const {result, replication} = await ask(recorded.reader, {role: 'reader', replication: null});
    expect(result).toEqual({
      answered: true,
      inRecovery: true,
      serverVersion: '17.6',
      latencyMs: 1234.6,
      systemIdentifier: null,
    });
    expect(replication).toBeNull();
  });

  test('no streams is an answer, a refused superuser is none and leaves the endpoint proven', async () => {
    expect((await ask(recorded.noStreams)).replication).toMatchObject({streams: []});
    expect(await ask(recorded.adminRefused)).toMatchObject({result: {answered: true}, replication: null});
  });
});

describe('why psql has none', () => {
  test.each<[string, ExecResult, string, RegExp]>([
    [
      'wrong password',
      refusedBy('FATAL:  password authentication failed for user "app"'),
      'password',
      /^connection to server .* user "app"$/,
    ],
    ['starting', refusedBy('FATAL:  the database system is starting up'), 'starting', /starting up$/],
    [
      'reader not yet consistent',
      refusedBy(
        'FATAL:  the database system is not yet accepting connections\nDETAIL:  Consistent recovery state has ' +
          'not been yet reached.',
      ),
      'starting',
      /not yet accepting/,
    ],
    [
      'refused',
      refusedBy('Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?'),
      'unreachable',
      /Connection refused Is/,
    ],
    ['silence', refusedBy('timeout expired'), 'unreachable', /timeout expired$/],
    ['no such name', recorded.unknownHost, 'unreachable', /^could not translate/],
    ['no such database', refusedBy('FATAL:  database "appdb" does not exist'), 'other', /does not exist$/],
    ['cut off', {exitCode: null, stdout: '', stderr: prompt}, 'unreachable', /no answer in 6000 ms/],
    [
      'refused, without an exit code',
      {...refusedBy('Connection refused'), exitCode: null},
      'unreachable',
      /Connection refused$/,
    ],
    [
      'no psql',
      {exitCode: 127, stdout: '', stderr: `sh: 1: exec: psql: not found\n${ended(127)}`},
      'other',
      /holds no psql/,
    ],
    ['killed without a word', {exitCode: 137, stdout: '', stderr: prompt + ended(137)}, 'other', /ended with 137/],
  ])('%s', async (_, answer, reason, text) => {
    const {result, replication} = await ask(answer);
    expect(result).toEqual({answered: false, reason, text: expect.stringMatching(text)});
    expect(replication).toBeNull();
  });

  test('an exec that cannot be made is not thrown', async () => {
    const {result} = await ask(new Error('pods "orders-postgresql-read-0" is forbidden'));
    expect(result).toEqual({answered: false, reason: 'other', text: expect.stringContaining('is forbidden')});
  });
});

describe('passwords', () => {
  const password = fc.string({unit: 'grapheme', minLength: 12, maxLength: 40}).filter((text) => !/[\0\n\r]/.test(text));

  test('go to standard input, a line each, and never into the command', async () => {
    await fc.assert(
      fc.asyncProperty(password, password, async (user, admin) => {
        const {calls} = await ask(recorded.writer, {
          password: user,
          replication: {adminPassword: admin, streamingPods: podsAt({})},
        });
        expect(calls[0]?.stdin).toBe(`${user}\n${admin}\n`);
        expect(calls[0]?.command.join('\n')).not.toContain(user);
        expect(calls[0]?.command.join('\n')).not.toContain(admin);
      }),
    );
  });

  test('one that holds a line break is never sent', async () => {
    const {result, calls} = await ask(recorded.writer, {password: 'correct\nhorse'});
    expect(calls).toEqual([]);
    expect(result).toMatchObject({answered: false, reason: 'other'});
  });

  test('are not in the text, whatever is said', async () => {
    const {result} = await ask(refusedBy('FATAL:  correct  horse, battery staple'), {password: 'correct  horse'});
    expect(JSON.stringify(result)).not.toMatch(/correct +horse|battery staple/);
  });
});

describe('the command', () => {
  const command = async (more: Partial<ProveInCluster> = {}) =>
    (await ask(recorded.writer, more)).calls[0]?.command ?? [];

  test('asks for a second user only where there is one, and only on the writer', async () => {
    expect(await command()).toContain('\\connect postgres postgres');
    expect(await command({username: 'postgres'})).not.toContain('\\connect postgres postgres');
    expect((await command({replication: null})).join(' ')).not.toMatch(/connect postgres|pg_stat_replication/);
  });

  test('holds odd names in quotes that libpq undoes', async () => {
    const conninfo = (await command({username: "o'r b\\s", database: "x='y"})).find((word) => word.startsWith('host='));
    expect(conninfo).toContain("user='o\\'r b\\\\s' dbname='x=\\'y'");
  });

  test('gives up before the exec does', async () => {
    const timeoutOf = async (timeoutMs: number) =>
      /connect_timeout='(\d+)'/.exec((await command({timeoutMs})).join(' '))?.[1];
    expect([await timeoutOf(60_000), await timeoutOf(5000), await timeoutOf(500)]).toEqual(['5', '4', '2']);
  });

  test('hands nothing of an operator to the shell but arguments', async () => {
    const [shell, flag, script] = await command({username: '$(reboot)', database: '`reboot`', host: ';reboot'});
    expect([shell, flag]).toEqual(['sh', '-c']);
    expect(script).not.toContain('reboot');
  });
});
