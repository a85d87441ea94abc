// Rules of the kubelet that need no process: images, environments, PostgreSQL's settings, probes, sizes.
import {describe, expect, test} from 'vitest';
import {ConfigError, environmentOf, type Lookup} from '../../../source/kubelet/environment.ts';
import {fullReference, pull, shapeOf} from '../../../source/kubelet/images/known-images.ts';
import type {Container} from '../../../source/kubelet/pod.ts';
import {isChartScript} from '../../../source/kubelet/postgres/chart-script.ts';
import {postgresqlConf, startUpSql, userConfiguration} from '../../../source/kubelet/postgres/configuration.ts';
import {segmentAfter} from '../../../source/kubelet/postgres/full-disk.ts';
import {settingsOf} from '../../../source/kubelet/postgres/settings.ts';
import {isReadyCommand} from '../../../source/kubelet/probes/probe.ts';
import {belowUsage, resized} from '../../../source/kubelet/resize.ts';
import {waitingStatus} from '../../../source/kubelet/status.ts';
import {kinds} from '../../../source/store/kinds.ts';
import type {KubeObject} from '../../../source/store/objects.ts';
import {Store} from '../../../source/store/store.ts';

test('image references as containerd completes them', () => {
  expect(
    [
      'postgres',
      'bitnami/postgresql:9',
      'example.com/x:1',
      'localhost:5000/x',
      'docker.io/library/postgres:17-bookworm',
      'a/b@sha256:0',
    ].map(fullReference),
  ).toEqual([
    'docker.io/library/postgres:latest',
    'docker.io/bitnami/postgresql:9',
    'example.com/x:1',
    'localhost:5000/x:latest',
    'docker.io/library/postgres:17-bookworm',
    'docker.io/a/b@sha256:0',
  ]);
  expect([
    shapeOf('bitnamilegacy/postgresql:17.6.0-debian-12-r0'),
    shapeOf('postgres:17-bookworm'),
    shapeOf('bitnamilegacy/os-shell:12-debian-12-r51'),
    shapeOf('bitnami/postgresql:17'),
  ]).toEqual(['bitnami', 'official', 'shell', null]);
  expect(pull('postgres:17-bookworm', false).kind).toBe('there');
  expect(pull('postgres:17-bookworm', true)).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('docker.io/library/postgres:17-bookworm: not found'),
  });
});

test('a script that makes an official image understand the chart is known from other commands', () => {
  expect(isChartScript(['sh', '-c', 'case $POSTGRES_REPLICATION_MODE in slave) ;; esac'])).toBe(true);
  expect(isChartScript(['/bin/bash', '-c', 'echo $POSTGRES_REPLICATION_MODE'])).toBe(true);
  for (const command of [null, [], ['sleep', '1000'], ['sh', '-c', 'postgres --version']])
    expect(isChartScript(command)).toBe(false);
});

describe('an environment', () => {
  const lookup: Lookup = {
    secret: (name) => (name === 's' ? {key: 'secret'} : null),
    configMap: (name) => (name === 'c' ? {one: '1', two: '2'} : null),
  };
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'p', namespace: 'ns', labels: {app: 'x'}},
    spec: {nodeName: 'n'},
  };
  const of = (container: Partial<Container>) =>
    environmentOf({name: 'c', image: 'i', ...container}, pod, '127.1.1.1', lookup);

  test('values, references, fields, and what refers to them', () => {
    const env = [
      {name: 'A', valueFrom: {secretKeyRef: {name: 's', key: 'key'}}},
      {name: 'B', value: '$(A)-$(two)-$(nothing)-$$(A)'},
      {name: 'IP', valueFrom: {fieldRef: {fieldPath: 'status.podIP'}}},
      {name: 'L', valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}},
      {name: 'O', valueFrom: {secretKeyRef: {name: 'none', key: 'x', optional: true}}},
    ];
    expect(of({env, envFrom: [{configMapRef: {name: 'c'}}]})).toEqual({
      HOSTNAME: 'p',
      one: '1',
      two: '2',
      A: 'secret',
      B: 'secret-2-$(nothing)-$(A)',
      IP: '127.1.1.1',
      L: 'x',
    });
  });

  test.each<[string, Partial<Container>]>([
    ['secret "none" not found', {env: [{name: 'A', valueFrom: {secretKeyRef: {name: 'none', key: 'x'}}}]}],
    ["couldn't find key x in Secret ns/s", {env: [{name: 'A', valueFrom: {secretKeyRef: {name: 's', key: 'x'}}}]}],
    ['configmap "none" not found', {envFrom: [{configMapRef: {name: 'none'}}]}],
  ])('%s', (words, container) => {
    expect(() => of(container)).toThrow(new ConfigError(words));
  });
});

