// A change as files: for each tool its own object, changed where its values stand, and nothing else of it.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import {changedValues, patchText, releasePatch, type ChangedRelease} from '../../../source/export/release-patch.ts';
import {
  chartSourceOf,
  valuesOfApplication,
  type SteeringObject,
  type SteeringSeen,
} from '../../../source/observation/steering.ts';
import {unifiedDiff} from '../../../source/plan/diff.ts';

const before = {auth: {username: 'app'}, readReplicas: {replicaCount: 1}};
const after = {auth: {username: 'app'}, readReplicas: {replicaCount: 2}};
const changed: ChangedRelease = {
  release: 'orders',
  namespace: 'team-a',
  before: {values: before, chartVersion: '16.7.26'},
  after: {values: after, chartVersion: '16.7.26'},
};
const upgraded: ChangedRelease = {...changed, after: {values: after, chartVersion: '16.7.27'}};

function flux(spec: object, labels = {}): SteeringSeen {
  const object = {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: {name: 'orders', namespace: 'flux-system', labels, resourceVersion: '7', uid: 'u'},
    spec,
    status: {conditions: []},
  } as const;
  return {tool: 'Flux', object: object as unknown as SteeringObject, named: 'HelmRelease flux-system/orders'};
}

function argo(spec: object): SteeringSeen {
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {name: 'orders', namespace: 'argocd', annotations: {'argocd.argoproj.io/refresh': 'normal'}},
    spec,
    status: {sync: {status: 'Synced'}},
  };
  return {tool: 'Argo CD', object: object as unknown as SteeringObject, named: 'Application orders'};
}

const chart = {chart: {spec: {chart: 'postgresql', version: '16.7.26'}}};

