import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {keywords, targetOf} from '../../../source/kubelet/psql/conninfo.ts';
import {parseOptions, PsqlUsage, type PsqlOptions} from '../../../source/kubelet/psql/options.ts';
import {passwordIn} from '../../../source/kubelet/psql/password-file.ts';
import {Rows} from '../../../source/kubelet/psql/rows.ts';
import {connectWords, splitScript, withVariables} from '../../../source/kubelet/psql/statements.ts';
import {tableText} from '../../../source/kubelet/psql/table.ts';

/** As a client writes it. PostgreSQL manual, 32.1.1.1. */
const conninfoValue = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;

const options = (...words: string[]) => parseOptions(words) as PsqlOptions;

describe('the command line', () => {
  test('flags stand together, values beside or behind', () => {
    expect(
      options(
        '-XqAt',
        '-F',
        ',',
        '-Uapp',
        '-d',
        'shop',
        '-h',
        'h',
        '-p5433',
        '-c',
        'select 1',
        '-f',
        'x.sql',
        '--command=\\q',
        '-v',
        'ON_ERROR_STOP=1',
        '-v',
        'a=b=c',
      ),
    ).toMatchObject({
      quiet: true,
      user: 'app',
      database: 'shop',
      host: 'h',
      port: '5433',
      conninfo: null,
      format: {aligned: false, tuplesOnly: true, separator: ','},
      actions: [
        {kind: 'command', text: 'select 1'},
        {kind: 'file', path: 'x.sql'},
        {kind: 'command', text: '\\q'},
      ],
      variables: {ON_ERROR_STOP: '1', a: 'b=c'},
    });
    expect(options('shop', 'app')).toMatchObject({database: 'shop', user: 'app'});
    expect(options('-W').password).toBe('ask');
    expect(options('-w').password).toBe('never');
    expect(options('-d', 'host=x dbname=y')).toMatchObject({conninfo: 'host=x dbname=y', database: null});
  });

  test("what it does not know is refused in psql's words", () => {
    expect(() => parseOptions(['-Z'])).toThrow(new PsqlUsage("psql: invalid option -- 'Z'"));
    expect(() => parseOptions(['--nonsense'])).toThrow(new PsqlUsage("psql: unrecognized option '--nonsense'"));
    expect(() => parseOptions(['-c'])).toThrow(new PsqlUsage("psql: option requires an argument -- 'c'"));
  });
});

describe('a conninfo', () => {
  test("the product's own quoting is read back, whatever the value", () => {
    const value = fc.string().filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(value, value, (user, password) => {
        expect(keywords(`user=${conninfoValue(user)} password=${conninfoValue(password)} port=1`)).toEqual({
          user,
          password,
          port: '1',
        });
      }),
    );
  });

  test('string over options over environment', () => {
    expect(
      targetOf(options('-h', 'option', '-d', 'host=string user=u'), {
        PGHOST: 'environment',
        PGPORT: '77',
        PGPASSWORD: 'x',
      }),
    ).toMatchObject({host: 'string', port: 77, user: 'u', database: 'u', password: 'x', sslmode: 'prefer'});
    expect(targetOf(options('-d', 'postgresql://a:b%40@h:1/d?sslmode=require'), {})).toMatchObject({
      host: 'h',
      port: 1,
      user: 'a',
      password: 'b@',
      database: 'd',
      sslmode: 'require',
    });
    const address = 'hostaddr=10.0.0.1';
    expect(targetOf(options('-d', `host=h ${address}`), {})).toMatchObject({host: '10.0.0.1', certificateName: 'h'});
    expect(targetOf(options('-d', address), {})).toMatchObject({host: '10.0.0.1', certificateName: '10.0.0.1'});
    expect(() => targetOf(options('-p', 'x'), {})).toThrow('invalid integer value "x" for connection option "port"');
    expect(() => keywords('host')).toThrow('missing "=" after "host" in connection info string');
  });
});

describe('a file with passwords', () => {
  const target = {host: 'h', port: 5432, database: 'd', user: 'u'};
  test.each([
    ['h:5432:d:u:secret', 'secret'],
    ['#h:5432:d:u:no\nother:*:*:*:no\nh:*:*:u:a\\:b\\\\c\n*:*:*:*:late', 'a:b\\c'],
    ['h:5432:d:somebody:no', null],
    ['', null],
  ])('%j: the first line that fits', (file, password) => expect(passwordIn(file, target)).toBe(password));
  test('a socket is localhost', () => expect(passwordIn('localhost:*:*:*:x', {...target, host: ''})).toBe('x'));
});