describe('PostgreSQL', () => {
  const chart = {
    POSTGRES_USER: 'app',
    POSTGRES_DATABASE: 'shop',
    POSTGRES_PASSWORD_FILE: '/s/password',
    POSTGRES_POSTGRES_PASSWORD_FILE: '/s/admin',
    POSTGRES_REPLICATION_MODE: 'master',
    POSTGRES_REPLICATION_USER: 'repl',
    POSTGRES_REPLICATION_PASSWORD: "r'\\",
    POSTGRES_CLUSTER_APP_NAME: 'my_application',
    POSTGRES_NUM_SYNCHRONOUS_REPLICAS: '1',
    POSTGRES_SYNCHRONOUS_COMMIT_MODE: 'on',
    PGDATA: '/bitnami/postgresql/data',
    POSTGRESQL_SHARED_PRELOAD_LIBRARIES: 'pgaudit, pg_stat_statements',
  };
  const settings = settingsOf(
    chart,
    (path) => ({'/s/password': 'app-pw', '/s/admin': 'admin-pw'})[path] ?? null,
    'bitnami',
  );
  const sources = {
    settings,
    configurationFolder: '/conf',
    upstream: null,
    userFiles: ['/conf/user-override.conf'],
    mapPath: (path: string) => path,
    hasLibrary: (name: string) => name !== 'pgaudit',
  };

  test("reads the chart's environment", () => {
    expect(settings).toMatchObject({
      role: 'writer',
      user: 'app',
      database: 'shop',
      password: 'app-pw',
      adminPassword: 'admin-pw',
      replication: {user: 'repl', password: "r'\\"},
      synchronousReaders: 1,
      dataFolder: '/bitnami/postgresql/data',
    });
    expect(() => settingsOf({}, () => null, 'bitnami')).toThrow(
      'The POSTGRESQL_PASSWORD environment variable is empty or not set.',
    );
    expect(
      settingsOf(
        {POSTGRES_PASSWORD: 'x', POSTGRES_DB: 'd', POSTGRES_REPLICATION_MODE: 'slave'},
        () => null,
        'official',
      ),
    ).toMatchObject({role: 'writer', database: 'd', adminPassword: 'x', dataFolder: '/var/lib/postgresql/data'});
  });

  test('a statement a line, whatever the password is', () => {
    expect(startUpSql({...settings, password: "a'b\n\\"})).toEqual([
      `CREATE ROLE "app" LOGIN CREATEDB PASSWORD E'a''b\\n\\\\'`,
      'CREATE DATABASE "shop" OWNER "app"',
      `CREATE ROLE "repl" REPLICATION LOGIN PASSWORD E'r''\\\\'`,
    ]);
  });

  test('what the user says comes last; libraries that are not here are left out', () => {
    const lines = postgresqlConf(sources).split('\n');
    expect(lines).toContain(`synchronous_standby_names = '1 ("my_application")'`);
    expect(lines).toContain("shared_preload_libraries = 'pg_stat_statements'");
    expect(lines.indexOf("include = '/conf/user-override.conf'")).toBeGreaterThan(
      lines.indexOf("shared_buffers = '16MB'"),
    );
    expect(
      userConfiguration(
        "a = 1\nshared_preload_libraries = 'pgaudit,auto_explain'\nssl_ca_file = '/certs/ca'",
        (text) => text.replace('/certs', '/here'),
        sources.hasLibrary,
      ),
    ).toBe("a = 1\nshared_preload_libraries = 'auto_explain'\nssl_ca_file = '/here/ca'");
  });

  test('a reader follows by name, at the address where that leads, without its password in the file', () => {
    const reader = {...settings, role: 'reader' as const, writer: {host: 'pg-primary', port: 5432}};
    const text = postgresqlConf({...sources, settings: reader, upstream: {host: '127.1.2.3', port: 4000}});
    expect(text).toContain(
      "primary_conninfo = 'host=''pg-primary'' hostaddr=''127.1.2.3'' port=''4000'' user=''repl'' " +
        "passfile=''/conf/.pgpass'' application_name=''my_application'''",
    );
    expect(text).not.toContain("r'");
  });

  test('the segment behind a segment', () => {
    expect(segmentAfter('000000010000000000000003', 16 * 2 ** 20)).toBe('000000010000000000000004');
    expect(segmentAfter('0000000200000001000000FF', 16 * 2 ** 20)).toBe('000000020000000200000000');
    expect(segmentAfter('000000010000000000000FFF', 2 ** 20)).toBe('000000010000000100000000');
  });
});

