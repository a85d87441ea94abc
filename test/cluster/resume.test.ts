// Killed at any point and run again, an install ends where it would have: one writer, one Secret, a deployed release.
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Result} from '../../source/plan/progress.ts';
import {cliJson, start} from '../support/cli.ts';
import {cutConnection} from '../support/clusters/cut-connection.ts';
import {kubectlJson, makeNamespace, type TestNamespace} from '../support/clusters/namespace.ts';
import {helms} from '../support/clusters/helms.ts';
import {helm3, smallChart} from '../support/paths.ts';
import {trap} from '../support/clusters/trap.ts';
import {waitFor} from '../support/wait-for.ts';
import {smallSize} from '../support/clusters/small-size.ts';

interface Objects {
  readonly items: readonly {
    readonly kind: string;
    readonly type?: string;
    readonly metadata: {readonly name: string; readonly labels?: Record<string, string>};
  }[];
}

const flags = ['--chart', smallChart, ...smallSize, '--read-replicas', '1'];

let namespace: TestNamespace;
beforeEach(async () => {
  namespace = await makeNamespace('resume');
});
afterEach(() => namespace.remove());

const install = (extra: readonly string[] = []) => [
  'install',
  'orders',
  '-n',
  namespace.name,
  '--yes',
  '--timeout',
  '120s',
  ...flags,
  ...extra,
];

async function records(): Promise<string[]> {
  const {items} = await kubectlJson<Objects>(['-n', namespace.name, 'get', 'secret', '-l', 'owner=helm']);
  return items.map(({metadata}) => `${metadata.labels?.['version']} ${metadata.labels?.['status']}`).sort();
}

async function expectWhole(json: Result): Promise<void> {
  expect({outcome: json.outcome, cause: json.cause}).toEqual({outcome: 'succeeded', cause: undefined});
  expect(json.endpoints).toMatchObject({writer: {proven: true}, reader: {proven: true, streaming: 1}});
  const {items} = await kubectlJson<Objects>(['-n', namespace.name, 'get', 'statefulset,secret,lease']);
  const names = items
    .filter(({type}) => type !== 'helm.sh/release.v1')
    .map(({kind, metadata}) => `${kind}/${metadata.name}`);
  expect(names.sort()).toEqual([
    'Secret/orders-postgresql-auth',
    'StatefulSet/orders-postgresql-primary',
    'StatefulSet/orders-postgresql-read',
  ]);
  expect((await records()).at(-1)).toMatch(/deployed$/);
}

describe.each(helms)('%s', (_name, helm) => {
  // What the second helm has no part in is tested with the first one only.
  const testOnce = test.skipIf(helm !== helms[0]?.[1]);

  testOnce('we are killed before helm begins', async () => {
    const dying = start(install(), {env: {PGHI_HELM: trap(helm, 'before', 'kill -9 $PPID; sleep 0.2; exit 1')}});
    expect((await dying.finished).signal).toBe('SIGKILL');
    const {json} = await cliJson<Result>(install(), {env: {PGHI_HELM: helm}});
    await expectWhole(json);
    expect(json.notes).toEqual(['An earlier install was found begun, without a release yet, and continued.']);
  });

  test('helm is killed in the middle of the install, and we with it', async () => {
    // helm writes its record before the objects: as soon as the record is there, helm and the program are killed. (A
    // shell gives its background jobs /dev/null as input; helm's values come on the script's own input.)
    const body =
      'exec 3<&0; HELM "$@" <&3 & helm=$!; while ! KUBECTL -n NAMESPACE get secret sh.helm.release.v1.orders.v1 ' +
      '>/dev/null 2>&1; do :; done; kill -9 $helm; kill -9 $PPID; exit 1';
    const dying = start(install(), {
      env: {PGHI_HELM: trap(helm, 'middle', body.replace('KUBECTL', 'kubectl').replace('NAMESPACE', namespace.name))},
    });
    expect((await dying.finished).signal).toBe('SIGKILL');
    const before = await records();
    const {json} = await cliJson<Result>(install(), {env: {PGHI_HELM: helm}});
    if (before[0] === '1 deployed') expect(json.outcome).toBe('succeeded');
    await expectWhole(json);
  });

  testOnce('helm alone is killed: the same run goes on', async () => {
    const {json, code} = await cliJson<Result>(install(), {env: {PGHI_HELM: trap(helm, 'alone', 'kill -9 $$')}});
    expect(code).toBe(0);
    await expectWhole(json);
  });
});

