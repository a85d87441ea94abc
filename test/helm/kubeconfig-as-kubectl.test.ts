// A kubeconfig is understood as kubectl understands it: the same server gets the same credentials of both, or neither
// asks it. helm reads it with kubectl's code.
import {execFile} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import type {IncomingHttpHeaders} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, beforeEach, expect, it} from 'vitest';
import {connect} from '../../source/cluster/connect.ts';
import {fakeApi, type FakeApi} from '../support/fakes/fake-api.ts';
import {kubectl} from '../support/paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'pghi-as-kubectl-'));
const base64 = (text: string) => Buffer.from(text).toString('base64');
let fake: FakeApi;
beforeAll(async () => {
  fake = await fakeApi({isSecure: true});
  writeFileSync(join(folder, 'token'), '  of-the-file\n');
  writeFileSync(join(folder, 'empty'), '\n');
  mkdirSync(join(folder, 'bin'));
  const plugin = join(folder, 'bin', 'plugin');
  writeFileSync(plugin, `#!/bin/sh\n${printing('{"token": "of-the-plugin"}')}\n`);
  chmodSync(plugin, 0o755);
});
beforeEach(() => void fake.asked.splice(0));
afterAll(() => fake.stop());

/** What identifies a user to the server, in the words of HTTP. */
function identity(headers: IncomingHttpHeaders): object {
  const named = Object.entries(headers).filter(([name]) => name === 'authorization' || name.startsWith('impersonate-'));
  return Object.fromEntries(named.map(([name, value]) => [name, String(value).split(', ').sort()]));
}

/** Who asked; null where nobody was asked. */
async function askedBy(ask: () => Promise<unknown>): Promise<object | null> {
  fake.asked.splice(0);
  await ask().catch(() => null);
  const [first] = fake.asked;
  return first === undefined ? null : identity(first.headers);
}

const v1 = 'client.authentication.k8s.io/v1';
const v1beta1 = 'client.authentication.k8s.io/v1beta1';
/** A shell command that prints this status as a credential. */
const printing = (status: string, apiVersion = v1) =>
  `printf '%s' '{"kind": "ExecCredential", "apiVersion": "${apiVersion}", "status": ${status}}'`;
const exec = (script: string, rest: object = {}) => ({
  exec: {apiVersion: v1, command: 'sh', args: ['-c', script], interactiveMode: 'IfAvailable', ...rest},
});
/** Gives its standard input and what it is told about its call, in base64, as the token. */
const telling = exec(
  'told=$(printf %s "$KUBERNETES_EXEC_INFO $VARIABLE $(cat)" | base64 | tr -d "\\n="); ' +
    `printf '%s' '{"kind": "ExecCredential", "apiVersion": "${v1}", "status": {"token": "'$told'"}}'`,
  {provideClusterInfo: true, env: [{name: 'VARIABLE', value: 'of mine'}]},
);
const refused = null;
it.each<[string, object, object | null]>([
  ['a token', {token: 'mine'}, {authorization: ['Bearer mine']}],
  ['a token in a file', {tokenFile: join(folder, 'token')}, {authorization: ['Bearer of-the-file']}],
  ['a token in a file beside the kubeconfig', {tokenFile: 'token'}, {authorization: ['Bearer of-the-file']}],
  ['a token file before a token', {tokenFile: 'token', token: 'mine'}, {authorization: ['Bearer of-the-file']}],
  ['a token where the file is gone', {tokenFile: 'none', token: 'mine'}, {authorization: ['Bearer mine']}],
  ['a token where the file is empty', {tokenFile: 'empty', token: 'mine'}, {authorization: ['Bearer mine']}],
  ['a token file that is gone', {tokenFile: 'none'}, refused],
  ['a token file that is empty', {tokenFile: 'empty'}, refused],
  ['another user', {token: 'mine', as: 'ann'}, {authorization: ['Bearer mine'], 'impersonate-user': ['ann']}],
  [
    'another user with groups and more',
    {token: 'mine', as: 'ann', 'as-uid': '7', 'as-groups': ['dev', 'ops'], 'as-user-extra': {'a/b': ['x', 'y']}},
    {
      authorization: ['Bearer mine'],
      'impersonate-user': ['ann'],
      'impersonate-uid': ['7'],
      'impersonate-group': ['dev', 'ops'],
      'impersonate-extra-a%2fb': ['x', 'y'],
    },
  ],
  ['groups of nobody', {token: 'mine', 'as-groups': ['dev']}, refused],
  ['a program', exec(printing('{"token": "t"}')), {authorization: ['Bearer t']}],
  [
    'a program of the first version',
    exec(printing('{"token": "t"}', v1beta1), {apiVersion: v1beta1, interactiveMode: undefined}),
    {authorization: ['Bearer t']},
  ],
  [
    'a program beside the kubeconfig',
    exec('', {command: './bin/plugin', args: undefined}),
    {authorization: ['Bearer of-the-plugin']},
  ],
  ['a token before a program', {token: 'mine', ...exec('exit 1')}, {authorization: ['Bearer mine']}],
  ['a token file before a program', {tokenFile: 'token', ...exec('exit 1')}, {authorization: ['Bearer of-the-file']}],
  ['a program that is not there', exec('', {command: 'no-such-program'}), refused],
  ['a program that fails', exec('exit 1'), refused],
  ['a program that gives nonsense', exec('echo hello'), refused],
  ['a program that answers in another version', exec(printing('{"token": "t"}', v1beta1)), refused],
  ['a program that gives nothing', exec(printing('{}')), refused],
  ['a program that gives a certificate alone', exec(printing('{"clientCertificateData": "x"}')), refused],
  [
    'a program that has to ask, without a terminal',
    exec(printing('{"token": "t"}'), {interactiveMode: 'Always'}),
    refused,
  ],
  ['a program of an unknown version', exec(printing('{"token": "t"}'), {apiVersion: 'v2'}), refused],
  [
    'a program that does not say whether it asks',
    exec(printing('{"token": "t"}'), {interactiveMode: undefined}),
    refused,
  ],
  ['no program', exec('', {command: ''}), refused],
  ['a program and a provider', {...exec(printing('{"token": "t"}')), 'auth-provider': {name: 'oidc'}}, refused],
  ['a provider that is no more', {'auth-provider': {name: 'gcp'}}, refused],
  ['a password', {username: 'a', password: 'b'}, {authorization: [`Basic ${base64('a:b')}`]}],
  ['a token and a password', {token: 'mine', username: 'a', password: 'b'}, refused],
  ['a token file and a password', {tokenFile: 'token', username: 'a', password: 'b'}, refused],
  [
    'a certificate twice',
    {'client-certificate': 'token', 'client-certificate-data': base64('x'), 'client-key-data': base64('x')},
    refused,
  ],
  [
    'a key twice',
    {'client-certificate-data': base64('x'), 'client-key': 'token', 'client-key-data': base64('x')},
    refused,
  ],
])('%s', async (name, user, expected) => {
  const path = join(folder, 'config');
  writeFileSync(path, JSON.stringify({...fake.kubeconfig(), users: [{name: 'fake', user}]}));
  const run = promisify(execFile);
  const byKubectl = await askedBy(() => run(kubectl, ['--kubeconfig', path, 'get', '--raw', '/version']));
  expect(byKubectl, 'kubectl').toEqual(expected);
  expect(await askedBy(() => connect({kubeconfig: path, context: null})), name).toEqual(expected);
});