describe('of a HelmRelease', () => {
  it('changes its own values, and shows who applies it', () => {
    const owner = {'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system'};
    const [file, ...more] = releasePatch(flux({...chart, values: before}, owner), changed);
    expect(more).toEqual([]);
    expect(file).toMatchObject({
      name: 'orders-helmrelease.yaml',
      place: 'HelmRelease flux-system/orders, which Kustomization flux-system/apps applies',
    });
    expect(parse(file?.text ?? '')).toEqual({
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: {name: 'orders', namespace: 'flux-system'},
      spec: {...chart, values: after},
    });
  });

  it('changes the ConfigMap that all its values are in, and itself for another version of the chart', () => {
    const spec = {...chart, valuesFrom: [{kind: 'ConfigMap', name: 'orders-values', valuesKey: 'v.yaml'}]};
    const files = releasePatch(flux(spec), upgraded);
    expect(files.map(({name}) => name)).toEqual(['orders-values-configmap.yaml', 'orders-helmrelease.yaml']);
    const [map, release] = files.map(({text}) => parse(text) as Record<string, never>);
    expect(map).toMatchObject({kind: 'ConfigMap', metadata: {name: 'orders-values', namespace: 'flux-system'}});
    expect(parse((map?.['data']?.['v.yaml'] as string | undefined) ?? '')).toEqual(after);
    expect(release).toMatchObject({spec: {chart: {spec: {version: '16.7.27'}}, valuesFrom: spec.valuesFrom}});
    expect(releasePatch(flux(spec), changed).map(({name}) => name)).toEqual(['orders-values-configmap.yaml']);
  });

  it('has all values itself where they came from several places', () => {
    const spec = {...chart, valuesFrom: [{kind: 'ConfigMap', name: 'a'}], values: {readReplicas: {replicaCount: 1}}};
    const [file] = releasePatch(flux(spec), changed);
    expect(parse(file?.text ?? '')).toMatchObject({spec: {values: after}});
    expect(file?.text).not.toContain('valuesFrom');
  });

  describe('that refers to a Secret', () => {
    const secret = {ldap: {uri: 'ldap://x'}, primary: {extraEnvVars: [{name: 'TOKEN', value: 'canary'}]}};
    const both = <More extends object>(values: More) => ({...secret, ...values});
    const change = {
      ...upgraded,
      before: {...upgraded.before, values: both(before)},
      after: {...upgraded.after, values: both(after)},
    };
    const textOf = (spec: object, of: ChangedRelease = change) =>
      releasePatch(flux({...chart, ...spec}), of).map(({text, before: was}) => text + was);

    it.each([
      ['alone', [{kind: 'Secret', name: 'a'}], {}],
      [
        'beside values of its own',
        [{kind: 'Secret', name: 'a'}],
        {values: {readReplicas: {replicaCount: 1}, audit: {}}},
      ],
      [
        'after a ConfigMap',
        [
          {kind: 'ConfigMap', name: 'b'},
          {kind: 'Secret', name: 'a'},
        ],
        {values: {}},
      ],
      ['for one path', [{kind: 'Secret', name: 'a', targetPath: 'ldap.uri'}], {values: before}],
    ])('%s, has only what changes, and nothing of the Secret', (_how, valuesFrom, own: {values?: object}) => {
      const [file, ...more] = releasePatch(flux({...chart, valuesFrom, ...own}), change);
      expect(more).toEqual([]);
      const {spec} = parse(file?.text ?? '') as {spec: Record<string, unknown>};
      expect(spec).toEqual({
        chart: {spec: {chart: 'postgresql', version: '16.7.27'}},
        valuesFrom,
        values: {...own.values, readReplicas: {replicaCount: 2}},
      });
      expect(textOf({valuesFrom, ...own}).join()).not.toContain('canary');
    });

    it('takes out of its own values what is left out', () => {
      const valuesFrom = [{kind: 'Secret', name: 'a'}];
      const left = {...change, after: {...change.after, values: both({auth: before.auth})}};
      const [text] = textOf({valuesFrom, values: {readReplicas: {replicaCount: 1}}}, left);
      expect(text).not.toContain('canary');
      expect(parse(releasePatch(flux({...chart, valuesFrom, values: before}), left)[0]?.text ?? '')).toMatchObject({
        spec: {values: {auth: before.auth}},
      });
    });

    it.each([
      ['sets what changes', [{kind: 'Secret', name: 'a', targetPath: 'readReplicas.replicaCount'}], before, change],
      ['sets what is above it', [{kind: 'Secret', name: 'a', targetPath: 'readReplicas'}], before, change],
      [
        'has what is to go',
        [{kind: 'Secret', name: 'a'}],
        {},
        {...change, after: {...change.after, values: both({auth: before.auth})}},
      ],
    ])('is refused where the reference %s', (_what, valuesFrom, values, of) => {
      expect(() => releasePatch(flux({...chart, valuesFrom, values}), of)).toThrow(
        /readReplicas.* from what its valuesFrom/,
      );
    });
  });
});

describe('of an Application', () => {
  const source = {repoURL: 'registry.example', chart: 'postgresql', targetRevision: '16.7.26'};
  const written = (steering: SteeringSeen) => {
    const [file] = releasePatch(steering, upgraded);
    const object = parse(file?.text ?? '') as SteeringObject;
    return {object, values: valuesOfApplication(object, (text) => parse(text) as unknown)};
  };

  it.each([
    ['as text', {values: 'auth: {username: app}\n'}],
    ['as an object', {valuesObject: before}],
    ['and parameters', {valuesObject: before, parameters: [{name: 'readReplicas.replicaCount', value: '1'}]}],
  ])('changes the values that it has %s', (_how, helm) => {
    const {object, values} = written(argo({source: {...source, helm: {releaseName: 'orders', ...helm}}}));
    expect(values).toEqual(after);
    expect(object.spec).toMatchObject({source: {targetRevision: '16.7.27', helm: {releaseName: 'orders'}}});
    expect(object.metadata).toEqual({name: 'orders', namespace: 'argocd'});
  });

  it('changes that one of several sources that is the chart', () => {
    const other = {repoURL: 'https://git.example/config', ref: 'config'};
    const {object, values} = written(argo({sources: [other, {...source, helm: {valuesObject: before}}]}));
    expect(values).toEqual(after);
    expect(object.spec).toMatchObject({sources: [other, {targetRevision: '16.7.27'}]});
    expect(chartSourceOf(object)?.path).toEqual(['sources', '1']);
  });

  it('names the file in Git where the values are there', () => {
    const spec = {source: {repoURL: 'https://git.example/config', path: 'orders', helm: {valueFiles: ['prod.yaml']}}};
    expect(releasePatch(argo(spec), changed)).toMatchObject([
      {
        name: 'orders-values.yaml',
        place:
          'prod.yaml in https://git.example/config (path orders), from which Application argocd/orders has its values',
      },
    ]);
    expect(changedValues(changed)).toEqual(['readReplicas.replicaCount: 1 → 2']);
  });

  it.each([
    ['files in Git', {valueFiles: ['a.yaml'], valuesObject: before}],
    ['a parameter that is more than a path', {parameters: [{name: 'a[0]', value: 'x'}]}],
    ['a parameter of several values', {parameters: [{name: 'a', value: '{x,y}'}]}],
  ])('does not know the values of one with %s', (_what, helm) => {
    const {object} = argo({source: {...source, helm}});
    expect(object && valuesOfApplication(object, (text) => parse(text) as unknown)).toBeNull();
  });

  it('reads parameters as helm does', () => {
    const parameters = [
      {name: 'a.b', value: '1'},
      {name: 'a.c', value: '1', forceString: true},
      {name: 'd', value: 'true'},
    ];
    const {object} = argo({source: {...source, helm: {parameters}}});
    expect(object && valuesOfApplication(object, (text) => parse(text) as unknown)).toEqual({
      a: {b: 1, c: '1'},
      d: true,
    });
  });
});

