// The way to the cluster, with an API server that is none: unreachable, refusing, answering nonsense. And a bug of
// ours.
import {mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {cli, cliJson, start} from '../support/cli.ts';
import {helmRecord} from '../support/fakes/cluster.ts';
import {fakeApi, refusal, type FakeApi} from '../support/fakes/fake-api.ts';
import {root} from '../support/paths.ts';

interface Failure {
  readonly outcome: string;
  readonly context: string | null;
  readonly cause: {
    readonly code: string;
    readonly message: string;
    readonly evidence: readonly string[];
    readonly remedies: readonly {readonly title: string; readonly command?: string}[];
  };
  readonly bug: {readonly message: string; readonly log: string};
}

const password = 'a password of mine';
/** A writer that is ready, as a list reads it. */
const writerSet = (release: string) => ({
  metadata: {
    name: `${release}-postgresql-primary`,
    namespace: 'team-a',
    labels: {
      'app.kubernetes.io/managed-by': 'Helm',
      'app.kubernetes.io/instance': release,
      'app.kubernetes.io/component': 'primary',
      'app.kubernetes.io/version': '17.6.0',
      'helm.sh/chart': 'postgresql-16.7.26',
    },
  },
  spec: {replicas: 1, template: {spec: {containers: []}}},
  status: {readyReplicas: 1},
});
let fake: FakeApi;
let folder: string;
let kubeconfig: string;
let env: Record<string, string>;
beforeEach(async () => {
  fake = await fakeApi();
  folder = mkdtempSync(join(tmpdir(), 'pghi-access-'));
  kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(fake.kubeconfig()));
  env = {KUBECONFIG: kubeconfig, XDG_STATE_HOME: folder};
});
afterEach(() => fake.stop());

describe('without a cluster', () => {
  it.each([['list'], ['status', 'orders'], ['install', 'orders', '--yes'], ['doctor', 'orders']])(
    '%s %s exits 4',
    async (...args) => {
      await fake.stop();
      const {code, json, stderr} = await cliJson<Failure>(args, {env});
      expect(json).toMatchObject({
        outcome: 'refused',
        cause: {code: 'CLUSTER_UNREACHABLE', message: `The cluster at ${fake.url} does not answer.`},
      });
      expect(json.cause.evidence.join()).toContain('ECONNREFUSED');
      expect({code, stderr}).toEqual({code: 4, stderr: ''});
    },
  );

  it('says in words what to do next', async () => {
    await fake.stop();
    const {code, stdout, stderr} = await cli(['status', 'orders', '--kubeconfig', kubeconfig], {
      env: {KUBECONFIG: undefined},
    });
    expect({code, stdout}).toEqual({code: 4, stdout: ''});
    expect(stderr).toMatch(new RegExp(`kubectl --context \\S+ --kubeconfig ${kubeconfig} cluster-info`));
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('exits 4 without a kubeconfig', async () => {
    const {code, json} = await cliJson<Failure>(['list'], {env: {KUBECONFIG: undefined}});
    expect(json.cause).toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: 'There is no kubeconfig: no file ~/.kube/config, and KUBECONFIG is not set.',
    });
    expect(code).toBe(4);
  });

  it.each([
    ['is not there', () => join(folder, 'none')],
    ['is no YAML', () => (writeFileSync(join(folder, 'bad'), 'a: [b'), join(folder, 'bad'))],
  ])('exits 4 when the kubeconfig %s', async (_what, path) => {
    const file = path();
    const {code, json} = await cliJson<Failure>(['list', '--kubeconfig', file], {env});
    expect(json.cause).toMatchObject({code: 'CLUSTER_UNREACHABLE', message: `The kubeconfig ${file} cannot be read.`});
    expect(code).toBe(4);
  });

  it.each([
    [
      'a certificate that is not there',
      {'client-certificate': '/nowhere.crt', 'client-key': '/nowhere.key'},
      '/nowhere.crt',
    ],
    ['a certificate that is none', {'client-certificate-data': 'aaaa', 'client-key-data': 'aaaa'}, 'PEM'],
  ])('exits 4 for %s', async (_what, user, evidence) => {
    const cluster = {server: 'https://127.0.0.1:1'};
    writeFileSync(
      kubeconfig,
      JSON.stringify({...fake.kubeconfig(), clusters: [{name: 'fake', cluster}], users: [{name: 'fake', user}]}),
    );
    const {code, json, stderr} = await cliJson<Failure>(['list'], {env});
    expect(json.cause).toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
      message: "The kubeconfig's credentials for the cluster at https://127.0.0.1:1 could not be used.",
    });
    expect(json.cause.evidence.join()).toContain(evidence);
    expect({code, stderr}).toEqual({code: 4, stderr: ''});
  });

  it.each([
    [
      'is not there',
      {command: 'no-such-plugin', installHint: 'Get it from https://example.com/get'},
      'The program no-such-plugin, with which the kubeconfig logs in to the cluster at https://127.0.0.1:1, is not ' +
        'installed here, or not on the PATH.',
      'Get it from https://example.com/get',
    ],
    [
      'fails',
      {command: 'sh', args: ['-c', 'echo log in again >&2; exit 1']},
      'The program sh, with which the kubeconfig logs in to the cluster at https://127.0.0.1:1, gave no credentials.',
      'log in again',
    ],
  ])('exits 4 for a plugin that %s', async (_what, plugin, message, words) => {
    const cluster = {server: 'https://127.0.0.1:1'};
    const exec = {apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', ...plugin};
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        ...fake.kubeconfig(),
        clusters: [{name: 'fake', cluster}],
        users: [{name: 'fake', user: {exec}}],
      }),
    );
    const {code, json, stderr} = await cliJson<Failure>(['list'], {env});
    expect(json.cause).toMatchObject({code: 'CREDENTIALS_EXPIRED', message});
    expect(JSON.stringify(json.cause)).toContain(words);
    expect({code, stderr}).toEqual({code: 4, stderr: ''});
  });

  it('exits 4 for a server that is no address', async () => {
    writeFileSync(
      kubeconfig,
      JSON.stringify({...fake.kubeconfig(), clusters: [{name: 'fake', cluster: {server: 'not a url'}}]}),
    );
    const {code, json} = await cliJson<Failure>(['list'], {env});
    expect(json.cause).toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: expect.stringContaining('"not a url"') as string,
    });
    expect(code).toBe(4);
  });

  it('exits 2 for a context that the kubeconfig does not have', async () => {
    const {code, json} = await cliJson<Failure>(['list', '--context', 'prod'], {env});
    expect(json.cause).toMatchObject({code: 'BAD_INPUT', message: 'The kubeconfig has no context prod. It has: fake.'});
    expect(code).toBe(2);
  });

  it('exits 2 for a namespace that cannot be', async () => {
    const {code, json} = await cliJson<Failure>(['status', 'orders', '-n', 'Team_A'], {env});
    expect(json.cause.message).toMatch(/^--namespace: /);
    expect(code).toBe(2);
  });
});