it('no credentials go in the clear', async () => {
  const plain = await fakeApi();
  const path = join(folder, 'config');
  const user = {token: 'mine', as: 'ann', ...exec(printing('{"token": "t"}'))};
  writeFileSync(path, JSON.stringify({...plain.kubeconfig(), users: [{name: 'fake', user}]}));
  await promisify(execFile)(kubectl, ['--kubeconfig', path, 'get', '--raw', '/version']);
  const {api} = await connect({kubeconfig: path, context: null});
  api.close();
  expect(plain.asked.map(({path: asked, headers}) => [asked, identity(headers)])).toEqual([
    ['/version', {'impersonate-user': ['ann']}],
    ['/version', {'impersonate-user': ['ann']}],
  ]);
  await plain.stop();
});

it('a program is told the same', async () => {
  const path = join(folder, 'config');
  const clusters = [
    {
      name: 'fake',
      cluster: {
        server: fake.url,
        'insecure-skip-tls-verify': true,
        extensions: [{name: 'client.authentication.k8s.io/exec', extension: {audience: 'ours'}}],
      },
    },
  ];
  writeFileSync(path, JSON.stringify({...fake.kubeconfig(), clusters, users: [{name: 'fake', user: telling}]}));
  const run = promisify(execFile);
  const told = (asked: object | null) => {
    const [token = ''] = (asked as {authorization?: string[]} | null)?.authorization ?? [];
    const [, info = '{}', variable, input] =
      /^(\{.*\})\s+(of mine) (.*)$/s.exec(Buffer.from(token.replace('Bearer ', ''), 'base64').toString()) ?? [];
    return {info: JSON.parse(info) as unknown, variable, input};
  };
  const kubectlRun = async () => {
    const running = run(kubectl, ['--kubeconfig', path, 'get', '--raw', '/version']);
    running.child.stdin?.end('what a script pipes in\n');
    return running;
  };
  const byKubectl = told(await askedBy(kubectlRun));
  expect(byKubectl.info).toMatchObject({
    kind: 'ExecCredential',
    apiVersion: v1,
    spec: {interactive: false, cluster: {server: fake.url, config: {audience: 'ours'}}},
  });
  expect(told(await askedBy(() => connect({kubeconfig: path, context: null})))).toEqual(byKubectl);
});
