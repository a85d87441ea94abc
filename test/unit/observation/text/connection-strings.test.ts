import {execFileSync} from 'node:child_process';
import fc from 'fast-check';
import {parse} from 'pg-connection-string';
import {describe, expect, test} from 'vitest';
import {
  conninfoValue,
  connectionString,
  formats,
  type Destination,
} from '../../../../source/observation/text/connection-strings.ts';

const plain: Destination = {host: 'a1b2.elb.example', port: 5432, username: 'app', database: 'appdb'};

/** Any identifier: no NUL, well-formed, not empty. */
const name = fc.string({unit: 'grapheme', minLength: 1, maxLength: 40}).filter((text) => !text.includes('\0'));
const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6().filter((address) => !address.includes('.')),
);
const destination = fc.record({host, port: fc.integer({min: 1, max: 65535}), username: name, database: name});

test('an ordinary endpoint in every notation, the password left out', () => {
  expect(Object.fromEntries(formats.map((format) => [format, connectionString(format, plain)]))).toEqual({
    uri: 'postgresql://app:PASSWORD@a1b2.elb.example:5432/appdb',
    psql: 'psql -h a1b2.elb.example -p 5432 -U app -d appdb',
    env: 'PGHOST=a1b2.elb.example\nPGPORT=5432\nPGUSER=app\nPGDATABASE=appdb',
    jdbc: 'jdbc:postgresql://a1b2.elb.example:5432/appdb?user=app&password=PASSWORD',
    dotnet: 'Host=a1b2.elb.example;Port=5432;Username=app;Password=PASSWORD;Database=appdb',
  });
});

test('masked: dots of one length, and never the word', () => {
  for (const format of ['uri', 'jdbc', 'dotnet'] as const) {
    const text = connectionString(format, plain, 'masked');
    expect(text).toContain('••••••••');
    expect(text).not.toContain('PASSWORD');
  }
});

test('given: every notation carries it', () => {
  for (const format of formats)
    expect(connectionString(format, plain, {password: 'correct-horse'})).toContain('correct-horse');
});

test('IPv6: brackets where a port follows in the same word, none elsewhere', () => {
  const to = {...plain, host: 'fe80::1%eth0'};
  expect(connectionString('uri', to)).toContain('@[fe80::1%25eth0]:5432/');
  expect(connectionString('jdbc', to)).toContain('//[fe80::1%25eth0]:5432/');
  expect(connectionString('psql', to)).toContain('-h fe80::1%eth0 ');
  expect(connectionString('dotnet', to)).toContain('Host=fe80::1%eth0;');
});

