import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {CauseCode} from '../../source/core/cause.ts';
import {helmCommands} from '../../source/helm/commands.ts';
import {causeOf, helmText} from '../../source/helm/errors.ts';
import {folder, noRealHelm, realHelms, tinyChart} from './support.ts';

const about = {context: 'prod-eu', namespace: 'team-a', release: 'orders'};

/**
 * What helm wrote on standard error, by situation; recorded on Kubernetes 1.34 with the real chart or one made to fail
 * so.
 */
function recorded(line: string): Record<string, string> {
  const sections = readFileSync(join(import.meta.dirname, `texts/helm-${line}.txt`), 'utf8')
    .split(/^@@ /m)
    .slice(1);
  return Object.fromEntries(
    sections.map((section) => [section.slice(0, section.indexOf('\n')), section.slice(section.indexOf('\n') + 1)]),
  );
}
const texts = {'3.18': recorded('3.18'), '4.1': recorded('4.1')};

const expected: readonly [situation: string, code: CauseCode, says: RegExp][] = [
  ['nokubeconfig', 'CLUSTER_UNREACHABLE', /^There is no kubeconfig/],
  ['badcontext', 'CLUSTER_UNREACHABLE', /no context nope\.$/],
  [
    'down',
    'CLUSTER_UNREACHABLE',
    /prod-eu cannot be reached at https:\/\/127\.0\.0\.1:1: dial tcp 127\.0\.0\.1:1: connect: connection refused\.$/,
  ],
  ['dns', 'CLUSTER_UNREACHABLE', /at https:\/\/no\.such\.host\.invalid:6443: .*no such host\.$/],
  ['badyaml', 'CLUSTER_UNREACHABLE', /^The kubeconfig \/home\/ops\/bad\.conf cannot be read: yaml: mapping values/],
  ['badca', 'CLUSTER_UNREACHABLE', /certificate of https:\/\/10\.0\.0\.1:6443 .* cannot be trusted: x509/],
  ['badtoken', 'CREDENTIALS_EXPIRED', /does not accept these credentials/],
  ['nsmissing', 'NAMESPACE_MISSING', /no namespace nope-nope/],
  ['upmissing', 'RELEASE_NOT_FOUND', /no release orders in namespace team-a/],
  ['unmissing', 'RELEASE_NOT_FOUND', /no release orders/],
  ['rbmissing', 'RELEASE_NOT_FOUND', /no release orders/],
  ['rbrev', 'RELEASE_NOT_FOUND', /no revision 99/],
  ['locked-rb', 'RELEASE_NOT_FOUND', /no revision 0/],
  ['exists', 'RELEASE_EXISTS', /orders in namespace team-a already/],
  ['reinstallfailed', 'RELEASE_EXISTS', /already/],
  ['locked', 'RELEASE_LOCKED', /another operation on release orders/],
  ['longname', 'NAME_TOO_LONG', /at most 53/],
  ['ownership', 'NAME_COLLISION', /^ConfigMap own-cm exists in namespace helm-dev-2 and does not belong to helm/],
  ['chartpath', 'CHART_NOT_FOUND', /\.\/nope/],
  ['chartalias', 'CHART_NOT_FOUND', /bitnami/],
  ['nochartyaml', 'CHART_NOT_FOUND', /no chart at/],
  ['badchartyaml', 'CHART_REJECTED', /Chart\.yaml/],
  ['missingdep', 'CHART_REJECTED', /depends on: common/],
  ['schema', 'CHART_REJECTED', /^The chart refuses a value: .*auth.username.*string/],
  ['fail', 'CHART_REJECTED', /NOTES\.txt:123:4\): Original containers have been substituted/],
  ['nil', 'CHART_REJECTED', /statefulset\.yaml:211:31 fails at \.Values\.primary\.persistence\.mountPath: nil pointer/],
  ['sm', 'CHART_REJECTED', /ServiceMonitor \(monitoring\.coreos\.com\/v1\), a kind that this cluster does not know/],
  ['yamlout', 'CHART_REJECTED', /does not make YAML/],
  ['badfield', 'CHART_REJECTED', /^The cluster refuses Service badfield-x .*99999/],
  ['quota', 'QUOTA_EXCEEDED', /no room for ConfigMap a-x-cm: q, requested: configmaps=1/],
  ['psa', 'ADMISSION_DENIED', /refuses Pod psa-x .*violates PodSecurity "restricted:latest": allowPrivilegeEscalation/],
  ['vap', 'ADMISSION_DENIED', /ConfigMap denied-x-cm .*names may not start with denied/],
  ['webhook', 'ADMISSION_DENIED', /webhook deny\.example\.com .*connection refused/],
  ['forbidden', 'FORBIDDEN', /^viewer may not create secrets in namespace team\.$/],
  ['nobody', 'FORBIDDEN', /^nobody may not get configmaps in namespace team\.$/],
  ['nobodyun', 'FORBIDDEN', /^nobody may not list secrets in namespace team\.$/],
  ['stssize', 'STORAGE_CANNOT_GROW', /s-x-primary .*size or class of its volumes/],
  ['hooktimeout', 'TIMEOUT', /pre-install job/],
  ['lost-openapi', 'CONNECTION_LOST', /prod-eu broke while helm was at work/],
  ['lost-lookup', 'CONNECTION_LOST', /broke/],
  ['sigterm', 'CANCELLED', /stopped/],
];