describe('the rows of a COPY', () => {
  const line = fc
    .array(fc.constantFrom('a', 'ä', '\\', '.', '\t', ';'))
    .map((all) => all.join(''))
    .filter((one) => one !== '\\.');
  test('end at their mark, wherever the script is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(line), fc.array(fc.nat(40)), async (rows, behind, cuts) => {
        const after = behind.join('\n');
        let left = `${rows.map((row) => `${row}\n`).join('')}\\.\n${after}`;
        const more = async () => {
          if (left === '') return null;
          const piece = left.slice(0, (cuts.shift() ?? 40) + 1);
          left = left.slice(piece.length);
          return piece;
        };
        const read = new Rows('', more);
        const all: Buffer[] = [];
        for await (const piece of read.all()) all.push(piece);
        expect(Buffer.concat(all).toString()).toBe(rows.map((row) => `${row}\n`).join(''));
        expect(read.left + left).toBe(after);
        expect(read.lines).toBe(rows.length + 1);
      }),
    );
  });

  test('are no statements, and what stands behind them is', () => {
    expect(splitScript('select 1;\ncopy t (a) from stdin;\n1;2\n\\.\nselect 2;', true)).toEqual({
      parts: [
        {kind: 'sql', text: 'select 1;', line: 1},
        {kind: 'copy', text: 'copy t (a) from stdin;', line: 2},
      ],
      rest: '1;2\n\\.\nselect 2;',
    });
    expect(splitScript('copy t from stdin;', false)).toEqual({parts: [], rest: 'copy t from stdin;'});
    expect(splitScript("copy t from '/a/file'; copy t to stdout;", true).parts.map(({kind}) => kind)).toEqual([
      'sql',
      'sql',
    ]);
  });
});

test.each([
  ['\\connect shop app', ['shop', 'app']],
  [`\\connect -reuse-previous=on "dbname='a b'"`, ["dbname='a b'"]],
  ['\\c "it""s" -', ['it"s', '-']],
])('%s', (text, words) => expect(connectWords(text)).toEqual(words));

describe('a script', () => {
  test.each([
    ['select 1; select 2', ['select 1;', 'select 2']],
    ['select \';\'; select ";"', ["select ';';", 'select ";"']],
    ["select 'it''s;'; x;", ["select 'it''s;';", 'x;']],
    ["select E'\\';'; y;", ["select E'\\';';", 'y;']],
    ['do $$ begin; end $$; do $a$ $$;$a$;', ['do $$ begin; end $$;', 'do $a$ $$;$a$;']],
    ['-- a;\nselect 1 /* ; /* ; */ */;', ['-- a;\nselect 1 /* ; /* ; */ */;']],
    ['\\timing on\nselect 1;\n\\q\n', ['\\timing on', 'select 1;', '\\q']],
    ['select 1 -- nothing behind', ['select 1 -- nothing behind']],
    ['-- only a comment', []],
    [
      'create function f() returns int begin atomic select case when true then 1 end; select 2; end; x;',
      ['create function f() returns int begin atomic select case when true then 1 end; select 2; end;', 'x;'],
    ],
    ['begin; end; x;', ['begin;', 'end;', 'x;']],
    [
      'create rule r as on insert to t do (select 1; select 2);',
      ['create rule r as on insert to t do (select 1; select 2);'],
    ],
  ])('%s', (script, parts) => {
    expect(splitScript(script, true).parts.map(({text}) => text)).toEqual(parts);
  });

  test('cut anywhere, it comes out the same', () => {
    const script = "select 1;\n\\timing on\nselect 'a;b'; do $$ x; $$;\n-- c;\nselect 2;\n";
    const whole = splitScript(script, true).parts.map(({text}) => text);
    fc.assert(
      fc.property(fc.integer({min: 0, max: script.length}), (at) => {
        const first = splitScript(script.slice(0, at), false);
        const second = splitScript(first.rest + script.slice(at), true);
        expect([...first.parts, ...second.parts].map(({text}) => text)).toEqual(whole);
      }),
    );
  });

  test('variables are put in outside of quotes', () => {
    expect(withVariables(`select :a, :'a', :"a", ':a', x::int, :b`, {a: 'o\'"k'})).toBe(
      `select o'"k, 'o''"k', "o'""k", ':a', x::int, :b`,
    );
  });
});

test('tables as psql prints them', () => {
  const rows = {
    columns: [
      {name: 'id', dataTypeID: 23},
      {name: 'name', dataTypeID: 25},
    ],
    rows: [
      ['1', 'one'],
      ['22', null],
    ],
  };
  const {format} = options();
  expect(tableText(rows, format)).toBe(' id | name \n----+------\n  1 | one\n 22 | \n(2 rows)\n\n');
  expect(tableText(rows, {...format, aligned: false})).toBe('id|name\n1|one\n22|\n(2 rows)\n');
  expect(tableText(rows, {...format, aligned: false, tuplesOnly: true})).toBe('1|one\n22|\n');
  expect(tableText(rows, {...format, expanded: true})).toBe(
    '-[ RECORD 1 ]\nid   | 1\nname | one\n-[ RECORD 2 ]\nid   | 22\nname | \n\n',
  );
  expect(tableText(rows, {...format, csv: true})).toBe('id,name\n1,one\n22,\n');
  expect(tableText({...rows, rows: []}, format)).toBe(' id | name \n----+------\n(0 rows)\n\n');
});
