// The Roles of docs/security.md, as they stand there, given to service accounts: what they are for can be done with
// them. On a cluster alone, because the sandbox lets everybody do everything.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Result} from '../../source/plan/progress.ts';
import {cliJson} from '../support/cli.ts';
import {helms} from '../support/clusters/helms.ts';
import {userIn} from '../support/clusters/limited-user.ts';
import {kubectl, makeNamespace, type TestNamespace} from '../support/clusters/namespace.ts';
import {testImages} from '../support/clusters/operated-release.ts';
import {root, smallChart} from '../support/paths.ts';
import {pageNamespace} from '../support/security-page.ts';
import {smallSize} from '../support/clusters/small-size.ts';

const page = readFileSync(join(root, 'docs', 'security.md'), 'utf8');

/** The manifest of that kind and name, for this namespace; what is of the whole cluster gets a name of its own. */
function manifestOf(kind: string, name: string, namespace: string): string {
  const blocks = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, block = '']) => block);
  const metadata = kind === 'Role' ? `{name: ${name}, namespace: ${pageNamespace}}` : `{name: ${name}}`;
  const found = blocks.find((block) => block.includes(`kind: ${kind}\nmetadata: ${metadata}\n`));
  if (found === undefined) return expect.fail(`docs/security.md has no ${kind} ${name}`);
  return kind === 'Role'
    ? found.replace(`namespace: ${pageNamespace}`, `namespace: ${namespace}`)
    : found.replace(`name: ${name}`, `name: ${name}-${namespace}`);
}

const chart = ['--chart', smallChart];
const changes = (...words: readonly string[]) => [...words, '--yes', ...chart];

describe.each(helms)('%s', (_name, helm) => {
  let namespace: TestNamespace;
  let operator: {readonly kubeconfig: string; readonly account: string};
  let viewer: {readonly kubeconfig: string};

  beforeAll(async () => {
    namespace = await makeNamespace('permissions');
    for (const name of ['pg-helm-install', 'pg-helm-install-look'])
      await kubectl(['apply', '-f', '-'], manifestOf('Role', name, namespace.name));
    operator = await userIn(namespace, 'operator', 'role=pg-helm-install');
    viewer = await userIn(namespace, 'viewer', 'role=pg-helm-install-look');
  });
  afterAll(() => namespace.remove());

  async function run({kubeconfig}: {readonly kubeconfig: string}, command: string, ...words: readonly string[]) {
    const release = command === 'list' ? [] : ['orders'];
    return cliJson<Result & {releases?: {name: string}[]}>([command, ...release, '-n', namespace.name, ...words], {
      env: {KUBECONFIG: kubeconfig, PGHI_HELM: helm},
    });
  }

  async function done(as: {readonly kubeconfig: string}, command: string, ...words: readonly string[]) {
    const {code, json, stderr} = await run(as, command, ...words);
    expect({command, code, cause: json.cause ?? null}, stderr).toEqual({command, code: 0, cause: null});
    return json;
  }

  test('who has the Role of a namespace installs there, and is told what could not be checked', async () => {
    const installed = await done(
      operator,
      'install',
      ...changes('--read-replicas', '1', '--tls', 'self-signed', '--backup-schedule', '0 3 * * *'),
      ...[...smallSize, '--backup-size', '1Gi'],
    );
    expect(installed.endpoints).toMatchObject({writer: {proven: true}, reader: {proven: true, streaming: 1}});
    const unchecked = installed.warnings.flatMap(({code, message}) => (code === 'NOT_CHECKED' ? [message] : []));
    for (const what of [/nodes/, /storage class/]) expect(unchecked.some((message) => what.test(message))).toBe(true);
    // Only what is of the whole cluster: the Role has the rest.
    expect(unchecked.filter((message) => message.startsWith('May not'))).toEqual([]);
  });

  test('who has the Role to look sees all of it, and changes nothing', async () => {
    expect((await done(viewer, 'list')).releases?.map(({name}) => name)).toEqual(['orders']);
    for (const command of ['status', 'endpoints', 'values', 'logs', 'history', 'doctor']) await done(viewer, command);
    await done(viewer, 'top', '--count', '1');
    await done(viewer, 'export', '--format', 'prometheus-rules');
    const {code, json} = await run(viewer, 'restart', ...changes());
    expect({code, outcome: json.outcome, cause: json.cause?.code}).toEqual({
      code: 4,
      outcome: 'refused',
      cause: 'FORBIDDEN',
    });
    expect(json.cause?.message).toMatch(/may not .*, and .*\. Nothing was changed\.$/);
    expect(json.cause?.remedies[1]?.command).toContain('name: pg-helm-install-to-restart');
    const everywhere = await cliJson<Result>(['list'], {env: {KUBECONFIG: viewer.kubeconfig}});
    expect({code: everywhere.code, cause: everywhere.json.cause?.code}).toEqual({code: 4, cause: 'FORBIDDEN'});
    expect(everywhere.json.cause?.remedies[0]?.command).toBe('pg-helm-install list --namespace NAME');
  });

  test.each([
    ['scale', changes('--read-replicas', '2')],
    ['scale', changes('--read-replicas', '1', '--delete-volumes', '--confirm', 'orders')],
    ['resize', changes('--memory', '320Mi')],
    ['set', changes('--postgres-config', 'work_mem=8MB')],
    ['upgrade', changes('--image-tag', testImages.other)],
    ['rotate-password', ['--yes']],
    ['backup', ['run']],
    ['restart', changes()],
    ['status', []],
    ['doctor', []],
  ] as const)('who has the Role of a namespace operates what is there: %s', async (command, words) => {
    await done(operator, command, ...words);
  });

  test('moving the role needs the ClusterRole too', async () => {
    const refused = await run(operator, 'switchover', '--yes');
    expect({code: refused.code, cause: refused.json.cause?.code}).toEqual({code: 4, cause: 'FORBIDDEN'});
    const name = `pg-helm-install-${namespace.name}`;
    try {
      await kubectl(['apply', '-f', '-'], manifestOf('ClusterRole', 'pg-helm-install', namespace.name));
      await kubectl([
        'create',
        'clusterrolebinding',
        name,
        `--clusterrole=${name}`,
        `--serviceaccount=${operator.account}`,
      ]);
      await done(operator, 'switchover', '--yes');
    } finally {
      await kubectl(['delete', 'clusterrolebinding,clusterrole', name, '--ignore-not-found']);
    }
  });

  test('and with the Role alone it is removed, with its volumes and its passwords', async () => {
    const {ledger} = await done(operator, 'uninstall', '--yes', '--delete-data', '--confirm', 'orders');
    expect(ledger?.filter(({fate}) => fate === 'deleted').map(({kind}) => kind)).toEqual(
      expect.arrayContaining(['PersistentVolumeClaim', 'Secret']),
    );
  });
});
