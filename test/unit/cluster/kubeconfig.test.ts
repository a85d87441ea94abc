// The kubeconfig as kubectl reads it: helm reads it too, and must not end up on another cluster than we do.
import {mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {kubeconfigProblem, loadKubeconfig, withWhatKubectlAllows} from '../../../source/cluster/kubeconfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'pghi-kubeconfig-'));
let files = 0;

interface Parts {
  readonly clusters?: object[];
  readonly users?: object[];
  readonly contexts?: object[];
  readonly current?: string;
}

/** One cluster, one user, one context, all of this name, with what is changed. */
function file(name: string, {clusters, users, contexts, current = name}: Parts = {}): string {
  const path = join(folder, `${files++}.conf`);
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: clusters ?? [{name, cluster: {server: `https://${name}.example:6443`}}],
    users: users ?? [{name, user: {token: name}}],
    contexts: contexts ?? [{name, context: {cluster: name, user: name}}],
    'current-context': current,
  };
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const loadAll = (...paths: string[]) => {
  vi.stubEnv('KUBECONFIG', paths.join(delimiter));
  return loadKubeconfig(null);
};
afterEach(() => void vi.unstubAllEnvs());

describe('the files of KUBECONFIG', () => {
  it('add up, and the first current context counts', () => {
    const config = loadAll(file('a'), file('b'));
    expect(config.getContexts().map(({name}) => name)).toEqual(['a', 'b']);
    expect(config.getCurrentContext()).toBe('a');
    expect(loadAll(file('a', {current: ''}), file('b')).getCurrentContext()).toBe('b');
  });

  it('may name the same things twice: the first counts', () => {
    const config = loadAll(
      file('a'),
      file('a', {
        clusters: [{name: 'a', cluster: {server: 'https://other.example'}}],
        users: [{name: 'a', user: {token: 'other'}}],
      }),
    );
    expect(config.getClusters().map(({server}) => server)).toEqual(['https://a.example:6443']);
    expect(config.getUsers().map(({token}) => token)).toEqual(['a']);
  });

  it('need not all be there, but one of them', () => {
    expect(loadAll(join(folder, 'none'), file('b')).getCurrentContext()).toBe('b');
    expect(() => loadAll(join(folder, 'none'), join(folder, 'neither'))).toThrow(/ENOENT/);
  });

  it('find what they name beside themselves', () => {
    mkdirSync(join(folder, 'pki'), {recursive: true});
    const config = loadAll(
      file('a', {
        clusters: [{name: 'a', cluster: {server: 'https://a.example', 'certificate-authority': 'pki/ca.crt'}}],
      }),
    );
    expect(config.getCurrentCluster()?.caFile).toBe(join(folder, 'pki/ca.crt'));
  });

  it('may be empty', () => {
    const empty = join(folder, 'empty.conf');
    writeFileSync(empty, '\n');
    expect(loadAll(empty, file('b')).getCurrentContext()).toBe('b');
    expect(kubeconfigProblem(loadAll(empty))).toBe('The kubeconfig names no cluster.');
  });
});

it('--kubeconfig counts, whatever KUBECONFIG says', () => {
  vi.stubEnv('KUBECONFIG', file('a'));
  expect(loadKubeconfig(file('b')).getCurrentContext()).toBe('b');
  expect(() => loadKubeconfig(join(folder, 'none'))).toThrow(/ENOENT/);
});

it.each<[string, Parts, RegExp]>([
  ['no current context', {current: ''}, /no current context\. It has: a\.$/],
  ['a current context that is not there', {current: 'b'}, /current context b is not in it\. It has: a\.$/],
  ['a cluster that is not there', {clusters: []}, /names the cluster a, which is not in it\.$/],
  ['a user that is not there', {users: []}, /names the user a, who is not in it\.$/],
  [
    'a server that is none',
    {clusters: [{name: 'a', cluster: {server: 'somewhere'}}]},
    /has the server "somewhere", which is not an address\. Use one such as https:/,
  ],
  [
    'a proxy that is none',
    {clusters: [{name: 'a', cluster: {server: 'https://a.example', 'proxy-url': 'somewhere'}}]},
    /has the proxy-url "somewhere", which is not an address/,
  ],
  [
    'an authority twice',
    {
      clusters: [
        {
          name: 'a',
          cluster: {
            server: 'https://a.example',
            'certificate-authority': 'ca.crt',
            'certificate-authority-data': 'YQ==',
          },
        },
      ],
    },
    /cluster a has both certificate-authority and certificate-authority-data\. kubectl and helm accept only one of them/,
  ],
  ...(['client-certificate', 'client-key'] as const).map((key): [string, Parts, RegExp] => [
    `a ${key} twice`,
    {users: [{name: 'a', user: {[key]: 'file', [`${key}-data`]: 'YQ=='}}]},
    new RegExp(`user a has both ${key} and ${key}-data\\. kubectl and helm accept only one of them`),
  ]),
  ...['token', 'tokenFile'].map((key): [string, Parts, RegExp] => [
    `a ${key} and a password`,
    {users: [{name: 'a', user: {[key]: 'a', username: 'a', password: 'b'}}]},
    /user a has a token and a password\. kubectl and helm accept only one of them/,
  ]),
])('says what is wrong: %s', (_name, parts, says) => {
  expect(kubeconfigProblem(loadAll(file('a', parts)))).toMatch(says);
});

it('finds nothing wrong with one that is right', () => {
  expect(kubeconfigProblem(loadAll(file('a')))).toBeNull();
});

describe('what kubectl allows', () => {
  const optionsOf = async (parts: Parts, environment: Record<string, string> = {}) => {
    const options: {ca?: unknown; agent?: {constructor: {name: string}; proxy?: URL}} = {};
    await withWhatKubectlAllows(loadAll(file('a', parts)), environment).applyToHTTPSOptions(options as never);
    return options;
  };
  const ca = {'certificate-authority-data': Buffer.from('of the cluster').toString('base64')};

  it('plain HTTP', async () => {
    expect(
      (await optionsOf({clusters: [{name: 'a', cluster: {server: 'http://a.example:8001'}}]})).agent?.constructor.name,
    ).toBe('Agent');
  });

  it('no user, and the certificate authority counts all the same', async () => {
    const {ca: found} = await optionsOf({
      users: [],
      contexts: [{name: 'a', context: {cluster: 'a'}}],
      clusters: [{name: 'a', cluster: {server: 'https://a.example', ...ca}}],
    });
    expect(String(found)).toBe('of the cluster');
  });

  it("the environment's proxy, unless the kubeconfig names one", async () => {
    const through = {HTTPS_PROXY: 'http://proxy.example:3128'};
    expect((await optionsOf({}, through)).agent?.proxy?.host).toBe('proxy.example:3128');
    const own = await optionsOf(
      {clusters: [{name: 'a', cluster: {server: 'https://a.example', 'proxy-url': 'http://own.example:80'}}]},
      through,
    );
    expect(own.agent?.proxy?.hostname).toBe('own.example');
    expect((await optionsOf({}, {...through, NO_PROXY: '.example'})).agent?.proxy).toBeUndefined();
  });

  it('a key that only client-node knows gives nothing', async () => {
    const config = withWhatKubectlAllows(loadAll(file('a', {users: [{name: 'a', user: {'token-file': '/none'}}]})), {});
    const options: {headers?: object} = {};
    await config.applyToHTTPSOptions(options as never);
    expect(options.headers).toEqual({});
  });

  it('a token in a file, which is read again each time, also in ~/.kube/config', async () => {
    const home = mkdtempSync(join(tmpdir(), 'pghi-home-'));
    mkdirSync(join(home, '.kube'));
    writeFileSync(
      join(home, '.kube', 'config'),
      readFileSync(file('a', {users: [{name: 'a', user: {tokenFile: 'token'}}]})),
    );
    vi.stubEnv('KUBECONFIG', '');
    vi.stubEnv('HOME', home);
    const config = withWhatKubectlAllows(loadKubeconfig(null), {});
    const token = async () => {
      const options: {headers?: {Authorization?: string}} = {};
      await config.applyToHTTPSOptions(options);
      return options.headers?.Authorization;
    };
    writeFileSync(join(home, '.kube', 'token'), 'first\n');
    expect(await token()).toBe('Bearer first');
    writeFileSync(join(home, '.kube', 'token'), 'second\n');
    expect(await token()).toBe('Bearer second');
  });
});