describe('read back', () => {
  test('URI, by pg-connection-string', () => {
    // It does not decode ? and # in a path (libpq does), and a URL has no path of dots alone or with control characters
    // at an end.
    const readable = (text: string) => !/[?#\\]|^[\s/]|[\s/]$|(^|\/)\.{1,2}(\/|$)/.test(text);
    fc.assert(
      fc.property(destination, name, (to, password) => {
        fc.pre(readable(to.database));
        const read = parse(connectionString('uri', to, {password}));
        expect(read).toMatchObject({user: to.username, password, database: to.database, port: String(to.port)});
        expect(new URL(`x://${bracketed(read.host ?? '')}`).hostname).toBe(
          new URL(`x://${bracketed(to.host)}`).hostname,
        );
      }),
    );
  });

  test('URI, character by character: what ends a name or a password is encoded', () => {
    fc.assert(
      fc.property(destination, name, (to, password) => {
        const parts = /^postgresql:\/\/([^:@/?#]*):([^:@/?#]*)@(\[[^\]]+\]|[^:/]+):(\d+)\/([^?#]*)$/.exec(
          connectionString('uri', to, {password}),
        );
        expect(parts?.slice(1).map(decodeURIComponent)).toEqual([
          to.username,
          password,
          bracketed(to.host),
          String(to.port),
          to.database,
        ]);
      }),
    );
  });

  test('JDBC, decoded as pgjdbc does: as a form', () => {
    fc.assert(
      fc.property(destination, name, (to, password) => {
        const parts = /^jdbc:postgresql:\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/([^?]*)\?(.*)$/.exec(
          connectionString('jdbc', to, {password}),
        );
        const [, readHost, readPort, database = '', query = ''] = parts ?? [];
        const form = new URLSearchParams(query);
        expect([readHost, readPort, [...new URLSearchParams(`x=${database}`).values()][0]]).toEqual([
          bracketed(to.host),
          String(to.port),
          to.database,
        ]);
        expect([...form]).toEqual([
          ['user', to.username],
          ['password', password],
        ]);
      }),
    );
  });

  test('.NET, by the rules of DbConnectionStringBuilder', () => {
    fc.assert(
      fc.property(destination, name, (to, password) => {
        expect(readDotnet(connectionString('dotnet', to, {password}))).toEqual({
          Host: to.host,
          Port: String(to.port),
          Username: to.username,
          Password: password,
          Database: to.database,
        });
      }),
    );
  });

  test('psql and env, by a shell', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(destination, name), {minLength: 1, maxLength: 15}), (cases) => {
        const script = cases
          .map(([to, password]) =>
            [
              'psql() { printf "%s\\0" "$PGPASSWORD" "$@"; }',
              connectionString('psql', to, {password}),
              connectionString('env', to, {password}),
              'printf "%s\\0" "$PGHOST" "$PGPORT" "$PGUSER" "$PGDATABASE" "$PGPASSWORD"',
            ].join('\n'),
          )
          .join('\n');
        const words = execFileSync('sh', ['-s'], {
          input: script,
          encoding: 'utf8',
          env: {PATH: process.env['PATH'] ?? ''},
        })
          .split('\0')
          .slice(0, -1);
        expect(words).toEqual(
          cases.flatMap(([to, password]) => {
            const isConninfo = /=|^postgres(ql)?:\/\//.test(to.database);
            const database = isConninfo ? `dbname=${conninfoValue(to.database)}` : to.database;
            return [
              password,
              '-h',
              to.host,
              '-p',
              String(to.port),
              '-U',
              to.username,
              '-d',
              database,
              to.host,
              String(to.port),
              to.username,
              to.database,
              password,
            ];
          }),
        );
      }),
      {numRuns: 10},
    );
  });

  test('a database whose name psql would take for a connection string', () => {
    expect(connectionString('psql', {...plain, database: "a='b\\"})).toBe(
      `psql -h a1b2.elb.example -p 5432 -U app -d 'dbname='\\''a=\\'\\''b\\\\'\\'''`,
    );
    expect(connectionString('psql', {...plain, database: 'postgres://x'})).toContain("dbname='\\''postgres://x'\\''");
  });
});

function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}

/** Bare until a semicolon, or in double quotes with inner ones doubled. */
function readDotnet(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const match = /^([A-Za-z]+)=(?:"((?:[^"]|"")*)"|([^";'\s=]*))(;|$)/.exec(rest);
    if (!match) throw new Error(`cannot be read from here: ${rest}`);
    const [all, key = '', quoted, bare = ''] = match;
    pairs[key] = quoted === undefined ? bare : quoted.replaceAll('""', '"');
    rest = rest.slice(all.length);
  }
  return pairs;
}

describe('with TLS', () => {
  const to = {host: 'db.example', port: 5432, username: 'app', database: 'appdb'};
  const file = '/tmp/orders ca.crt';
  test.each([
    ['uri', 'postgresql://app:PASSWORD@db.example:5432/appdb?sslmode=verify-full&sslrootcert=%2Ftmp%2Forders%20ca.crt'],
    ['psql', "PGSSLMODE=verify-full PGSSLROOTCERT='/tmp/orders ca.crt' psql -h db.example -p 5432 -U app -d appdb"],
    [
      'env',
      "PGSSLMODE=verify-full\nPGSSLROOTCERT='/tmp/orders ca.crt'\nPGHOST=db.example\nPGPORT=5432\nPGUSER=app\n" +
        'PGDATABASE=appdb',
    ],
    [
      'jdbc',
      'jdbc:postgresql://db.example:5432/appdb?user=app&password=PASSWORD&sslmode=verify-full&' +
        'sslrootcert=%2Ftmp%2Forders%20ca.crt',
    ],
    [
      'dotnet',
      'Host=db.example;Port=5432;Username=app;Password=PASSWORD;Database=appdb;SSL Mode=VerifyFull;' +
        'Root Certificate="/tmp/orders ca.crt"',
    ],
  ] as const)('%s says how to verify, or only that TLS is to be spoken', (format, text) => {
    expect(connectionString(format, to, 'placeholder', {authorityFile: file})).toBe(text);
    expect(connectionString(format, to, 'placeholder', {authorityFile: null})).toMatch(/(sslmode|SSL ?MODE)=require/i);
    expect(connectionString(format, to, 'placeholder', null)).toBe(connectionString(format, to));
  });
});
