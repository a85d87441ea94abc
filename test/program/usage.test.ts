// Wrong usage: exit 2, in words on stderr or as data on stdout, before any cluster is asked.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {cli, cliJson} from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'pghi-usage-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
/** No usage error needs a cluster: there is none. */
const env = {KUBECONFIG: join(folder, 'no-such-kubeconfig')};
const install = ['install', 'orders', '--yes'];

interface Refusal {
  readonly schema: string;
  readonly outcome: string;
  readonly cause: {readonly code: string; readonly message: string};
}

const wrong: readonly (readonly [name: string, args: readonly string[], says: RegExp])[] = [
  ['no command', [], /^No command was given\.$/],
  ['a flag before the command', ['-n', 'team-a', 'list'], /^The command comes first, its flags after it\.$/],
  ['a command that there is not', ['instal'], /^Unknown command 'instal'\. \(Did you mean install\?\)$/],
  [
    'a flag that there is not',
    ['install', 'orders', '--storage', '5Gi'],
    /^Unknown option '--storage'\.( \(Did you mean --storage-size\?\))?$/,
  ],
  [
    'one argument too many',
    ['status', 'orders', 'invoices'],
    /^Too many arguments for 'status'\. Expected 1 argument but got 2\.$/,
  ],
  // The argument is not repeated, because it may be a password, as it is here.
  ['a password as an argument', ['status', 'orders', 'hunter2'], /^Too many arguments for 'status'\. .* got 2\.$/],
  [
    'a password',
    ['install', 'orders', '--password', 'hunter2'],
    /there is no --password\. Use --password-file, --password-stdin or the variable PGHI_PASSWORD\.$/,
  ],
  ['a password in one word', ['install', 'orders', '--password=hunter2'], /there is no --password\./],
  [
    'no --yes where nobody can be asked',
    ['install', 'orders'],
    /there is no terminal to ask on\. Add --yes to go ahead, or --dry-run/,
  ],
  ['no --yes for uninstall', ['uninstall', 'orders'], /Add --yes/],
  ['no --yes for recover', ['recover', 'orders'], /Add --yes/],
  ['--delete-data without --confirm', ['uninstall', 'orders', '--yes', '--delete-data'], /--confirm orders$/],
  [
    '--confirm of another name',
    ['uninstall', 'orders', '--yes', '--delete-data', '--confirm', 'invoices'],
    /^--confirm: "invoices" is not/,
  ],
  ['no release', ['install', '--yes'], /^Which release\? Its name comes after the command/],
  ['a release name that cannot be', ['install', 'Orders', '--yes'], /^The release name Orders: /],
  ['an output format', ['list', '--output', 'yaml'], /^--output: "yaml" is none of text, json, ndjson\.$/],
  ['a storage size', [...install, '--storage-size', '20GB'], /^--storage-size: .*20GB/],
  [
    'too many readers',
    [...install, '--read-replicas', '16'],
    /^--read-replicas: "16" is not a number of readers\. Use a whole number from 0 to 15\.$/,
  ],
  ['a memory that is too small', [...install, '--memory', '64Mi'], /^--memory: .*256Mi/],
  [
    'an exposure',
    [...install, '--exposure', 'public'],
    /^--exposure: "public" is none of cluster, load-balancer, node-port\.$/,
  ],
  [
    'two ways to let clients in',
    [...install, '--exposure', 'load-balancer', '--internal', '--allow-public'],
    /^--internal and --allow-public exclude each other/,
  ],
  ['an image source', [...install, '--image-source', 'bitnami'], /^--image-source: /],
  ['the replication user', [...install, '--username', 'repl_user'], /^--username: .*repl_user/],
  [
    'two places for the password',
    [...install, '--password-stdin', '--password-file', file('good', 'a good password')],
    /exclude each other/,
  ],
  [
    'a password file that is not there',
    [...install, '--password-file', join(folder, 'none')],
    /^--password-file: .*cannot be read \(ENOENT\)\.$/,
  ],
  [
    'a short password',
    [...install, '--password-file', file('short', 'hunter2\n')],
    /^--password-file: The password has 7 of at least 12 characters\. .*--allow-weak-password\.$/,
  ],
  [
    'an answers file that is not there',
    [...install, '--answers', join(folder, 'none')],
    /^--answers: .*cannot be read \(ENOENT\)\.$/,
  ],
  [
    'an answers file with a password',
    [...install, '--answers', file('a.yaml', 'schema: pg-helm-install/answers/v1\nparameters: {password: hunter2}\n')],
    /password/,
  ],
  ...[
    '--chart',
    '--chart-version',
    '--namespace',
    '--context',
    '--kubeconfig',
    '--answers',
    '--save-answers',
    '--timeout',
  ].map((flag): [string, string[], RegExp] => [
    `an empty ${flag}`,
    [...install, `${flag}=`],
    new RegExp(`^${flag}: it is empty\\.$`),
  ]),
  ['an empty file of values', [...install, '--values', ''], /^--values: it is empty\.$/],
  [
    'a storage size beyond what Kubernetes counts',
    [...install, '--storage-size', '8Ei'],
    /^--storage-size: 8Ei is too much\. Kubernetes counts less than 8Ei\.$/,
  ],
  [
    'values that go in a circle',
    [...install, '--values', file('circle.yaml', 'primary: &x {a: *x}\n')],
    /its aliases lead nowhere\. Write out what they stand for\.$/,
  ],
  ['values of the installer', [...install, '--values', file('v.yaml', 'auth: {username: me}\n')], /auth\.username/],
  ['a role', ['endpoints', 'orders', '--role', 'primary'], /^--role: "primary" is neither writer nor reader\.$/],
  [
    'a format',
    ['endpoints', 'orders', '--format', 'xml'],
    /^--format: "xml" is none of uri, psql, env, jdbc, dotnet\.$/,
  ],
  ['a number of lines', ['logs', 'orders', '--tail', 'many'], /^--tail: use a whole number from 1\.$/],
  [
    'a port',
    ['connect', 'orders', '--forward', '70000'],
    /^--forward: "70000" is not a port\. Use a number from 0 to 65535\.$/,
  ],
  ['psql without a terminal', ['connect', 'orders'], /^psql needs a terminal\./],
  ...['soon', '0', '-5m', '10', '9d', '1e3s', '10m5s'].flatMap((text): [string, string[], RegExp][] =>
    text === '10'
      ? []
      : [
          [
            `the duration ${text}`,
            [...install, `--timeout=${text}`],
            /^--timeout: ".*" is not a duration\. Use one such as 90s, 10m or 1h\.$/,
          ],
        ],
  ),
  ...[['--topology-key', 'zone'], ['--archive-to', 's3://x'], ['--log-shipping']].map(
    (flag): [string, string[], RegExp] => [
      `${flag[0]}, which does not exist`,
      [...install, ...flag],
      new RegExp(`^Unknown option '${flag[0]}'\\.`),
    ],
  ),
];

