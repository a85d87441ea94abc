// Whether the chart reads what we give it: the real chart where PGHI_CHART names it, else the sandbox's.
import {existsSync} from 'node:fs';
import {execa} from 'execa';
import {beforeAll, describe, expect, it} from 'vitest';
import {parseAllDocuments} from 'yaml';
import type {Path, Values} from '../../source/chart/tree.ts';
import {at, leaves, mergeValues} from '../../source/chart/tree.ts';
import {toValues} from '../../source/chart/values.ts';
import type {Parameters} from '../../source/parameters/parameters.ts';
import {ordinary} from '../support/arbitrary-parameters.ts';

const real = process.env['PGHI_CHART'];
const chart = real ?? 'sandbox/chart';
const installed = 'node_modules/.cache/pg-helm-install/bin/helm';
const helm = existsSync(installed) ? installed : 'helm';

const render = async (values: Values): Promise<string> => {
  const {stdout} = await execa(helm, ['template', 'orders', chart, '--namespace', 'team-a', '-f', '-'], {
    input: JSON.stringify(values),
  });
  return stdout;
};
/** A refusal is an answer of the chart as well. */
const renderOrRefuse = (values: Values): Promise<string> => render(values).catch((error: unknown) => String(error));

const nested = (path: Path, value: unknown): Record<string, unknown> => {
  const [first = '', ...rest] = path;
  return {[first]: rest.length === 0 ? value : nested(rest, value)};
};

const everything: Parameters = {
  ...ordinary,
  exposure: 'load-balancer',
  allowFrom: {kind: 'internal', cloud: 'aws'},
  hostname: 'db.example.com',
  images: {source: 'mirror:registry.example.com/team', tag: '17.6.0-debian-12-r0', digest: null, pullSecret: 'pull'},
};
/** Both images render only then. The sandbox's chart has no volumePermissions and checks no images. */
const allImages = {metrics: {enabled: true}, ...(real === undefined ? {} : {volumePermissions: {enabled: true}})};
const onlyReal = [
  'global.security.allowInsecureImages',
  'volumePermissions.image.registry',
  'volumePermissions.image.repository',
];
const isRead = (path: string): boolean => real !== undefined || !onlyReal.includes(path);