it('is the values alone where nobody, or Terraform, applies them', () => {
  expect(releasePatch(null, changed)).toMatchObject([
    {name: 'orders-values.yaml', place: 'the values that helm gives to orders'},
  ]);
  const terraform = {tool: 'Terraform', object: null, named: null} as const;
  expect(releasePatch(terraform, upgraded)).toMatchObject([
    {place: 'the values of the helm_release that makes orders; the version of the chart becomes 16.7.27'},
  ]);
});

describe('the diff', () => {
  it('shows what changes alone, in whatever order the keys stand', () => {
    const now = {readReplicas: {size: '1Gi', replicaCount: 1}, list: [{b: 1, a: 2}], auth: {username: 'app'}};
    const next = {auth: {username: 'app'}, list: [{a: 2, b: 1}], readReplicas: {replicaCount: 2, size: '1Gi'}};
    const of = (values: object) => ({values: values as Readonly<Record<string, unknown>>, chartVersion: '16.7.26'});
    const text = patchText(releasePatch(null, {...changed, before: of(now), after: of(next)}));
    expect(text.split('\n').filter((line) => /^[-+] /.test(line))).toEqual([
      '-  replicaCount: 1',
      '+  replicaCount: 2',
    ]);
  });

  it('is unified, as patch reads it', () => {
    expect(patchText(releasePatch(null, changed))).toBe(
      [
        '--- a/orders-values.yaml',
        '+++ b/orders-values.yaml',
        '@@ -1,4 +1,4 @@',
        ' auth:',
        '   username: app',
        ' readReplicas:',
        '-  replicaCount: 1',
        '+  replicaCount: 2',
        '',
      ].join('\n'),
    );
  });

  it('makes the one text of the other, applied by git', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pghi-diff-'));
    const lines = fc.array(fc.constantFrom('a: 1', 'b: 2', '  c: 3', 'd:', '- e', ''), {minLength: 1, maxLength: 30});
    const text = lines.map((all) => `${all.join('\n')}\nend\n`);
    try {
      fc.assert(
        fc.property(text, text, (old, fresh) => {
          const diff = unifiedDiff('file.yaml', old, fresh);
          if (old === fresh) return diff === '';
          writeFileSync(join(folder, 'file.yaml'), old);
          execFileSync('git', ['apply', '--unidiff-zero', '-'], {
            cwd: folder,
            input: diff,
            stdio: ['pipe', 'pipe', 'pipe'],
          });
          return readFileSync(join(folder, 'file.yaml'), 'utf8') === fresh;
        }),
        {numRuns: 40},
      );
    } finally {
      rmSync(folder, {recursive: true});
    }
  });
});