describe.each(['3.18', '4.1'] as const)('texts of helm %s', (line) => {
  test.each(expected)('%s: %s', (situation, code, says) => {
    const found = causeOf(texts[line][situation] ?? '', about);
    expect(found?.code).toBe(code);
    expect(found?.message).toMatch(says);
    expect(found?.evidence.length).toBeGreaterThan(0);
  });

  test('every recorded text is expected here', () => {
    const known = expected.map(([situation]) => situation);
    expect(Object.keys(texts[line]).filter((situation) => !known.includes(situation))).toEqual(
      line === '4.1' ? ['conflict'] : [],
    );
  });
});

test('helm 4 names who else set a field', () => {
  expect(causeOf(texts['4.1']['conflict'] ?? '', about)).toMatchObject({
    code: 'FIELD_CONFLICT',
    message: expect.stringContaining('StatefulSet s-x-primary was changed outside of helm'),
    object: {kind: 'StatefulSet', namespace: 'helm-dev-2', name: 's-x-primary'},
  });
});

/** Not recorded on this cluster: from helm's and Kubernetes' own texts, see the chart facts. */
test.each<[CauseCode, string, RegExp]>([
  [
    'NAME_COLLISION',
    'Error: INSTALLATION FAILED: Unable to continue with install: Service "my-postgresql" in namespace "db" ' +
      'exists and cannot be imported into the current release: invalid ownership metadata; annotation validation ' +
      'error: key "meta.helm.sh/release-name" must equal "my-postgresql": current value is "my"',
    /^Service my-postgresql in namespace db belongs to release my;/,
  ],
  [
    'NAMESPACE_MISSING',
    'Error: INSTALLATION FAILED: create: failed to create: secrets "sh.helm.release.v1.a.v1" is forbidden: ' +
      'unable to create new content in namespace db because it is being terminated',
    /Namespace db is being deleted/,
  ],
  [
    'CREDENTIALS_EXPIRED',
    'Error: INSTALLATION FAILED: Kubernetes cluster unreachable: Get "https://k8s.example/version": getting ' +
      'credentials: exec: executable aws failed with exit code 255',
    /program that logs in/,
  ],
  ['CREDENTIALS_EXPIRED', 'Error: UPGRADE FAILED: Unauthorized', /may have expired/],
  [
    'STORAGE_CANNOT_GROW',
    'Error: UPGRADE FAILED: persistentvolumeclaims "data-a-0" is forbidden: only dynamically provisioned pvc can ' +
      'be resized and the storageclass that provisions the pvc must support resize',
    /claim data-a-0/,
  ],
  [
    'STORAGE_SHRINK',
    'Error: UPGRADE FAILED: PersistentVolumeClaim "data-a-0" is invalid: spec.resources.requests.storage: ' +
      'Forbidden: field can not be less than status.capacity',
    /only grow/,
  ],
  [
    'FORBIDDEN',
    'Error: INSTALLATION FAILED: 1 error occurred:\n\t* statefulsets.apps is forbidden: User "dev" cannot create ' +
      'resource "statefulsets" in API group "apps" in the namespace "db"\n',
    /^dev may not create statefulsets\.apps in namespace db\.$/,
  ],
  [
    'FORBIDDEN',
    'Error: INSTALLATION FAILED: template: postgresql/templates/secrets.yaml:11:24: executing ' +
      '"postgresql/templates/secrets.yaml" at <include "x" .>: error calling lookup: secrets "a" is forbidden: ' +
      'User "dev" cannot get resource "secrets" in API group "" in the namespace "db"',
    /^dev may not get secrets/,
  ],
  [
    'QUOTA_EXCEEDED',
    'Error: INSTALLATION FAILED: pods "a" is forbidden: failed quota: q: must specify limits.cpu',
    /Pod a/,
  ],
  [
    'FIELD_CONFLICT',
    'Error: UPGRADE FAILED: Operation cannot be fulfilled on statefulsets.apps "a": the object has been ' +
      'modified; please apply your changes to the latest version and try again',
    /^StatefulSet a was changed/,
  ],
  [
    'ADMISSION_DENIED',
    'Error: INSTALLATION FAILED: admission webhook "validate.kyverno.svc-fail" denied the request: policy X: no',
    /validate\.kyverno\.svc-fail.*policy X: no/,
  ],
  [
    'CHART_REJECTED',
    'Error: INSTALLATION FAILED: chart requires kubeVersion: >=1.40.0-0 which is incompatible with Kubernetes v1.34.4',
    /wants Kubernetes >=1\.40/,
  ],
  [
    'BAD_INPUT',
    'Error: INSTALLATION FAILED: release name "Orders": invalid release name, must match regex ^[a-z]$ and the ' +
      'length must not be longer than 53',
    /"Orders"/,
  ],
])('%s: %#', (code, stderr, says) => {
  expect(causeOf(stderr, about)).toMatchObject({code, message: expect.stringMatching(says)});
});