describe('is refused with --output json', () => {
  it.each(wrong)('%s', async (_name, args, says) => {
    const already = args.includes('--output') ? cli(args, {env}) : null;
    if (already) return expect((await already).code).toBe(2);
    const {code, json, stderr} = await cliJson<Refusal>(args, {env});
    expect(json.cause.message).toMatch(says);
    expect(json).toMatchObject({schema: 'pg-helm-install/v1', outcome: 'refused', cause: {code: 'BAD_INPUT'}});
    expect({code, stderr}).toEqual({code: 2, stderr: ''});
    expect(JSON.stringify(json)).not.toContain('hunter2');
  });
});

it.each([
  [['--version', '--output', 'json'], {operation: 'version', version: expect.stringMatching(/^\d+\.\d+\.\d+/)}],
  [['install', '--help', '--output', 'json'], {operation: 'help', help: expect.stringContaining('--storage-size')}],
])('what says something about the program is data too: %j', async (args, said) => {
  const {code, stdout} = await cli(args, {env});
  expect(JSON.parse(stdout)).toEqual({schema: 'pg-helm-install/v1', outcome: 'succeeded', ...said});
  expect(code).toBe(0);
});

it('a flag without its value', async () => {
  const {code, stderr} = await cli(['install', 'orders', '--storage-size'], {env});
  expect(stderr).toMatch(/^✖ BAD_INPUT {2}Option '--storage-size <quantity>' argument missing\.\n/);
  expect(code).toBe(2);
});

describe('is refused in words', () => {
  it.each(wrong.filter((_, index) => index % 5 === 0))('%s', async (_name, args) => {
    const {code, stdout, stderr} = await cli(args, {env});
    expect({code, stdout}).toEqual({code: 2, stdout: ''});
    expect(stderr).toMatch(/^✖ BAD_INPUT {2}\S.*\n/);
    expect(stderr).not.toMatch(/^\s+at |node:internal|\.js:\d|!\n/m);
  });

  it('with ASCII signs where the locale is not UTF-8', async () => {
    const {stderr} = await cli(['instal'], {env: {...env, LANG: 'C'}});
    expect(stderr).toMatch(/^x BAD_INPUT {2}Unknown command/);
    const long = await cli(['x'.repeat(5000)], {env: {...env, LANG: 'C'}});
    expect(long.stderr).toContain(`${'x'.repeat(30)}... (5003 characters)`);
    expect(long.stderr).not.toMatch(/[^\u0000-\u007f]/);
  });

  it('names what there is, to be pasted', async () => {
    const {stderr} = await cli(['instal'], {env});
    expect(stderr.split('\n').slice(1)).toEqual(['  1. See what there is', '     pg-helm-install --help', '']);
  });
});

it.each([['--output=ndjson'], ['--output', 'ndjson'], ['-ondjson'], ['-o', 'ndjson']])(
  'is one line of type result with %s %s',
  async (...flag) => {
    const {code, stdout} = await cli(['install', 'orders', '--nonsense', ...flag], {env});
    expect(code).toBe(2);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(stdout)).toMatchObject({type: 'result', outcome: 'refused', cause: {code: 'BAD_INPUT'}});
  },
);

it.each([
  ['PGHI_STORAGE_SIZE', 'big', /^PGHI_STORAGE_SIZE: /],
  ['PGHI_STORRAGE_SIZE', '5Gi', /^PGHI_STORRAGE_SIZE is not a variable of pg-helm-install\./],
  ['PGHI_TOPOLOGY_KEY', 'zone', /^PGHI_TOPOLOGY_KEY is not a variable of pg-helm-install\./],
])('is told of the environment too: %s=%s', async (name, value, says) => {
  const {code, json} = await cliJson<Refusal>(install, {env: {...env, [name]: value}});
  expect(json.cause.message).toMatch(says);
  expect(code).toBe(2);
});

it('never repeats the password of the environment', async () => {
  const {code, stdout, stderr} = await cli([...install, '--output', 'json'], {env: {...env, PGHI_PASSWORD: 'hunter2'}});
  expect(code).toBe(2);
  expect(stdout).toContain('PGHI_PASSWORD: The password has 7 of at least 12 characters.');
  expect(stdout + stderr).not.toContain('hunter2');
});

it('takes a duration without a unit for seconds, and goes on to the cluster', async () => {
  const {json} = await cliJson<Refusal>([...install, '--timeout', '10'], {env});
  expect(json.cause.code).toBe('CLUSTER_UNREACHABLE');
});