const variants: readonly [string, Parameters][] = [
  ['with everything', everything],
  ['with ranges', {...everything, allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8', '192.168.0.0/16']}}],
  ['with ranges of IPv6', {...everything, allowFrom: {kind: 'cidrs', cidrs: ['fd00::/8', '::/0']}}],
  [
    'open to everybody, pods preferably apart, by digest',
    {
      ...everything,
      allowFrom: {kind: 'public'},
      spread: 'preferred',
      images: {...everything.images, digest: `sha256:${'a'.repeat(64)}`},
    },
  ],
  [
    'with the defaults',
    {
      ...ordinary,
      username: 'postgres',
      database: 'postgres',
      instanceType: 'any',
      storageClass: null,
      readReplicaCount: 0,
      spread: 'preferred',
    },
  ],
  ['on a node port', {...ordinary, exposure: 'node-port'}],
];

/** Words that the chart compares with instead of printing: another legal one must change what is rendered. */
const otherWords: readonly (readonly [string, unknown])[] = [
  ['architecture', 'standalone'],
  ['global.security.allowInsecureImages', false],
  ['primary.service.type', 'ClusterIP'],
  ['readReplicas.service.type', 'ClusterIP'],
  ['primary.startupProbe.enabled', false],
  ['readReplicas.startupProbe.enabled', false],
  ['primary.readinessProbe.enabled', false],
  ['readReplicas.readinessProbe.enabled', false],
  ['primary.updateStrategy.rollingUpdate', {partition: 1}],
  ['readReplicas.updateStrategy.rollingUpdate', {partition: 1}],
];

describe('the values of a release', () => {
  it.each(variants)('render %s', async (_, parameters) => {
    const manifests = await render(toValues(parameters, {fullname: 'orders-postgresql'}));
    expect(manifests).toContain('name: orders-postgresql-primary');
    expect(manifests).toContain('secretName: orders-postgresql-auth');
    expect(manifests).toContain('type: OnDelete');
    expect(manifests).not.toContain('rollingUpdate');
    expect(manifests).toContain('app.kubernetes.io/instance: orders');
    expect(manifests).not.toContain('{{');
  });

  it('have the pods tolerate what --toleration and what --values say', async () => {
    const [own, others] = [
      {key: 'sku', operator: 'Equal', value: 'database', effect: 'NoSchedule'},
      {key: 'gpu', operator: 'Exists'},
    ] as const;
    const parameters: Parameters = {
      ...everything,
      tolerations: [own],
      backup: {schedule: '0 3 * * *', size: '8Gi', keep: 7},
      extraValues: {primary: {tolerations: [others]}, readReplicas: {tolerations: [others]}},
    };
    const manifests = parseAllDocuments(await render(toValues(parameters, {fullname: 'orders-postgresql'})));
    const objects = manifests.map((one) => one.toJS() as Values);
    const pods = [
      ...objects.filter(({kind}) => kind === 'StatefulSet').map((set) => at(set, ['spec', 'template', 'spec'])),
      at(
        objects.find(({kind}) => kind === 'CronJob'),
        ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
      ),
    ];
    expect(pods.map((pod) => at(pod, ['tolerations']))).toEqual([[own, others], [own, others], [own]]);
  });

  it('give both load balancers the same ranges', async () => {
    const ranges = async (cidrs: readonly string[]): Promise<string[]> => {
      const manifests = await render(
        toValues({...everything, allowFrom: {kind: 'cidrs', cidrs}}, {fullname: 'orders-postgresql'}),
      );
      return [...manifests.matchAll(/loadBalancerSourceRanges: \[(.*)\]/g)].map(([, list = '']) =>
        list.replace(/["\s]/g, ''),
      );
    };
    expect(await ranges(['10.0.0.0/8', 'fd00::/8', '::/0'])).toEqual([
      '10.0.0.0/8,fd00::/8,::/0',
      '10.0.0.0/8,fd00::/8,::/0',
    ]);
  });

  it('never carry a password, and no Secret is rendered', async () => {
    expect(await render(toValues(ordinary, {fullname: 'orders-postgresql'}))).not.toMatch(/^kind: Secret$/m);
  });
});

describe('every value', () => {
  const values = mergeValues(
    toValues({...everything, images: {...everything.images, digest: null}}, {fullname: 'orders-postgresql'}),
    allImages,
  );
  const words = new Set(otherWords.map(([path]) => path));
  let rendered = '';
  beforeAll(async () => {
    rendered = await render(values);
  });

  it.each(otherWords.filter(([path]) => isRead(path)))('%s is read by the chart', async (path, word) => {
    expect(await renderOrRefuse(mergeValues(values, nested(path.split('.'), word)))).not.toBe(rendered);
  });

  it('that is printed comes out where it was put in', async () => {
    const own = leaves(values).filter(
      ({path}) => !words.has(path.join('.')) && path.at(-1) !== 'enabled' && isRead(path.join('.')),
    );
    // Every leaf becomes a mark that can come from nowhere else.
    const marks = own.map(({path, value}, index) => ({
      path,
      mark:
        typeof value === 'number'
          ? 770_000 + index
          : Array.isArray(value)
            ? markedArray(value, index)
            : `mark-${index}-m`,
    }));
    const marked = marks.reduce<Values>((all, {path, mark}) => mergeValues(all, nested(path, mark)), values);
    const manifests = await render(marked);
    const missing = marks.filter(
      ({mark}) =>
        !manifests.includes(
          Array.isArray(mark) ? (JSON.stringify(mark).match(/mark-\d+-m/)?.[0] ?? '?') : String(mark),
        ),
    );
    expect(missing.map(({path}) => path.join('.'))).toEqual([]);
    expect(marks.length).toBeGreaterThan(40);
  });
});

/** The same array with its first text marked. */
function markedArray(value: unknown[], index: number): unknown[] {
  let marked = false;
  const copy: unknown = JSON.parse(JSON.stringify(value), (_, inner: unknown) => {
    if (typeof inner !== 'string' || marked) return inner;
    marked = true;
    return `mark-${index}-m`;
  });
  return copy as unknown[];
}
