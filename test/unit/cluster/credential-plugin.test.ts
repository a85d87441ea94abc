// The program that logs in: what it is given, when it is asked again, and what is said where it gives nothing.
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import type {TLSSocket} from 'node:tls';
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {generate} from 'selfsigned';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {Api} from '../../../source/cluster/api.ts';
import {CredentialCache} from '../../../source/cluster/credential-cache.ts';
import {CredentialPlugin, PluginError, type PluginTerminal} from '../../../source/cluster/credential-plugin.ts';
import {credentialsUnusable} from '../../../source/cluster/credentials-expired.ts';
import {loadKubeconfig, withWhatKubectlAllows} from '../../../source/cluster/kubeconfig.ts';
import type {KubeconfigUser, PluginConfig} from '../../../source/cluster/kubeconfig-user.ts';
import {clock} from '../../../source/core/time.ts';
import {fakeApi, refusal, type FakeApi, type Reply} from '../../support/fakes/fake-api.ts';

const apiVersion = 'client.authentication.k8s.io/v1';
const printing = (status: string) =>
  `printf '%s' '{"kind": "ExecCredential", "apiVersion": "${apiVersion}", "status": '"${status}"'}'`;
const plugin = (script: string, rest: Partial<PluginConfig> = {}): KubeconfigUser =>
  ({
    name: 'a',
    plugin: {
      command: 'sh',
      args: ['-c', script],
      env: {},
      apiVersion,
      interactiveMode: 'IfAvailable',
      provideClusterInfo: false,
      installHint: null,
      ...rest,
    },
  }) as unknown as KubeconfigUser;
const terminal = (stdin: PluginTerminal['stdin'] = {}, words: string[] = []): PluginTerminal => ({
  stdin,
  stderr: {isTTY: stdin.isTTY === true, write: (text: string) => words.push(text)},
});
const authorization = async (by: CredentialPlugin, user: KubeconfigUser) => {
  const options: {headers?: {Authorization?: string}} = {};
  await by.applyAuthentication(user, options);
  return options.headers?.Authorization;
};
const problemOf = async (by: CredentialPlugin, user: KubeconfigUser): Promise<PluginError> => {
  const error: unknown = await authorization(by, user).catch((thrown: unknown) => thrown);
  if (!(error instanceof PluginError)) throw new Error('it gave credentials');
  return error;
};
const folder = () => mkdtempSync(join(tmpdir(), 'pghi-plugin-'));
/** A script that counts how often it ran, in a file beside it. */
const counting = (file: string, expiration: string) =>
  `echo >> ${file}; n=$(wc -l < ${file}); ` +
  printing(`{\\"token\\": \\"t$((n))\\", \\"expirationTimestamp\\": \\"${expiration}\\"}`);

it('is asked again when what it gave has expired, and not before', async () => {
  for (const [expiration, second] of [
    ['2100-01-01T00:00:00Z', 'Bearer t1'],
    ['2000-01-01T00:00:00Z', 'Bearer t2'],
  ] as const) {
    const user = plugin(counting(join(folder(), 'runs'), expiration));
    const by = new CredentialPlugin(null, terminal());
    expect(await authorization(by, user)).toBe('Bearer t1');
    expect(await authorization(by, user)).toBe(second);
  }
});

describe('what the server refuses', () => {
  let by: CredentialPlugin;
  let user: KubeconfigUser;
  beforeEach(() => {
    by = new CredentialPlugin(null, terminal());
    user = plugin(counting(join(folder(), 'runs'), '2100-01-01T00:00:00Z'));
  });
  const together = () => Promise.all([1, 2, 3].map(() => authorization(by, user)));

  it('is asked for again, the first token too, by one program for all requests', async () => {
    expect(await together()).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t1']);
    by.forget(clock.now());
    expect(await together()).toEqual(['Bearer t2', 'Bearer t2', 'Bearer t2']);
  });

  it('is not asked for again where the request was sent with the credentials before', async () => {
    await authorization(by, user);
    const sentAt = clock.now();
    by.forget(sentAt);
    const again = authorization(by, user);
    by.forget(sentAt);
    expect(await again).toBe('Bearer t2');
    by.forget(sentAt);
    expect(await together()).toEqual(['Bearer t2', 'Bearer t2', 'Bearer t2']);
  });
});

it('may ask only where a terminal is free: the screens, and a question of ours, read the keys themselves', async () => {
  const asked = join(folder(), 'asked');
  const user = plugin(`printf '%s' "$KUBERNETES_EXEC_INFO" > ${asked}; ${printing('{\\"token\\": \\"t\\"}')}`);
  const interactive = async (stdin: PluginTerminal['stdin'], interactiveMode = 'IfAvailable') => {
    const one = {...user, plugin: user.plugin && {...user.plugin, interactiveMode}};
    await authorization(new CredentialPlugin(null, terminal(stdin)), one);
    return (JSON.parse(readFileSync(asked, 'utf8')) as {spec: {interactive: boolean}}).spec.interactive;
  };
  expect(await interactive({isTTY: true})).toBe(true);
  expect(await interactive({isTTY: true, isRaw: true})).toBe(false);
  expect(await interactive({})).toBe(false);
  expect(await interactive({isTTY: true}, 'Never')).toBe(false);
});

it('is heard while it runs, where somebody looks on', async () => {
  const words: string[] = [];
  const user = plugin(`echo enter the code ABC >&2; ${printing('{\\"token\\": \\"t\\"}')}`);
  await authorization(new CredentialPlugin(null, terminal({isTTY: true, isRaw: false}, words)), user);
  expect(words.join('')).toBe('enter the code ABC\n');
  await authorization(new CredentialPlugin(null, terminal({isTTY: true, isRaw: true}, words)), user);
  expect(words.join('')).toBe('enter the code ABC\n');
});