test('a probe that is pg_isready needs no shell; anything else does', () => {
  const chart = [
    '/bin/sh',
    '-c',
    '-e',
    'exec pg_isready -U "app" -d "dbname=shop" -h 127.0.0.1 -p 5433\n[ -f ' +
      '/opt/bitnami/postgresql/tmp/.initialized ] || [ -f /bitnami/postgresql/.initialized ]\n',
  ];
  expect(isReadyCommand(chart)).toEqual({host: '127.0.0.1', port: 5433, user: 'app'});
  expect(isReadyCommand(['pg_isready'])).toEqual({host: '127.0.0.1', port: 5432, user: 'postgres'});
  expect(isReadyCommand(['sh', '-c', 'pg_isready -h elsewhere'])).toBeNull();
  expect(isReadyCommand(['sh', '-c', 'pg_isready && test -f /x'])).toBeNull();
  expect(isReadyCommand(['sh', '-c', 'pg_isready -U "$USER"'])).toBeNull();
  expect(isReadyCommand(['cat', '/x'])).toBeNull();
});

describe('other resources', () => {
  const store = new Store();
  store.create(kinds.node, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {name: 'n'},
    status: {allocatable: {cpu: '2', memory: '4Gi'}},
  });
  const pod = (name: string, cpu: string, memory: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, namespace: 'ns', uid: name},
    spec: {nodeName: 'n', containers: [{name: 'main', image: 'x', resources: {requests: {cpu, memory}}}]},
  });
  store.create(kinds.pod, pod('other', '1500m', '1Gi'));

  test.each([
    ['500m', '3Gi', []],
    [
      '100m',
      '5Gi',
      [
        {
          type: 'PodResizePending',
          status: 'True',
          reason: 'Infeasible',
          message: "Node didn't have enough capacity: memory, requested: 5368709120, capacity: 4294967296",
        },
      ],
    ],
    [
      '1',
      '1Gi',
      [
        {
          type: 'PodResizePending',
          status: 'True',
          reason: 'Deferred',
          message: "Node didn't have enough resource: cpu, requested: 1000, used: 1500, capacity: 2000",
        },
      ],
    ],
  ])('%s CPU and %s memory', (cpu, memory, conditions) => {
    expect(resized(store, pod('p', cpu, memory))).toEqual({given: conditions.length === 0, conditions});
  });
});

describe('less memory than a pod uses', () => {
  const container = {name: 'main', image: 'x', resources: {limits: {memory: '256Mi'}}};
  const status = (memory: string) => ({...waitingStatus(container, ''), resources: {limits: {memory}}});

  test("is refused for now, in kubelet's words", () => {
    const message =
      'cannot decrease memory limits: [attempting to set pod memory limit (268435456) below current usage ' +
      '(300000000), attempting to set container "main" memory limit (268435456) below current usage (300000000)]';
    expect(belowUsage([container], [status('512Mi')], 300_000_000)).toEqual([
      {type: 'PodResizeInProgress', status: 'True', reason: 'Error', message},
    ]);
  });

  test('more than it uses, or more than it had, is not', () => {
    expect(belowUsage([container], [status('512Mi')], 200_000_000)).toEqual([]);
    expect(belowUsage([container], [status('128Mi')], 300_000_000)).toEqual([]);
  });
});