describe('with a cluster that', () => {
  it.each([
    ['does not know us', refusal(401, 'Unauthorized', 'Unauthorized'), 'CREDENTIALS_EXPIRED', 4],
    ['does not let us', refusal(403, 'Forbidden', 'forbidden: User "dev" cannot get path "/version"'), 'FORBIDDEN', 4],
    ['is a login page', {status: 200, body: '<html>Log in</html>'}, 'CLUSTER_UNREACHABLE', 4],
    ['hangs up', 'reset', 'CLUSTER_UNREACHABLE', 4],
  ] as const)('%s', async (_what, reply, causeCode, exit) => {
    fake.intercept(() => reply);
    const {code, json} = await cliJson<Failure>(['list'], {env});
    expect(json.cause.code).toBe(causeCode);
    expect(code).toBe(exit);
  });

  it('is empty has no releases', async () => {
    expect((await cliJson(['list'], {env})).json).toMatchObject({schema: 'pg-helm-install/v1', releases: []});
    const {code, stdout} = await cli(['list'], {env});
    expect(stdout).toBe('There is no PostgreSQL release here. Install one with: pg-helm-install install NAME\n');
    expect(code).toBe(0);
  });

  it('lets us list one namespace lists that, and says so', async () => {
    fake.intercept(({path}) =>
      /^\/api(s\/apps)?\/v1\/(secrets|statefulsets)$/.test(path)
        ? refusal(403, 'Forbidden', `cannot list ${path}`)
        : undefined,
    );
    expect((await cliJson(['list'], {env})).json).toMatchObject({releases: [], onlyNamespace: 'team-a'});
    const {code, stdout} = await cli(['list'], {env});
    expect(stdout).toBe(
      'There is no PostgreSQL release in namespace team-a. Install one with: pg-helm-install install NAME\n' +
        'You may not list all namespaces, so this is team-a alone. Name another one with --namespace.\n',
    );
    expect(code).toBe(0);
  });

  it('lets us list nothing asks for a namespace', async () => {
    fake.intercept(({path}) =>
      /(secrets|statefulsets)$/.test(path) ? refusal(403, 'Forbidden', `cannot list ${path}`) : undefined,
    );
    const {code, json} = await cliJson<Failure>(['list'], {env});
    expect(json.cause).toMatchObject({
      code: 'FORBIDDEN',
      message: 'You may list releases neither in all namespaces nor in team-a, the one of the context.',
    });
    expect(json.cause.remedies[0]?.command).toBe('pg-helm-install list --namespace NAME');
    expect(code).toBe(4);
  });

  it.each([['status'], ['endpoints'], ['values'], ['logs'], ['history']])(
    'is empty has nothing for %s: exit 3',
    async (command) => {
      const {code, json} = await cliJson<Failure>([command, 'orders'], {env});
      expect(json).toMatchObject({
        context: 'fake',
        outcome: 'refused',
        cause: {code: 'RELEASE_NOT_FOUND', message: 'There is no release orders in namespace team-a.'},
      });
      expect(code).toBe(3);
    },
  );

  it('has no helm beside it: doctor names that as a cause', async () => {
    const helm = join(folder, 'no-helm');
    fake.intercept(({path}) =>
      path.startsWith('/apis/authorization.k8s.io/') || path.startsWith('/apis/authentication.k8s.io/')
        ? {status: 201, body: {status: {allowed: true}}}
        : undefined,
    );
    const {code, json} = await cliJson<{causes: {code: string; message: string}[]}>(['doctor', 'orders'], {
      env: {...env, PGHI_HELM: helm},
    });
    expect(json.causes[0]).toMatchObject({
      code: 'HELM_MISSING',
      message: `PGHI_HELM names ${helm}, which is not a program that can be run.`,
    });
    expect(code).toBe(1);
  });

  describe('has releases of which one pauses', () => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/team-a/leases';
    const lease = (holderIdentity: string) => ({
      metadata: {
        name: 'orders-postgresql-operation',
        namespace: 'team-a',
        labels: {'app.kubernetes.io/managed-by': 'pg-helm-install'},
        annotations: {
          'pg-helm-install/operation': '{"kind":"scale","startedAt":"2026-01-02T03:04:05Z","wanted":null}',
        },
      },
      spec: {holderIdentity, renewTime: new Date().toISOString(), leaseDurationSeconds: 30},
    });
    const rows = async () => {
      const {json} = await cliJson<{releases: {name: string; operation: unknown}[]}>(['list'], {env});
      return json.releases.map(({name, operation}) => [name, operation]);
    };
    const states = async () => {
      const {code, stdout} = await cli(['list'], {env});
      expect(code).toBe(0);
      return stdout.split('\n').flatMap((line) => /^team-a +(\S+) .* {3}(\S.*)$/.exec(line)?.slice(1).join(': ') ?? []);
    };
    beforeEach(() => {
      for (const name of ['calm', 'orders']) {
        fake.put('/api/v1/namespaces/team-a/secrets', helmRecord(name, 1));
        fake.put('/apis/apps/v1/namespaces/team-a/statefulsets', writerSet(name));
      }
    });

    it('lists that beside its state, in words and as data, by one more request', async () => {
      fake.put(leases, lease(''));
      expect(await rows()).toEqual([
        ['calm', null],
        ['orders', {kind: 'scale', alive: false}],
      ]);
      expect(fake.requests.filter((request) => request.includes('leases'))).toEqual([
        'GET /apis/coordination.k8s.io/v1/leases',
      ]);
      expect(await states()).toEqual(['calm: ready, helm', 'orders: ready, scaling paused']);
    });

    it('says nothing of one that is at work', async () => {
      fake.put(leases, lease('bob@elsewhere/1/2'));
      expect(await rows()).toContainEqual(['orders', {kind: 'scale', alive: true}]);
      expect(await states()).toEqual(['calm: ready, helm', 'orders: ready, helm']);
    });

    it('but lets us list no Leases lists the rest', async () => {
      fake.put(leases, lease(''));
      fake.intercept(({path}) =>
        path.endsWith('/leases') ? refusal(403, 'Forbidden', `cannot list ${path}`) : undefined,
      );
      expect(await rows()).toEqual([
        ['calm', null],
        ['orders', null],
      ]);
      expect(await states()).toEqual(['calm: ready, helm', 'orders: ready, helm']);
    });
  });

  it('has a release shows its history', async () => {
    fake.put('/api/v1/namespaces/team-a/secrets', helmRecord('orders', 1));
    const {code, stdout} = await cli(['history', 'orders'], {env});
    expect(stdout.split('\n')).toEqual([
      'REVISION   STATUS     UPDATED                CHART     POSTGRESQL   DESCRIPTION',
      '1          deployed   2026-01-02T03:04:05Z   16.7.26   17.6.0       Install complete',
      '',
    ]);
    expect(code).toBe(0);
  });
});

