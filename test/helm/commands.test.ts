import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {applyCommandLine} from '../../source/helm/arguments.ts';
import {commandLine} from '../../source/core/shell.ts';
import type {AdapterContext} from '../../source/client/adapters/context.ts';
import {helmPort} from '../../source/client/adapters/helm.ts';
import {helmCommands, type Helm} from '../../source/helm/commands.ts';
import {capabilitiesReader} from '../../source/cluster/capabilities.ts';
import type {Api} from '../../source/cluster/api.ts';
import {folder, noRealHelm, realHelms, script} from './support.ts';

const target = {context: 'prod eu', namespace: 'team-a', release: 'orders', kubeconfig: '/k/config'};
const where = ['--namespace', 'team-a', '--kube-context', 'prod eu', '--kubeconfig', '/k/config'];
const request = {
  target,
  chart: '/c/postgresql.tgz',
  values: {port: 1},
  timeoutMs: 90_500,
  labels: {'pg-helm-install/chart': 'postgresql', a: 'b'},
};

/** A helm that writes down what it was given and answers as told. */
function pretend(body: string, major: 3 | 4 = 3) {
  const dir = folder();
  const path = script(join(dir, 'helm'), `printf '%s\\n' "$@" > '${dir}/argv'; cat > '${dir}/stdin'\n${body}`);
  return {
    helm: helmCommands({path, version: `${major}.0.0`, major}, {PATH: process.env['PATH']}),
    argv: () => readFileSync(join(dir, 'argv'), 'utf8').trimEnd().split('\n'),
    stdin: () => readFileSync(join(dir, 'stdin'), 'utf8'),
  };
}

describe.skipIf(process.platform === 'win32')('commands', () => {
  test('install', async () => {
    const {helm, argv, stdin} = pretend(`echo '{"version":1,"manifest":"x"}'`);
    expect(await helm.install(request)).toEqual({ok: true, ms: expect.any(Number), revision: 1});
    expect(argv()).toEqual([
      'install',
      'orders',
      '/c/postgresql.tgz',
      ...where,
      '-f',
      '-',
      '--timeout',
      '91s',
      '-o',
      'json',
      '--labels',
      'pg-helm-install/chart=postgresql,a=b',
    ]);
    expect(stdin()).toBe('{"port":1}');
  });

  test('upgrade forgets the values of before', async () => {
    const {helm, argv} = pretend(`echo '{"version":4}'`);
    expect(await helm.upgrade(request)).toMatchObject({ok: true, revision: 4});
    expect(argv()).toContain('--reset-values');
    expect(argv().join(' ')).not.toMatch(/reuse|atomic|wait/);
  });

  test.each([
    [3, false],
    [4, true],
  ] as const)('taking fields over is asked of helm 4 alone (%s)', async (major, asked) => {
    const {helm, argv} = pretend(`echo '{"version":4}'`, major);
    await helm.upgrade({...request, forceConflicts: true});
    expect(argv().includes('--force-conflicts')).toBe(asked);
  });

  test('rollback and uninstall', async () => {
    const {helm, argv} = pretend('echo done');
    expect(await helm.rollback({target, revision: 3, timeoutMs: 1})).toMatchObject({ok: true});
    expect(argv()).toEqual(['rollback', 'orders', '3', ...where, '--timeout', '1s']);
    expect(await helm.uninstall({target: {...target, context: '', kubeconfig: null}, timeoutMs: 60_000})).toMatchObject(
      {ok: true},
    );
    expect(argv()).toEqual(['uninstall', 'orders', '--namespace', 'team-a', '--timeout', '60s', '--ignore-not-found']);
  });

  test.each([
    [true, 'upgrade'],
    [false, 'install'],
  ] as const)('a dry run where the release exists (%s) is of %s, and shows no Secret', async (exists, kind) => {
    const {helm, argv} = pretend(`echo '{"version":4,"manifest":"---"}'`);
    expect(await helm.dryRun({...request, exists})).toMatchObject({ok: true, manifest: '---'});
    expect(argv()[0]).toBe(kind);
    expect(argv()).toEqual(expect.arrayContaining(['--dry-run=server', '--hide-secret']));
  });

  test("a failure that is known has a cause; one that is not has helm's words", async () => {
    expect(
      await pretend(
        'echo "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress" >&2; exit 1',
      ).helm.upgrade(request),
    ).toMatchObject({
      ok: false,
      stopped: false,
      cause: {code: 'RELEASE_LOCKED'},
    });
    expect(await pretend('echo "Error: UPGRADE FAILED: moon" >&2; exit 1').helm.upgrade(request)).toMatchObject({
      ok: false,
      cause: null,
      text: 'moon',
    });
    expect(await pretend('exit 3').helm.upgrade(request)).toMatchObject({
      ok: false,
      cause: null,
      text: 'helm ended with exit code 3',
    });
    expect(await pretend('kill -KILL $$').helm.upgrade(request)).toMatchObject({
      ok: false,
      cause: null,
      text: 'helm was ended by SIGKILL',
    });
  });
});

