// Each failure is named by its cause on a real cluster: what can be seen beforehand is refused, and what is certain
// ends the run at once.
import {chmod, chown, readFile, writeFile} from 'node:fs/promises';
import {existsSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test, vi, type TestContext} from 'vitest';
import type {CauseCode} from '../../source/core/cause.ts';
import type {Result} from '../../source/plan/progress.ts';
import {cliJson, type CliOptions, type Finished} from '../support/cli.ts';
import {kubectl, kubectlJson, makeNamespace, type TestNamespace} from '../support/clusters/namespace.ts';
import {notInSandbox, onSandbox} from '../support/setup/on-sandbox.ts';
import {pastingWith} from '../support/pasting.ts';
import {smallChart} from '../support/paths.ts';
import {sampled} from '../support/clusters/sampled.ts';
import {smallSize} from '../support/clusters/small-size.ts';

// With more tests at once, two cores would be too slow for the times that are measured here.
vi.setConfig({maxConcurrency: 3});

/** How soon the program must have ended once the cluster knew of the failure. The cluster's times are whole seconds. */
const soonMs = 5000 + 1000;
/** Beside the administrator's kubeconfig lie those of users with fewer rights, and the folders of the volumes. */
const lab = dirname(process.env['KUBECONFIG'] ?? '');
const folder = mkdtempSync(join(tmpdir(), 'pghi-failures-'));

