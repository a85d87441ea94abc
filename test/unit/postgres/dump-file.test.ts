// A dump on its way into a file: either all of it is there under its name, or nothing is.
import {chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {dumpAt, writeDump, type DumpRequest} from '../../../source/postgres/dump-file.ts';

const body = [
  'CREATE ROLE postgres;',
  "ALTER ROLE postgres WITH LOGIN PASSWORD 'old';",
  '\\connect template1',
  'COPY t FROM stdin;',
  '1',
  '\\.',
];
const end = ['--', '-- PostgreSQL database cluster dump complete', '--', '', ''];
const header = {release: 'orders', namespace: 'team-a', madeAt: '2026-01-02T03:04:05.000Z'};
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pghi-dump-file-'));
  path = join(folder, 'orders.sql');
});

const saying =
  (text: string, exitCode: number | null = 0, stderr = ''): DumpRequest['run'] =>
  async (_command, _stdin, onOutput) => {
    for (const piece of text.match(/[^]{1,7}/g) ?? []) await onOutput(Buffer.from(piece));
    return {exitCode, stderr};
  };

function write(run: DumpRequest['run'], rest: Partial<DumpRequest> = {}) {
  return writeDump({
    path,
    replace: false,
    header,
    adminPassword: 'the admin password',
    ownRoles: ['postgres'],
    run,
    onBytes: () => undefined,
    signal: new AbortController().signal,
    ...rest,
  });
}

test('a whole one: for its owner only, under its name, with all its bytes', async () => {
  const told: number[] = [];
  const {bytes} = await write(saying([...body, ...end].join('\n')), {onBytes: (so) => void told.push(so)});
  const text = readFileSync(path, 'utf8');
  expect(text).toContain('COPY t FROM stdin;\n1\n\\.\n');
  expect(text).not.toContain("'old'");
  expect({
    size: statSync(path).size,
    mode: statSync(path).mode & 0o777,
    files: readdirSync(folder),
    last: told.at(-1),
  }).toEqual({size: bytes, mode: 0o600, files: ['orders.sql'], last: bytes});
  expect(await dumpAt(path)).toEqual({kind: 'dump', ...header, whole: true, bytes});
});

describe('nothing is left under any name', () => {
  test.each<[string, DumpRequest['run'], RegExp]>([
    [
      'it ends badly',
      saying([...body, ...end].join('\n'), 1, 'pg_dump: error: query failed\nthe admin password'),
      /ended with 1/,
    ],
    ['the cluster does not say how it ended', saying([...body, ...end].join('\n'), null), /no end/],
    ['there is no pg_dumpall', saying('', 127), /no pg_dumpall/],
    ['it ends well before its end', saying(body.join('\n')), /no end/],
    ['the connection breaks off', () => Promise.reject(new Error('socket hang up')), /broke off/],
  ])('%s', async (_, run, words) => {
    const error = await write(run).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({reason: {code: 'DUMP_FAILED', message: expect.stringMatching(words) as string}});
    expect(JSON.stringify(error)).not.toContain('the admin password');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('it is stopped', async () => {
    const stop = new AbortController();
    const run: DumpRequest['run'] = async (_command, _stdin, onOutput) => {
      await onOutput(Buffer.from('half'));
      stop.abort();
      throw new Error('aborted');
    };
    await expect(write(run, {signal: stop.signal})).rejects.toMatchObject({reason: {code: 'CANCELLED'}});
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('what came into being meanwhile is not written over, unless it is to give way', async () => {
  const meanwhile: DumpRequest['run'] = async (...args) => {
    writeFileSync(path, 'precious');
    return saying([...body, ...end].join('\n'))(...args);
  };
  await expect(write(meanwhile)).rejects.toMatchObject({
    reason: {message: expect.stringContaining('meanwhile') as string},
  });
  expect({files: readdirSync(folder), text: readFileSync(path, 'utf8')}).toEqual({
    files: ['orders.sql'],
    text: 'precious',
  });
  await write(meanwhile, {replace: true});
  expect(readFileSync(path, 'utf8')).toContain('COPY t');
});

test('the half that a killed run left does not stand in the way', async () => {
  writeFileSync(`${path}.partial`, 'half');
  await write(saying([...body, ...end].join('\n')));
  expect(readdirSync(folder)).toEqual(['orders.sql']);
});

test('what is at a path', async () => {
  expect(await dumpAt(path)).toEqual({kind: 'none'});
  expect(await dumpAt(join(folder, 'absent', 'orders.sql'))).toMatchObject({
    kind: 'unwritable',
    why: expect.stringContaining('does not exist') as string,
  });
  expect(await dumpAt(folder)).toEqual({kind: 'other'});
  expect(await dumpAt('/dev/null')).toEqual({kind: 'other'});
  writeFileSync(path, 'select 1;');
  expect(await dumpAt(path)).toEqual({kind: 'other'});
  expect(await dumpAt(join(path, 'below'))).toMatchObject({kind: 'unwritable'});
  chmodSync(path, 0o600);
  writeFileSync(path, '-- pg-helm-install dump/v1 {"release":"orders","namespace":"team-a","madeAt":"2026"}\nhalf');
  expect(await dumpAt(path)).toMatchObject({kind: 'dump', whole: false});
});