test('a text that nobody knows is no cause; the words are kept', () => {
  const stderr =
    'level=ERROR msg="x"\nWARNING: Kubernetes configuration file is group-readable.\nError: UPGRADE FAILED: the ' +
    'moon is in the way\n\nUse --debug flag to render out invalid YAML\n';
  expect(causeOf(stderr, about)).toBeNull();
  expect(helmText(stderr)).toBe('the moon is in the way');
});

test('commands to paste are quoted, whatever the context is called', () => {
  const found = causeOf('Error: Unauthorized', {...about, context: "a'; rm -rf x"});
  expect(found?.remedies[0]?.command).toBe(`kubectl --context 'a'\\''; rm -rf x' auth whoami`);
});

describe.skipIf(noRealHelm).each(realHelms)(
  'real helm $line, without a cluster (only fetched on Linux)',
  ({program}) => {
    const values = {port: 5432, a: {b: 1}};
    const setUp = () => {
      const dir = folder();
      const helm = helmCommands(program, {PATH: process.env['PATH'], HOME: dir, KUBECONFIG: join(dir, 'none')});
      return {helm, target: {context: '', namespace: 'db', release: 'orders', kubeconfig: null}, dir};
    };

    test('it renders values that it reads from standard input', async () => {
      const {helm, target} = setUp();
      expect(await helm.template({target, cluster: null, chart: tinyChart, values})).toMatchObject({
        ok: true,
        manifest: expect.stringContaining('port: "5432"'),
      });
    });

    test.each<[string, object, CauseCode, RegExp]>([
      ['a wrong type', {...values, port: 'x'}, 'CHART_REJECTED', /refuses a value: .*port.*string/],
      ['a value that the chart asks for', {a: {b: 1}}, 'CHART_REJECTED', /a port is needed/],
      ['a hole in the values', {port: 1}, 'CHART_REJECTED', /configmap\.yaml:6:\d+ fails at .*\.a\.b.*: nil pointer/],
    ])('%s', async (_, wrong, code, says) => {
      const {helm, target} = setUp();
      expect(
        await helm.template({target, cluster: null, chart: tinyChart, values: wrong as Record<string, unknown>}),
      ).toMatchObject({
        ok: false,
        cause: {code, message: expect.stringMatching(says)},
      });
    });

    test('no chart at the path', async () => {
      const {helm, target, dir} = setUp();
      expect(await helm.template({target, cluster: null, chart: join(dir, 'nope'), values})).toMatchObject({
        ok: false,
        cause: {code: 'CHART_NOT_FOUND'},
      });
    });

    test('no kubeconfig', async () => {
      const {helm, target} = setUp();
      const outcome = await helm.install({target, chart: tinyChart, values, timeoutMs: 5000});
      expect(outcome).toMatchObject({
        ok: false,
        stopped: false,
        cause: {code: 'CLUSTER_UNREACHABLE', message: expect.stringMatching(/no kubeconfig/)},
      });
    });

    test('a context that is not there', async () => {
      const {helm, target} = setUp();
      const outcome = await helm.upgrade({
        target: {...target, context: 'nope'},
        chart: tinyChart,
        values,
        timeoutMs: 5000,
      });
      expect(outcome).toMatchObject({
        ok: false,
        cause: {code: 'CLUSTER_UNREACHABLE', message: 'The kubeconfig has no context nope.'},
      });
    });

    test.each(['rollback', 'uninstall'] as const)('%s without a cluster', async (kind) => {
      const {helm, target} = setUp();
      const request = {target, revision: 1, timeoutMs: 5000};
      expect(await helm[kind](request)).toMatchObject({ok: false, cause: {code: 'CLUSTER_UNREACHABLE'}});
    });
  },
);

// What a busy API server says inside of helm, by the sandbox that fails one request in twenty.
test.each([
  'Error: UPGRADE FAILED: error validating "": error validating data: failed to download openapi: not found',
  'Error: UPGRADE FAILED: the server could not find the requested resource',
  'Error: INSTALLATION FAILED: Internal error occurred: the sandbox was asked to fail',
  'Error: UPGRADE FAILED: query: failed to query with labels: Too many requests, please try again later.',
  'Error: the server is currently unable to handle the request',
  'Error: resource mapping not found for name: "x": no matches for kind "StatefulSet" in version "apps/v1"',
])('a connection that is lost, not a chart that is rejected: %s', (text) => {
  expect(causeOf(text, about)?.code).toBe('CONNECTION_LOST');
});

test('the record that another helm wrote in the same moment is somebody at work', () => {
  const text = 'Error: UPGRADE FAILED: create: failed to create: secrets "sh.helm.release.v1.orders.v3" already exists';
  expect(causeOf(text, about)?.code).toBe('RELEASE_LOCKED');
});
