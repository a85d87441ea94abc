// The main job on a real cluster: flags in, a proven writer and reader out, again and again.
import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import pg from 'pg';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Result} from '../../source/plan/progress.ts';
import {cli, cliJson, start, type CliOptions} from '../support/cli.ts';
import {kubectlJson, makeNamespace, type TestNamespace} from '../support/clusters/namespace.ts';
import {helms} from '../support/clusters/helms.ts';
import {onSandbox} from '../support/setup/on-sandbox.ts';
import {realChart, smallChart} from '../support/paths.ts';
import {waitFor} from '../support/wait-for.ts';

type InstallResult = Result & {schema: string};
const run = promisify(execFile);
const password = 'Tr1cky pass; $(id) "quoted"';
const folder = mkdtempSync(join(tmpdir(), 'pghi-install-'));
const passwordFile = join(folder, 'password');
writeFileSync(passwordFile, `${password}\n`);

async function ask(host: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({
    host,
    port: 5432,
    user: 'app',
    database: 'appdb',
    password,
    connectionTimeoutMillis: 5000,
  });
  await client.connect();
  try {
    return (await client.query({text: sql, rowMode: 'array'})).rows.map(([value]: unknown[]) => value);
  } finally {
    await client.end();
  }
}

/** Nodes forward to a pod only some time after it is ready; until then an endpoint is proven from inside. */
function provenFromHere(release: string, namespace: string, options?: CliOptions): Promise<unknown> {
  return waitFor(
    'proofs from here',
    async () => {
      const {endpoints} = (await cliJson<InstallResult>(['endpoints', release, '-n', namespace], options)).json;
      return [endpoints?.writer, endpoints?.reader].flatMap((endpoint) =>
        endpoint?.proven ? [endpoint.provenFrom] : [],
      );
    },
    (from) => from.length > 0 && from.every((one) => one === 'here'),
  );
}

const charts = [['the small chart', smallChart], ...(realChart ? [['the real chart', realChart]] : [])] as [
  string,
  string,
][];