test('we are killed while the readers are copied; recover goes on', async () => {
  const dying = start(install(['--output', 'ndjson']));
  await waitFor(
    'the writer',
    () => dying.stdout(),
    (text) => text.includes('"track":"writer","state":"running"'),
  );
  dying.child.kill('SIGKILL');
  await dying.finished;
  const status = await cliJson<{operation: {alive: boolean} | null}>(['status', 'orders', '-n', namespace.name]);
  expect(status.json.operation).toMatchObject({kind: 'install', alive: false});
  const recover = ['recover', 'orders', '-n', namespace.name, '--timeout', '120s', '--chart', smallChart];
  const dry = await cliJson<Result>([...recover, '--dry-run']);
  expect({code: dry.code, outcome: dry.json.outcome}).toEqual({code: 0, outcome: 'planned'});
  expect(dry.json.plan?.command).toMatch(/^pg-helm-install recover orders /);
  const {json, code} = await cliJson<Result>([...recover, '--yes']);
  expect(code).toBe(0);
  await expectWhole(json);
});

test.for(['install', 'recover'])('a record left pending-install is explained, and %s ends it', async (command) => {
  const first = await cliJson<Result>(install());
  expect(first.code).toBe(0);
  // What a killed helm leaves behind: a record that says pending for ever.
  const name = 'sh.helm.release.v1.orders.v1';
  const {data} = await kubectlJson<{data: {release: string}}>(['-n', namespace.name, 'get', 'secret', name]);
  const {gunzipSync, gzipSync} = await import('node:zlib');
  const record = JSON.parse(
    gunzipSync(Buffer.from(Buffer.from(data.release, 'base64').toString(), 'base64')).toString(),
  ) as {info: Record<string, string>};
  record.info['status'] = 'pending-install';
  const release = Buffer.from(gzipSync(JSON.stringify(record)).toString('base64')).toString('base64');
  await namespace.kubectl([
    'patch',
    'secret',
    name,
    '--type=merge',
    '-p',
    JSON.stringify({data: {release}, metadata: {labels: {status: 'pending-install'}}}),
  ]);

  const status = await cliJson<{state: string; cause: {code: string}}>(['status', 'orders', '-n', namespace.name]);
  expect({code: status.code, state: status.json.state, cause: status.json.cause.code}).toEqual({
    code: 1,
    state: 'stuck',
    cause: 'RELEASE_LOCKED',
  });
  const recover = ['recover', 'orders', '-n', namespace.name, '--yes', '--timeout', '120s', '--chart', smallChart];
  const {json, code} = await cliJson<Result>(command === 'install' ? install() : recover);
  expect({code, cause: json.cause}).toEqual({code: 0, cause: undefined});
  expect(json.notes.join(' ')).toContain('pending-install');
  await expectWhole(json);
});

test('stopped by SIGTERM it says what state it left, and goes on when run again', async () => {
  const running = start(install(['--output', 'ndjson']));
  await waitFor(
    'the release',
    () => running.stdout(),
    (text) => text.includes('"track":"release","state":"done"'),
  );
  running.child.kill('SIGTERM');
  const {code, stdout} = await running.finished;
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Result & {type: string};
  expect({code, type: result.type, outcome: result.outcome, cause: result.cause?.code}).toEqual({
    code: 143,
    type: 'result',
    outcome: 'cancelled',
    cause: 'CANCELLED',
  });
  const {json} = await cliJson<Result>(install());
  await expectWhole(json);
});

test.for(['the plan', 'the release', 'the writer'])(
  'a connection that is lost after %s is waited for',
  async (point, {onTestFinished}) => {
    const sign =
      {
        'the plan': '"type":"plan"',
        'the release': '"track":"release","state":"done"',
        'the writer': '"track":"writer","state":"running"',
      }[point] ?? '';
    const connection = await cutConnection();
    onTestFinished(() => connection.close());
    const running = start(install(['--output', 'ndjson']), {env: {KUBECONFIG: connection.kubeconfig}});
    await waitFor(
      point,
      () => running.stdout(),
      (text) => text.includes(sign),
    );
    connection.off();
    const refused = await cliJson<Result>(install(), {env: {KUBECONFIG: connection.kubeconfig}});
    expect({code: refused.code, cause: refused.json.cause?.code}).toEqual({code: 4, cause: 'CLUSTER_UNREACHABLE'});
    connection.on();
    const {code, stdout} = await running.finished;
    expect(code, stdout).toBe(0);
    await expectWhole(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Result);
  },
);