describe('a bug of ours', () => {
  const {bugs: issues} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {readonly bugs: string};
  /** No API server says this, so that nobody relies on what we make of it. */
  const impossible = () => fake.intercept(({path}) => (path === '/version' ? {status: 200, body: null} : undefined));
  const logs = () =>
    readdirSync(join(folder, 'pg-helm-install', 'log')).map((name) => join(folder, 'pg-helm-install', 'log', name));

  it('is said in words, with a log that nobody else may read', async () => {
    impossible();
    const {code, stdout, stderr} = await cli(['install', 'orders', '--yes'], {env: {...env, PGHI_PASSWORD: password}});
    expect({code, stdout}).toEqual({code: 70, stdout: ''});
    const [log = ''] = logs();
    expect(stderr).toMatch(/^Something that should not happen happened: .*\nThis is a bug of pg-helm-install\. /);
    expect(stderr).toContain(`Please report it with this log: ${log}\nReport it at ${issues}\n`);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(statSync(log).mode & 0o777).toBe(0o600);
    const text = readFileSync(log, 'utf8');
    expect(text).toMatch(/^pg-helm-install \d+\.\d+\.\d+, Node\.js v\d+/);
    expect(text).toContain('arguments: ["install","orders","--yes"]');
    expect(text).toMatch(/^\s+at /m);
    expect(text + stderr).not.toContain(password);
  });

  it.each(['json', 'ndjson'])('is said in %s', async (output) => {
    impossible();
    const {code, stdout, stderr} = await cli(['list', '--output', output], {env});
    const json = JSON.parse(stdout.trim()) as Failure & {type?: string};
    expect(json).toMatchObject({
      schema: 'pg-helm-install/v1',
      operation: 'list',
      outcome: 'failed',
      warnings: [],
      phases: [],
      release: null,
      cause: {code: 'BUG', message: expect.stringMatching(/This is a bug of pg-helm-install\./), evidence: [logs()[0]]},
      bug: {log: logs()[0], report: issues},
    });
    expect(json.cause.remedies.map(({title}) => title).join()).toContain(issues);
    expect(json.type).toBe(output === 'ndjson' ? 'result' : undefined);
    expect({code, stderr}).toEqual({code: 70, stderr: ''});
  });

  it('is said where no log can be written', async () => {
    impossible();
    const {code, stderr} = await cli(['list'], {env: {...env, XDG_STATE_HOME: kubeconfig}});
    expect(code).toBe(70);
    expect(stderr).toMatch(/This is a bug of pg-helm-install[\s\S]*^\s+at /m);
    expect(stderr).toContain(issues);
  });
});