describe('what is said where it gives nothing', () => {
  const said = (error: PluginError) => credentialsUnusable('https://a.example', 'prod-eu', error).reason;

  it('it waits: it is ended, and its words are shown', async () => {
    const by = new CredentialPlugin(null, terminal(), {limitMs: 300, interactiveLimitMs: 300});
    const error = await problemOf(by, plugin('echo enter the code ABC >&2; sleep 30'));
    expect(said(error)).toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
      message: expect.stringContaining(
        'sh, with which the kubeconfig logs in to the cluster at https://a.example',
      ) as string,
      evidence: ['enter the code ABC'],
      remedies: [{command: 'kubectl --context prod-eu cluster-info'}, {}],
    });
    expect(said(error).message).toContain('did not answer in time');
  });

  it('it is not there: how to install it, in the words of the kubeconfig', async () => {
    const hint = 'Install no-such-program\n   from https://example.com\u001b[31m';
    const user = plugin('', {command: 'no-such-program', installHint: hint});
    const error = await problemOf(new CredentialPlugin(null, terminal()), user);
    expect(said(error).message).toContain('is not installed here');
    expect(said(error).remedies.map(({title}) => title)).toEqual(['Install no-such-program from https://example.com']);
    const unsaid = await problemOf(new CredentialPlugin(null, terminal()), plugin('', {command: 'no-such-program'}));
    expect(said(unsaid).remedies[0]?.title).toContain('Install no-such-program');
  });

  it('it fails: its last words', async () => {
    const error = await problemOf(new CredentialPlugin(null, terminal()), plugin('echo session expired >&2; exit 3'));
    expect(said(error).evidence).toEqual(['session expired', 'sh ended with exit code 3']);
  });
});

describe('with an API server', () => {
  let fake: FakeApi;
  beforeEach(async () => {
    fake = await fakeApi({isSecure: true});
  });
  afterEach(() => fake.stop());

  const apiThatCounts = () => {
    const at = folder();
    const path = join(at, 'config');
    const script = counting(join(at, 'runs'), '2100-01-01T00:00:00Z');
    const user = {exec: {apiVersion, command: 'sh', args: ['-c', script], interactiveMode: 'Never'}};
    writeFileSync(path, JSON.stringify({...fake.kubeconfig(), users: [{name: 'fake', user}]}));
    return new Api(fake.url, new CredentialCache(withWhatKubectlAllows(loadKubeconfig(path), {})));
  };

  it('what the server refuses is asked for again, however long it was to be good', async () => {
    const api = apiThatCounts();
    await api.get('/version');
    fake.intercept(({headers}) =>
      headers.authorization === 'Bearer t1' ? refusal(401, 'Unauthorized', 'revoked') : undefined,
    );
    await api.get('/version');
    expect(fake.asked.at(-1)?.headers.authorization).toBe('Bearer t2');
    api.close();
  });

  it('a refusal that comes late, of the token before, does not run the program again', async () => {
    const api = apiThatCounts();
    const revoked = refusal(401, 'Unauthorized', 'revoked');
    let refuseLate = () => {};
    const late = new Promise<Reply>((resolve) => (refuseLate = () => resolve(revoked)));
    fake.put('/api/v1/namespaces', {metadata: {name: 'a'}});
    fake.intercept(({path, headers}) => {
      if (headers.authorization !== 'Bearer t1') return undefined;
      return path === '/version' ? revoked : late;
    });
    const slow = api.get('/api/v1/namespaces/a');
    await vi.waitFor(() => expect(fake.requests).toContain('GET /api/v1/namespaces/a'));
    await api.get('/version');
    refuseLate();
    await slow;
    expect(fake.asked.map(({headers}) => headers.authorization)).toEqual([
      ...['Bearer t1', 'Bearer t1'],
      ...['Bearer t2', 'Bearer t2'],
    ]);
    api.close();
  });

  it('a certificate that is given again is shown to the server, although a connection is kept', async () => {
    const ownKey = {keyType: 'ec', curve: 'P-256', algorithm: 'sha256'} as const;
    const certificates = await Promise.all(
      ['one', 'two', 'server'].map((value) => generate([{name: 'commonName', value}], ownKey)),
    );
    const seen: unknown[] = [];
    const [first, second, own] = certificates;
    const server = createServer(
      {key: own?.private, cert: own?.cert, requestCert: true, rejectUnauthorized: false},
      (request, response) => {
        const name: unknown = (request.socket as TLSSocket).getPeerCertificate().subject?.CN;
        seen.push(name);
        response.writeHead(seen.length > 1 && name === 'one' ? 401 : 200).end('{}');
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const at = folder();
    for (const [index, made] of [first, second].entries()) {
      const status = {clientCertificateData: made?.cert, clientKeyData: made?.private};
      writeFileSync(join(at, String(index + 1)), JSON.stringify({kind: 'ExecCredential', apiVersion, status}));
    }
    const script = `echo >> ${at}/runs; cat ${at}/$(($(wc -l < ${at}/runs)))`;
    const user = {exec: {apiVersion, command: 'sh', args: ['-c', script], interactiveMode: 'Never'}};
    const cluster = {server: url, 'insecure-skip-tls-verify': true};
    const config = {...fake.kubeconfig(), clusters: [{name: 'fake', cluster}], users: [{name: 'fake', user}]};
    writeFileSync(join(at, 'config'), JSON.stringify(config));
    const api = new Api(url, new CredentialCache(withWhatKubectlAllows(loadKubeconfig(join(at, 'config')), {})));
    await api.get('/version');
    await api.get('/version');
    api.close();
    server.close();
    expect(seen).toEqual(['one', 'one', 'two']);
  });
});