interface Ended extends Finished {
  readonly json: Result;
  readonly env: CliOptions['env'];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface Named {
  readonly cause: CauseCode;
  /** The object at fault, as the message names it. */
  readonly about: string;
}

async function install(
  namespace: string,
  flags: readonly string[] = [],
  {release = 'orders', ...options}: CliOptions & {release?: string} = {},
): Promise<Ended> {
  const args = [
    'install',
    release,
    '-n',
    namespace,
    '--yes',
    '--chart',
    smallChart,
    '--timeout',
    '120s',
    ...smallSize,
    ...flags,
  ];
  return {...(await cliJson<Result>(args, options)), at: Date.now(), env: options.env};
}

async function place(
  {onTestFinished}: TestContext,
  labels: Readonly<Record<string, string>> = {},
): Promise<TestNamespace> {
  const namespace = await makeNamespace('failures', labels);
  onTestFinished(() => namespace.remove());
  return namespace;
}

function valuesFile(values: object): string {
  const file = join(folder, `values-${Math.random().toString(36).slice(2)}.yaml`);
  writeFileSync(file, JSON.stringify(values));
  return file;
}

function chartNamed(name: string): string {
  const chart = mkdtempSync(join(folder, 'chart-'));
  writeFileSync(join(chart, 'Chart.yaml'), JSON.stringify({apiVersion: 'v2', name, version: '16.7.26'}));
  return chart;
}

async function expectEnd(ended: Ended, exit: number, outcome: Result['outcome'], named: Named): Promise<void> {
  const {code, json} = ended;
  const {cause, about} = named;
  expect({exit: code, outcome: json.outcome, cause: json.cause?.code}, JSON.stringify(json.cause, null, 1)).toEqual({
    exit,
    outcome,
    cause,
  });
  expect(json.cause?.message).toContain(about);
  expect(json.cause?.remedies).not.toEqual([]);
  // Where there is no access, a question is refused as the install was.
  if (exit !== 4) await pasteRemedies(ended);
}

const paste = pastingWith('');
const dryRun = pastingWith('--dry-run --output json');
/** A word in capitals stands for what the user fills in. */
const hasBlank = /(?:^|[\s=,:/])[A-Z][A-Z-]{2,}(?=$|[\s=,:/])/;
const onlyLooks =
  /^(?:kubectl (?:-n \S+ |--context \S+ )*(?:get|describe|logs|auth|config|version)|helm (?:history|list|get|status)) /;
const asks = /^pg-helm-install (?:status|logs|doctor|endpoints|history|list|values|top) /;

/**
 * What is proposed works where it is proposed: a command that only looks ends well, and one of ours that changes
 * something is not refused. The programs that this starts would take too long in `npm test`.
 */
async function pasteRemedies({json: {cause}, env = {}}: Ended): Promise<void> {
  if (onSandbox) return;
  const place = {...env, PGHI_CHART: smallChart};
  for (const {command = null, title} of cause?.remedies ?? []) {
    if (command === null || hasBlank.test(command)) continue;
    if (onlyLooks.test(command) || asks.test(command)) {
      const {code, said} = await paste(command, place);
      // Both say with their exit code how the release is.
      if (/ (?:status|doctor) /.test(command)) expect([0, 1, 5], said).toContain(code);
      else if (/is forbidden/.test(said)) expect(title, said).toContain('asks whoever runs the cluster');
      else expect(code, said).toBe(0);
    } else if (command.startsWith('pg-helm-install ')) {
      const {stdout, said} = await dryRun(command, place);
      expect((JSON.parse(stdout) as Result).outcome, said).not.toBe('refused');
    }
  }
}

/** The run ended by the cause, not by the time-out, and soon after the cluster knew of it. */
async function expectCertain(ended: Ended, named: Named): Promise<void> {
  await expectEnd(ended, 1, 'failed', named);
  expect(ended.json.cause?.evidence.join('').length).toBeGreaterThan(0);
  expect(ended.json.durationMs).toBeLessThan(60_000);
  expect(
    ended.at - Date.parse(ended.json.cause?.firstSeen ?? ''),
    JSON.stringify(ended.json.cause, null, 1),
  ).toBeLessThan(soonMs);
}

async function objectsIn(namespace: string): Promise<string[]> {
  const {items} = await kubectlJson<{items: {kind: string; metadata: {name: string}}[]}>([
    '-n',
    namespace,
    'get',
    'secret,lease,statefulset,service,networkpolicy,pvc,pod',
  ]);
  return items.map(({kind, metadata}) => `${kind}/${metadata.name}`);
}

describe.concurrent('a volume that an earlier release left behind', () => {
  let namespace: TestNamespace;
  let volume: string;
  beforeAll(async () => {
    namespace = await makeNamespace('failures');
    expect((await install(namespace.name)).json.outcome).toBe('succeeded');
    await uninstall();
    const {metadata} = await kubectlJson<{metadata: {uid: string}}>([
      '-n',
      namespace.name,
      'get',
      'pvc',
      'data-orders-postgresql-primary-0',
    ]);
    volume = join(lab, 'volumes', metadata.uid);
  });
  afterEach(uninstall);
  afterAll(() => namespace.remove());

  async function uninstall(): Promise<void> {
    await cliJson(['uninstall', 'orders', '-n', namespace.name, '--yes', '--timeout', '60s']);
  }

  test('another password than the volume has: LEFTOVER_VOLUME', {concurrent: false}, async () => {
    const before = await objectsIn(namespace.name);
    const ended = await install(namespace.name, ['--password-stdin'], {input: 'another password than before\n'});
    await expectEnd(ended, 3, 'refused', {cause: 'LEFTOVER_VOLUME', about: 'data-orders-postgresql-primary-0'});
    expect(await objectsIn(namespace.name)).toEqual(before);
  });

  test('the Secret was changed since: PASSWORD_MISMATCH', {concurrent: false}, async () => {
    const secret = ['-n', namespace.name, 'secret', 'orders-postgresql-auth'];
    const {data} = await kubectlJson<{data: Record<string, string>}>(['get', ...secret]);
    const patch = (content: object) => kubectl(['patch', ...secret, '--type=merge', '-p', JSON.stringify(content)]);
    await patch({stringData: Object.fromEntries(Object.keys(data).map((key) => [key, 'quite another password']))});
    try {
      await expectCertain(await install(namespace.name), {cause: 'PASSWORD_MISMATCH', about: 'orders-postgresql-auth'});
    } finally {
      await patch({data});
    }
  });

  test.skipIf(!existsSync(join(lab, 'volumes')))(
    'its files are of another PostgreSQL: VERSION_INCOMPATIBLE',
    {concurrent: false},
    async () => {
      const file = join(volume, 'data', 'PG_VERSION');
      const right = await readFile(file);
      await writeFile(file, '15\n');
      try {
        await expectCertain(await install(namespace.name), {cause: 'VERSION_INCOMPATIBLE', about: 'PostgreSQL 15'});
      } finally {
        await writeFile(file, right);
      }
    },
  );

  test.skipIf(!existsSync(join(lab, 'volumes')))(
    "its files are somebody else's: VOLUME_PERMISSION",
    {concurrent: false},
    async () => {
      const data = join(volume, 'data');
      await chown(data, 0, 0);
      await chmod(data, 0o700);
      try {
        await expectCertain(await install(namespace.name), {
          cause: 'VOLUME_PERMISSION',
          about: 'data-orders-postgresql-primary-0',
        });
      } finally {
        await chown(data, 1001, 1001);
      }
    },
  );
});

describe.concurrent('certain while it installs', () => {
  test('an image tag that is not there: IMAGE_NOT_FOUND', async (context) => {
    const {name} = await place(context);
    await expectCertain(await install(name, ['--image-tag', '17.6-none']), {
      cause: 'IMAGE_NOT_FOUND',
      about: ':17.6-none',
    });
  });

  test('a registry that wants credentials: IMAGE_FORBIDDEN', async (context) => {
    const {name} = await place(context);
    await expectCertain(await install(name, ['--image-source', 'mirror:docker.io/private']), {
      cause: 'IMAGE_FORBIDDEN',
      about: 'docker.io/private/postgresql',
    });
  });

  test('a configuration that PostgreSQL refuses: CRASH_LOOP', async (context) => {
    const {name} = await place(context);
    const values = valuesFile({primary: {extendedConfiguration: 'shared_buffers = plenty'}});
    const ended = await install(name, ['--values', values]);
    await expectCertain(ended, {cause: 'CRASH_LOOP', about: 'orders-postgresql-primary-0'});
    expect(ended.json.cause?.evidence.join('\n')).toContain('shared_buffers');
  });

  test('more memory than the limit: OUT_OF_MEMORY', async (context) => {
    notInSandbox(context, 'limits are not enforced');
    const {name} = await place(context);
    // This asks for some gigabytes of memory for locks, which no check adds up.
    const values = valuesFile({primary: {extendedConfiguration: 'max_locks_per_transaction = 100000'}});
    await expectCertain(await install(name, ['--values', values]), {
      cause: 'OUT_OF_MEMORY',
      about: 'orders-postgresql-primary-0',
    });
  });

  test('a quota with a scope, which no check can foresee: QUOTA_EXCEEDED', async (context) => {
    const namespace = await place(context);
    const spec = {hard: {pods: '1'}, scopes: ['NotBestEffort']};
    await namespace.kubectl(
      ['create', '-f', '-'],
      JSON.stringify({apiVersion: 'v1', kind: 'ResourceQuota', metadata: {name: 'tight'}, spec}),
    );
    await expectCertain(await install(namespace.name, ['--read-replicas', '1']), {
      cause: 'QUOTA_EXCEEDED',
      about: 'quota tight',
    });
  });

  test('a storage class that is not there, for a user who may not see which are: NO_STORAGE_CLASS', async (context) => {
    notInSandbox(context, 'everybody may do everything');
    const release = `classless-${Math.random().toString(36).slice(2, 7)}`;
    const env = {KUBECONFIG: join(lab, 'team.conf')};
    context.onTestFinished(
      async () =>
        void (await cliJson(['uninstall', release, '-n', 'team', '--yes', '--delete-data', '--confirm', release], {
          env,
        })),
    );
    await expectCertain(await install('team', ['--storage-class', 'nope'], {release, env}), {
      cause: 'NO_STORAGE_CLASS',
      about: 'nope',
    });
  });

  test('pods that the namespace does not let in: ADMISSION_DENIED', async (context) => {
    const {name} = await place(context, {'pod-security.kubernetes.io/enforce': 'restricted'});
    const values = valuesFile({primary: {containerSecurityContext: {allowPrivilegeEscalation: true}}});
    await expectCertain(await install(name, ['--values', values]), {cause: 'ADMISSION_DENIED', about: 'restricted'});
  });
});

describe.concurrent('what may heal is awaited, and named when the time is up', () => {
  const flagsOf = {
    IMAGE_RATE_LIMITED: ['--image-source', 'mirror:docker.io/limited', '--timeout', '15s'],
    UNSCHEDULABLE: ['--instance-type', 'm9.none', '--timeout', '6s'],
    VOLUME_PENDING: ['--storage-class', 'unprovisioned', '--timeout', '20s'],
  };
  test.for([
    {cause: 'IMAGE_RATE_LIMITED', about: 'docker.io/limited/postgresql'},
    {cause: 'UNSCHEDULABLE', about: 'orders-postgresql-primary-0'},
    {cause: 'VOLUME_PENDING', about: 'data-orders-postgresql-primary-0'},
  ] as const)('$cause', async (named, context) => {
    const {name} = await place(context);
    const ended = await install(name, flagsOf[named.cause]);
    await expectEnd(ended, 5, 'detached', named);
    expect(ended.json.cause?.evidence).not.toEqual([]);
    if (named.cause === 'UNSCHEDULABLE') expect(ended.json.warnings.map(({code}) => code)).toContain('NO_ROOM_NOW');
  });

  test('TIMEOUT, and the same command goes on from there', async (context) => {
    const {name} = await place(context);
    const ended = await install(name, ['--timeout', '1s']);
    await expectEnd(ended, 5, 'detached', {cause: 'TIMEOUT', about: 'Time is up'});
    const again = await install(name);
    expect({code: again.code, outcome: again.json.outcome, proven: again.json.endpoints?.writer.proven}).toEqual({
      code: 0,
      outcome: 'succeeded',
      proven: true,
    });
  });

  test('a load balancer without an address fails nothing: LOAD_BALANCER_PENDING', async (context) => {
    const {name} = await place(context);
    const service = {service: {annotations: {'pgk8s/no-address': 'true', 'pg-helm-install/no-address': 'true'}}};
    const ended = await install(name, [
      '--exposure',
      'load-balancer',
      '--allow-public',
      '--values',
      valuesFile({primary: service, readReplicas: service}),
    ]);
    expect({code: ended.code, cause: ended.json.cause}).toEqual({code: 0, cause: undefined});
    expect(ended.json.endpoints?.writer).toMatchObject({proven: true, provenFrom: 'cluster', host: null});
    const warning = ended.json.warnings.find(({code}) => code === 'LOAD_BALANCER_PENDING');
    expect(warning?.message).toContain('orders-postgresql-primary');
  });
});

describe.concurrent('refused before anything is changed', () => {
  let namespace: TestNamespace;
  beforeAll(async () => {
    namespace = await makeNamespace('failures');
  });
  afterAll(() => namespace.remove());

  const refusals = [
    ['UNSCHEDULABLE', '64Gi', ['--memory', '64Gi']],
    ['NO_STORAGE_CLASS', 'nope', ['--storage-class', 'nope']],
    ['CHART_NOT_FOUND', '/nowhere', ['--chart', '/nowhere']],
    ['CHART_NOT_FOUND', '127.0.0.1:1', ['--chart', 'oci://127.0.0.1:1/charts/postgresql']],
    ['CHART_REJECTED', 'the chart "mysql"', ['--chart', chartNamed('mysql')]],
    ['CHART_REJECTED', 'metrics.enabled', ['--values', valuesFile({metrics: {enabled: 'surely'}})]],
    [
      'CHART_REJECTED',
      'resourcesPreset "gigantic"',
      ['--values', valuesFile({metrics: {enabled: true, resourcesPreset: 'gigantic'}})],
    ],
  ] as const;
  test.for(sampled(refusals, 3))('%s: %s', async ([cause, about, flags]) => {
    await expectEnd(await install(namespace.name, flags), 3, 'refused', {cause, about});
    expect(await objectsIn(namespace.name)).toEqual([]);
  });

  test('no helm: HELM_MISSING', async () => {
    const ended = await install(namespace.name, [], {env: {PGHI_HELM: join(folder, 'no-helm')}});
    await expectEnd(ended, 3, 'refused', {cause: 'HELM_MISSING', about: 'no-helm'});
  });

  test('a name whose objects would get no pods: NAME_TOO_LONG', async () => {
    const release = 'orders'.repeat(7);
    await expectEnd(await install(namespace.name, [], {release}), 3, 'refused', {
      cause: 'NAME_TOO_LONG',
      about: release,
    });
  });

  test("somebody else's Service of the same name: NAME_COLLISION", async (context) => {
    const own = await place(context);
    await own.kubectl(['create', 'service', 'clusterip', 'orders-postgresql-primary', '--tcp=5432']);
    await expectEnd(await install(own.name), 3, 'refused', {
      cause: 'NAME_COLLISION',
      about: 'Service orders-postgresql-primary',
    });
    expect(await objectsIn(own.name)).toEqual(['Service/orders-postgresql-primary']);
  });

  test('a quota that leaves no room: QUOTA_EXCEEDED', async (context) => {
    const own = await place(context);
    await own.kubectl(['create', 'quota', 'tight', '--hard=pods=1']);
    const ended = await install(own.name, ['--read-replicas', '1']);
    await expectEnd(ended, 3, 'refused', {cause: 'QUOTA_EXCEEDED', about: 'ResourceQuota tight'});
    expect(await objectsIn(own.name)).toEqual([]);
  });
});

describe.concurrent('the namespace', () => {
  test('is made when it is absent and may be made', async ({onTestFinished}) => {
    const name = `failures-${Math.random().toString(36).slice(2, 7)}`;
    onTestFinished(
      async () => void (await kubectl(['delete', 'namespace', name, '--wait=false', '--ignore-not-found'])),
    );
    const ended = await install(name);
    expect({code: ended.code, cause: ended.json.cause}).toEqual({code: 0, cause: undefined});
  });

  test('that is being deleted takes nothing: NAMESPACE_MISSING', async (context) => {
    const {name, ...namespace} = await place(context);
    const keeper = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'keeper', finalizers: ['example.com/keep']}};
    await namespace.kubectl(['create', '-f', '-'], JSON.stringify(keeper));
    context.onTestFinished(
      async () =>
        void (await namespace.kubectl([
          'patch',
          'configmap',
          'keeper',
          '--type=merge',
          '-p',
          '{"metadata":{"finalizers":null}}',
        ])),
    );
    await namespace.remove();
    await expectEnd(await install(name), 3, 'refused', {
      cause: 'NAMESPACE_MISSING',
      about: `Namespace ${name} is being deleted`,
    });
  });