describe.each(charts)('with %s', (_name, chart) => {
  describe.each(helms)('and %s', (_helm, helm) => {
    let namespace: TestNamespace;
    const env = {PGHI_HELM: helm};
    beforeAll(async () => {
      namespace = await makeNamespace('install');
    });
    afterAll(() => namespace.remove());

    test('two readers spread over three nodes behind load balancers; a client outside finds both roles', async () => {
      const {json, code, stderr} = await cliJson<InstallResult>(
        [
          ...['install', 'orders', '-n', namespace.name, '--yes', '--chart', chart, '--timeout', '150s'],
          ...['--username', 'app', '--database', 'appdb', '--password-file', passwordFile, '--instance-type', 'any'],
          ...[
            '--read-replicas',
            '2',
            '--storage-size',
            '1Gi',
            '--exposure',
            'load-balancer',
            '--allow-from',
            '10.0.0.0/8,192.168.0.0/16',
          ],
        ],
        {env},
      );
      expect({code, stderr, cause: json.cause}).toEqual({code: 0, stderr: '', cause: undefined});
      expect(json).toMatchObject({
        schema: 'pg-helm-install/v1',
        operation: 'install',
        outcome: 'succeeded',
        release: 'orders',
        namespace: namespace.name,
        revision: 1,
        chartVersion: '16.7.26',
        credentials: {username: 'app', database: 'appdb', secret: 'orders-postgresql-auth', passwordKey: 'password'},
        endpoints: {
          writer: {port: 5432, proven: true, role: 'writer'},
          reader: {port: 5432, proven: true, role: 'reader', streaming: 2},
        },
      });
      await provenFromHere('orders', namespace.name, {env});
      const {writer, reader} = json.endpoints ?? expect.fail('no endpoints');
      expect(await ask(writer.host ?? '', 'select pg_is_in_recovery()')).toEqual([false]);
      expect(await ask(reader.host ?? '', 'select pg_is_in_recovery()')).toEqual([true]);
      await ask(writer.host ?? '', 'create table kept (n int)');
      await ask(writer.host ?? '', 'insert into kept values (42)');
      await waitFor(
        'the row on the reader',
        () => ask(reader.host ?? '', 'select n from kept').catch(String),
        (rows) => String(rows) === '42',
      );

      const {items} = await kubectlJson<{items: {spec: {nodeName: string}}[]}>(['-n', namespace.name, 'get', 'pods']);
      expect(new Set(items.map(({spec}) => spec.nodeName)).size).toBe(3);
    });

    test('the same again changes nothing; another size is refused with the difference', async () => {
      const again = await cliJson<InstallResult>(
        ['install', 'orders', '-n', namespace.name, '--yes', '--chart', chart, '--storage-size', '1Gi'],
        {env},
      );
      expect({code: again.code, outcome: again.json.outcome, revision: again.json.revision}).toEqual({
        code: 0,
        outcome: 'unchanged',
        revision: 1,
      });
      const other = await cliJson<InstallResult>(
        ['install', 'orders', '-n', namespace.name, '--yes', '--chart', chart, '--storage-size', '2Gi'],
        {env},
      );
      expect(other.code).toBe(3);
      expect(other.json).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_EXISTS'}});
      expect(JSON.stringify(other.json.cause)).toContain('2Gi');
    });

    test('what reads it: list, status, endpoints, values, history, logs, doctor', async () => {
      const list = await cliJson<{releases: {name: string; namespace: string; state: string}[]}>(['list']);
      expect(list.json.releases.find((row) => row.namespace === namespace.name)).toMatchObject({
        name: 'orders',
        chartVersion: '16.7.26',
        helmStatus: 'deployed',
        state: 'ready',
        writer: {ready: 1, wanted: 1},
        readers: {ready: 2, wanted: 2},
        storageSize: '1Gi',
      });
      const status = await cliJson(['status', 'orders', '-n', namespace.name]);
      expect(status.code).toBe(0);
      expect(status.json).toMatchObject({
        state: 'ready',
        operation: null,
        cause: null,
        parameters: {
          username: 'app',
          readReplicaCount: 2,
          allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8', '192.168.0.0/16']},
        },
        endpoints: {writer: {proven: true}, reader: {proven: true, streaming: 2}},
      });
      const asUri = ['endpoints', 'orders', '-n', namespace.name, '--role', 'reader', '--format', 'uri'];
      const uri = await cli(asUri);
      expect(uri.stdout).toMatch(/^postgres(ql)?:\/\/app:PASSWORD@\d+(\.\d+){3}:5432\/appdb/);
      const shown = await cli([...asUri, '--show-password']);
      expect(shown.stdout).toContain(`app:${encodeURIComponent(password)}@`);
      const values = await cliJson<{values: {readReplicas: {replicaCount: number}}}>([
        'values',
        'orders',
        '-n',
        namespace.name,
      ]);
      expect(values.json.values.readReplicas.replicaCount).toBe(2);
      const history = await cliJson(['history', 'orders', '-n', namespace.name]);
      expect(history.json).toMatchObject({revisions: [{revision: 1, status: 'deployed', chartVersion: '16.7.26'}]});
      // The lab's kubelets share a folder of logs and tidy each other's away: a new line is made for each look.
      const {writer} = (status.json as unknown as InstallResult).endpoints ?? expect.fail('no endpoints');
      await waitFor(
        'the line of a refused login in the log',
        async () => {
          const client = new pg.Client({
            host: writer.host ?? '',
            port: 5432,
            user: 'nobody',
            database: 'appdb',
            password: 'wrong',
          });
          await client.connect().catch(() => undefined);
          return (await cli(['logs', 'orders', '-n', namespace.name, '--role', 'writer', '--tail', '3'])).stdout;
        },
        (text) => text.includes('"nobody"') && text.trim().split('\n').length <= 3,
      );
      const doctor = await cliJson(['doctor', 'orders', '-n', namespace.name], {env});
      expect({code: doctor.code, causes: doctor.json['causes']}).toEqual({code: 0, causes: []});
    });

    test('connect --forward holds a port open on this machine', async () => {
      const running = start([
        'connect',
        'orders',
        '-n',
        namespace.name,
        '--role',
        'reader',
        '--forward',
        '0',
        '--output',
        'json',
      ]);
      const printed = await waitFor(
        'the port',
        () => running.stdout(),
        (text) => text.includes('}'),
        {deadlineMs: 20_000},
      );
      const {port} = JSON.parse(printed) as {port: number};
      const client = new pg.Client({host: '127.0.0.1', port, user: 'app', database: 'appdb', password});
      await client.connect();
      const {rows} = await client.query<{recovering: boolean}>('select pg_is_in_recovery() as recovering');
      await client.end();
      running.child.kill('SIGTERM');
      expect({rows, code: (await running.finished).code}).toEqual({rows: [{recovering: true}], code: 143});
    });

    test('uninstall says what stays; the same install again finds the data; --delete-data removes it', async () => {
      const gone = await cliJson<InstallResult>(['uninstall', 'orders', '-n', namespace.name, '--yes'], {env});
      expect(gone.code).toBe(0);
      expect(gone.json.ledger).toEqual([
        {kind: 'PersistentVolumeClaim', name: 'data-orders-postgresql-primary-0', fate: 'kept', bytes: 1073741824},
        {kind: 'PersistentVolumeClaim', name: 'data-orders-postgresql-read-0', fate: 'kept', bytes: 1073741824},
        {kind: 'PersistentVolumeClaim', name: 'data-orders-postgresql-read-1', fate: 'kept', bytes: 1073741824},
        {kind: 'Secret', name: 'orders-postgresql-auth', fate: 'kept', bytes: null},
      ]);
      const other = await cliJson<InstallResult>(
        [
          'install',
          'orders',
          '-n',
          namespace.name,
          '--yes',
          '--chart',
          chart,
          '--username',
          'app',
          '--database',
          'appdb',
          '--password-stdin',
        ],
        {env, input: 'another password than before\n'},
      );
      expect({code: other.code, cause: other.json.cause?.code}).toEqual({code: 3, cause: 'LEFTOVER_VOLUME'});
      const back = await cliJson<InstallResult>(
        [
          ...[
            'install',
            'orders',
            '-n',
            namespace.name,
            '--yes',
            '--chart',
            chart,
            '--username',
            'app',
            '--database',
            'appdb',
          ],
          // The volumes stay on the nodes where they were made, whatever the types of those nodes are.
          ...[
            '--exposure',
            'load-balancer',
            '--allow-public',
            '--storage-size',
            '1Gi',
            '--read-replicas',
            '1',
            '--instance-type',
            'any',
          ],
          ...['--timeout', '100s'],
        ],
        {env},
      );
      expect({code: back.code, cause: back.json.cause}).toEqual({code: 0, cause: undefined});
      expect(back.json.warnings.map(({code}) => code)).toContain('LEFTOVER_VOLUMES');
      expect(await ask(back.json.endpoints?.writer.host ?? '', 'select n from kept')).toEqual([42]);

      const unnamed = await cliJson<InstallResult>(
        ['uninstall', 'orders', '-n', namespace.name, '--yes', '--delete-data'],
        {env},
      );
      expect({code: unnamed.code, cause: unnamed.json.cause?.code}).toEqual({code: 2, cause: 'BAD_INPUT'});
      const all = await cliJson<InstallResult>(
        ['uninstall', 'orders', '-n', namespace.name, '--yes', '--delete-data', '--confirm', 'orders'],
        {env},
      );
      expect({code: all.code, fates: new Set(all.json.ledger?.map(({fate}) => fate))}).toEqual({
        code: 0,
        fates: new Set(['deleted']),
      });
      const {items} = await kubectlJson<{items: {kind: string; metadata: {name: string}}[]}>([
        ...['-n', namespace.name, 'get', 'pvc,secret,lease,statefulset,service'],
      ]);
      expect(items.map(({kind, metadata}) => `${kind}/${metadata.name}`)).toEqual([]);
    });
  });
});