test('a command line can be pasted', () => {
  expect(commandLine('helm', ['a', 'b c', '$(id)', "it's", '', '--x=1,2'])).toBe(
    `helm a 'b c' '$(id)' 'it'\\''s' '' --x=1,2`,
  );
});

test('the line to show names where the chart came from and a file for the values', () => {
  const chart = {source: 'oci://registry.example/postgresql', version: '16.7.26'};
  expect(applyCommandLine('upgrade', {target, timeoutMs: 1000}, {chart, major: 3})).toBe(
    'helm upgrade orders oci://registry.example/postgresql --version 16.7.26 --namespace team-a --kube-context ' +
      "'prod eu' --kubeconfig /k/config -f values.yaml --reset-values --timeout 1s",
  );
  expect(
    applyCommandLine('install', {target, timeoutMs: 1000}, {chart: {source: '/c/p', version: '16.7.26'}, major: 3}),
  ).toContain('install orders /c/p --namespace');
});

describe.skipIf(noRealHelm).each(realHelms)('helm $line renders without the cluster', ({program}) => {
  // As common.compatibility.isOpenshift and common.capabilities.kubeVersion of the real chart ask it.
  const template = `kind: ConfigMap
data:
  openshift: "{{ .Capabilities.APIVersions.Has "security.openshift.io/v1" }}"
  apps: "{{ .Capabilities.APIVersions.Has "apps/v1" }}"
  kubernetes: "{{ .Capabilities.KubeVersion.Version }}"
`;
  const rendered = async (groupVersions: readonly string[], kubernetesVersion: string) => {
    const chart = folder();
    mkdirSync(join(chart, 'templates'));
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: asking\nversion: 1.0.0\n');
    writeFileSync(join(chart, 'templates/asked.yaml'), template);
    const groups = [{versions: groupVersions.map((groupVersion) => ({groupVersion}))}];
    let asked = 0;
    const get = async () => Promise.resolve((asked++, {groups}));
    const capabilities = capabilitiesReader({get} as unknown as Api, kubernetesVersion);
    await capabilities();
    const helm = helmCommands(program, {PATH: process.env['PATH'], HOME: folder()});
    const found = await helm.template({target, chart, values: {}, cluster: await capabilities()});
    expect(asked).toBe(1);
    return found.ok ? found.manifest : found.text;
  };

  test('as for OpenShift, where the cluster is one', async () => {
    const manifest = await rendered(['apps/v1', 'security.openshift.io/v1', 'route.openshift.io/v1'], 'v1.30.4');
    expect(manifest).toContain('openshift: "true"');
    expect(manifest).toContain('apps: "true"');
    expect(manifest).toContain('kubernetes: "v1.30.4"');
  });

  test.each(['v1.31.2+k3s1', 'v1.29.3-eks-ae9a62a', 'v1.30.5-gke.1014001', '1.31.2'])(
    'as for %s, where it is none',
    async (kubernetesVersion) => {
      const manifest = await rendered(['apps/v1'], kubernetesVersion);
      expect(manifest).toContain('openshift: "false"');
      expect(manifest).toMatch(/kubernetes: "v1\.(29\.3|30\.5|31\.2)/);
    },
  );

  test('by its own guess, where the cluster does not say', async () => {
    expect(await rendered([], 'unknown')).toMatch(/kubernetes: "v\d+\.\d+/);
  });
});

test('whatever is rendered for a release is rendered for its cluster', async () => {
  const seen: unknown[] = [];
  const template = async (request: {readonly cluster: unknown}) =>
    Promise.resolve((seen.push(request.cluster), {ok: true, ms: 1, manifest: ''}));
  const get = async (path: string) =>
    Promise.resolve(path === '/apis' ? {groups: [{versions: [{groupVersion: 'security.openshift.io/v1'}]}]} : {});
  const connection = {api: {get}, kubernetesVersion: 'v1.30.4', context: 'prod', kubeconfig: null};
  const place = {connection, target: {namespace: 'team-a', release: 'orders'}} as unknown as AdapterContext;
  const port = helmPort(place, async () => Promise.resolve({template} as unknown as Helm));
  const chart = {path: '/c/postgresql.tgz', source: 'x', version: '1', appVersion: '1'};
  await port.helm.render({chart, values: {}}, new AbortController().signal);
  expect(seen).toEqual([{apiVersions: ['security.openshift.io/v1'], kubeVersion: 'v1.30.4'}]);
});