  test('that is absent and may not be made: NAMESPACE_MISSING', async (context) => {
    notInSandbox(context, 'everybody may do everything');
    const {name, ...namespace} = await place(context);
    await namespace.kubectl(['create', 'serviceaccount', 'onlooker']);
    context.onTestFinished(
      async () => void (await kubectl(['delete', 'clusterrolebinding', name, '--ignore-not-found'])),
    );
    await kubectl(['create', 'clusterrolebinding', name, '--clusterrole=view', `--serviceaccount=${name}:onlooker`]);
    const token = (await namespace.kubectl(['create', 'token', 'onlooker'])).trim();
    const ended = await install(`${name}-absent`, [], {env: {KUBECONFIG: await kubeconfig({token})}});
    await expectEnd(ended, 3, 'refused', {cause: 'NAMESPACE_MISSING', about: `${name}-absent`});
  });
});

describe.concurrent('no access: exit 4', () => {
  test.for(['viewer', 'nobody'])('%s may not install: FORBIDDEN', async (user, context) => {
    notInSandbox(context, 'everybody may do everything');
    const ended = await install('team', [], {env: {KUBECONFIG: join(lab, `${user}.conf`)}});
    await expectEnd(ended, 4, 'refused', {cause: 'FORBIDDEN', about: 'namespace team'});
    expect(ended.json.cause?.message).toContain(`User "${user}"`);
  });

  test('nobody listens: CLUSTER_UNREACHABLE', async () => {
    const ended = await install('default', [], {env: {KUBECONFIG: await kubeconfig({server: 'https://127.0.0.1:1'})}});
    await expectEnd(ended, 4, 'refused', {cause: 'CLUSTER_UNREACHABLE', about: 'https://127.0.0.1:1'});
    expect(ended.json.cause?.evidence.join('')).toContain('ECONNREFUSED');
  });

  test('the kubeconfig is not there: CLUSTER_UNREACHABLE', async () => {
    const missing = join(folder, 'no.conf');
    await expectEnd(await install('default', [], {env: {KUBECONFIG: missing}}), 4, 'refused', {
      cause: 'CLUSTER_UNREACHABLE',
      about: missing,
    });
    await expectEnd(await install('default', ['--kubeconfig', missing]), 4, 'refused', {
      cause: 'CLUSTER_UNREACHABLE',
      about: missing,
    });
  });

  test('a token that does not count any more: CREDENTIALS_EXPIRED', async () => {
    const ended = await install('default', [], {env: {KUBECONFIG: await kubeconfig({token: 'yesterday'})}});
    await expectEnd(ended, 4, 'refused', {cause: 'CREDENTIALS_EXPIRED', about: 'credentials'});
  });
});

/** The administrator's kubeconfig with another token or server. */
async function kubeconfig(change: {token?: string; server?: string}): Promise<string> {
  const view = JSON.parse(await kubectl(['config', 'view', '--raw', '--minify', '-o', 'json'])) as {
    clusters: {name: string; cluster: {server: string}}[];
    users: {name: string; user: object}[];
  };
  const clusters = view.clusters.map(({name, cluster}) => ({
    name,
    cluster: {...cluster, ...(change.server ? {server: change.server} : {})},
  }));
  const users = view.users.map(({name, user}) => ({name, user: change.token ? {token: change.token} : user}));
  const file = join(folder, `${Math.random().toString(36).slice(2)}.conf`);
  writeFileSync(file, JSON.stringify({...view, clusters, users}), {mode: 0o600});
  return file;
}