describe('a run that is saved, planned, replayed', () => {
  let namespace: TestNamespace;
  beforeAll(async () => {
    namespace = await makeNamespace('replay');
  });
  afterAll(() => namespace.remove());

  async function versions(): Promise<string> {
    const kinds = 'secret,configmap,serviceaccount,statefulset,service,pvc,networkpolicy,poddisruptionbudget,lease,pod';
    const {stdout} = await run('kubectl', [
      '-n',
      namespace.name,
      'get',
      kinds,
      '-o',
      'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}',
    ]);
    return stdout;
  }

  test('a dry run plans everything and changes nothing; its answers replay to the same values', async () => {
    const answers = join(folder, 'answers.yaml');
    const flags = [
      '--username',
      'app',
      '--read-replicas',
      '0',
      '--storage-size',
      '2Gi',
      '--cpu',
      '100m',
      '--memory',
      '256Mi',
      '--storage-class',
      'fixed',
    ];
    const before = await versions();
    const planned = await cliJson<InstallResult>([
      'install',
      'saved',
      '-n',
      namespace.name,
      '--dry-run',
      '--chart',
      smallChart,
      ...flags,
      '--save-answers',
      answers,
    ]);
    expect({code: planned.code, outcome: planned.json.outcome}).toEqual({code: 0, outcome: 'planned'});
    expect(planned.json.plan?.manifests).toContain('kind: StatefulSet');
    expect(planned.json.plan?.steps.map(({name}) => name)).toEqual([
      'secret',
      'release',
      'storage',
      'writer',
      'readers',
      'endpoints',
    ]);
    expect(planned.json.warnings.map(({code}) => code)).toContain('VOLUME_CANNOT_GROW');
    expect(await versions()).toBe(before);

    const replayed = await cliJson<InstallResult>(['install', '--answers', answers, '--dry-run']);
    expect(replayed.json.plan?.values).toEqual(planned.json.plan?.values);
    expect(readFileSync(answers, 'utf8')).toContain('storageClass: fixed');

    const installed = await cliJson<InstallResult>(['install', '--answers', answers, '--yes', '--timeout', '120s']);
    expect({code: installed.code, cause: installed.json.cause}).toEqual({code: 0, cause: undefined});
    expect(installed.json.endpoints?.writer).toMatchObject(
      onSandbox ? {proven: true, provenFrom: 'here', port: 5432} : {proven: true, provenFrom: 'cluster', host: null},
    );
    expect(installed.json.endpoints?.reader).toMatchObject({proven: false, streaming: 0});
    const values = await cliJson<{values: unknown}>(['values', 'saved', '-n', namespace.name]);
    const withoutNulls = JSON.parse(JSON.stringify(planned.json.plan?.values), (_key, value: unknown) =>
      value === null ? undefined : value,
    ) as unknown;
    const kept = JSON.parse(JSON.stringify(values.json.values), (_key, value: unknown) =>
      value === null ? undefined : value,
    ) as unknown;
    expect(kept).toEqual(withoutNulls);

    const planAgain = await cliJson<InstallResult>(['install', '--answers', answers, '--dry-run']);
    expect(planAgain.json.plan?.consequences.map(({code}) => code)).toEqual(['NO_CHANGE']);
  });

  test('a node port is proven from here', async () => {
    const {json, code} = await cliJson<InstallResult>([
      ...[
        'install',
        'port',
        '-n',
        namespace.name,
        '--yes',
        '--chart',
        smallChart,
        '--exposure',
        'node-port',
        '--storage-size',
        '1Gi',
      ],
      ...['--cpu', '100m', '--memory', '256Mi', '--instance-type', 'any'],
    ]);
    expect({code, cause: json.cause}).toEqual({code: 0, cause: undefined});
    expect(json.endpoints?.writer.proven).toBe(true);
    expect(json.endpoints?.writer.port).toBeGreaterThan(30000);
    await provenFromHere('port', namespace.name);
  });
});