test('what was begun before helm recorded it is shown, and can be put away', async () => {
  const dying = start(install(), {env: {PGHI_HELM: trap(helm3, 'begun', 'kill -9 $PPID; sleep 0.2; exit 1')}});
  expect((await dying.finished).signal).toBe('SIGKILL');
  const at = ['orders', '-n', namespace.name];
  const status = await cliJson<{state: string; cause: {code: string}}>(['status', ...at]);
  expect({code: status.code, state: status.json.state, cause: status.json.cause.code}).toEqual({
    code: 1,
    state: 'stuck',
    cause: 'RELEASE_LOCKED',
  });
  const gone = await cliJson<Result>(['uninstall', ...at, '--yes']);
  expect({code: gone.code, ledger: gone.json.ledger}).toEqual({
    code: 0,
    ledger: [{kind: 'Secret', name: 'orders-postgresql-auth', fate: 'kept', bytes: null}],
  });
  const {items} = await kubectlJson<Objects>(['-n', namespace.name, 'get', 'lease']);
  expect(items).toEqual([]);
  expect((await cliJson(['status', ...at])).code).toBe(3);
  expect((await cliJson<{cause: {code: string}}>(['status', ...at, '--watch'])).json.cause.code).toBe(
    'RELEASE_NOT_FOUND',
  );
});

test('an uninstall that was killed is finished by the same command', async () => {
  expect((await cliJson<Result>(install(['--read-replicas', '0']))).code).toBe(0);
  const uninstall = ['uninstall', 'orders', '-n', namespace.name, '--yes', '--timeout', '60s'];
  const dying = start(uninstall, {
    env: {PGHI_HELM: trap(helm3, 'gone', 'HELM "$@"; kill -9 $PPID; sleep 0.2; exit 1', 'uninstall')},
  });
  expect((await dying.finished).signal).toBe('SIGKILL');
  expect(await records()).toEqual([]);
  expect((await cliJson<Result>(uninstall)).code).toBe(0);
  const {items} = await kubectlJson<Objects>(['-n', namespace.name, 'get', 'statefulset,lease,pod']);
  expect(items).toEqual([]);
});

test('whose output nobody reads any more goes on to its end', async () => {
  const running = start(install(['--output', 'ndjson']));
  await waitFor(
    'the plan',
    () => running.stdout(),
    (text) => text.includes('"type":"plan"'),
  );
  running.child.stdout?.destroy();
  running.child.stderr?.destroy();
  expect((await running.finished).code).toBe(0);
  const {json} = await cliJson<Result>(install());
  expect(json.outcome).toBe('unchanged');
});

test('status --watch in another terminal shows the same tracks and ends the same', async () => {
  const installing = start(install(['--output', 'ndjson']));
  await waitFor(
    'the release',
    () => installing.stdout(),
    (text) => text.includes('"track":"release","state":"running"') || text.includes('"track":"release","state":"done"'),
  );
  const watching = start(['status', 'orders', '-n', namespace.name, '--watch', '--output', 'ndjson']);
  const [installed, watched] = await Promise.all([installing.finished, watching.finished]);
  const last = (stdout: string) => {
    const lines = stdout
      .trim()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as {type: string; track?: string; state?: string; text?: string; outcome?: string},
      );
    const tracks = new Map(
      lines.filter(({type}) => type === 'track').map(({track, state, text}) => [track, `${state} ${text}`]),
    );
    return {tracks: Object.fromEntries(tracks), outcome: lines.at(-1)?.outcome};
  };
  expect(last(watched.stdout)).toEqual(last(installed.stdout));
  expect([installed.code, watched.code]).toEqual([0, 0]);
});

test('a second operator is refused while the first one works', async () => {
  const first = start(install(['--output', 'ndjson']));
  await waitFor(
    'the plan',
    () => first.stdout(),
    (text) => text.includes('"type":"plan"'),
  );
  const second = await cliJson<Result>(install());
  expect({code: second.code, cause: second.json.cause?.code}).toEqual({code: 3, cause: 'RELEASE_LOCKED'});
  expect((await first.finished).code).toBe(0);
});