describe('a stop', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s twice ends it at once while the cluster is silent: exit %i', async (signal, exit) => {
    fake.intercept(({path}) => (path === '/version' ? undefined : 'silent'));
    const running = start(['recover', 'orders', '--yes'], {env});
    await expect.poll(() => fake.requests.length, {timeout: 10_000}).toBeGreaterThan(1);
    // One signal after the other: of two that are still waiting the kernel delivers only one.
    await expect.poll(() => running.child.kill(signal) && running.child.exitCode, {timeout: 10_000}).toBe(false);
    const {code, stdout, stderr} = await running.finished;
    // After a single signal the program would have said, some time later, that it was stopped.
    expect({code, stdout, stderr}).toEqual({code: exit, stdout: '', stderr: ''});
  });

  it.each(['json', 'ndjson'])('twice leaves a script something to read: %s', async (output) => {
    fake.intercept(({path}) => (path === '/version' ? undefined : 'silent'));
    const running = start(['recover', 'orders', '-n', 'team-a', '--yes', '--output', output], {env});
    await expect.poll(() => fake.requests.length, {timeout: 10_000}).toBeGreaterThan(1);
    await expect.poll(() => running.child.kill('SIGTERM') && running.child.exitCode, {timeout: 10_000}).toBe(false);
    const {code, stdout, stderr} = await running.finished;
    const json = JSON.parse(stdout.trim()) as object;
    expect(json).toMatchObject({operation: 'recover', outcome: 'cancelled', cause: {code: 'CANCELLED'}, warnings: []});
    expect(json).toMatchObject(output === 'ndjson' ? {type: 'result'} : {schema: 'pg-helm-install/v1'});
    expect({code, stderr}).toEqual({code: 143, stderr: ''});
  });
});
