import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {exporterReference} from '../../../source/chart/image.ts';
import {checkExtraValues} from '../../../source/chart/owned.ts';
import {at, type Values} from '../../../source/chart/tree.ts';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import type {Images, Parameters} from '../../../source/parameters/parameters.ts';
import {metricsOffered} from '../../../source/plan/metrics.ts';
import {ordinary, parameters} from '../../support/arbitrary-parameters.ts';

const components = ['primary', 'readReplicas'];

describe('toValues and fromValues', () => {
  it('are each the inverse of the other, through JSON as helm keeps it', () => {
    fc.assert(
      fc.property(parameters, (wanted) => {
        const values = toValues(wanted, {fullname: 'orders-postgresql'});
        expect(fromValues(values)).toEqual(wanted);
        expect(JSON.parse(JSON.stringify(values))).toEqual(values);
      }),
      {numRuns: 300},
    );
  });

  it('are inverse when helm has dropped the nulls', () => {
    const stored = JSON.parse(
      JSON.stringify(toValues(ordinary, {fullname: 'orders-postgresql'}), (_, value: unknown) =>
        value === null ? undefined : value,
      ),
    ) as Record<string, unknown>;
    expect(fromValues(stored)).toEqual(ordinary);
  });

  it.each<[string, (values: Record<string, unknown>) => unknown]>([
    ['standalone', (values) => ({...values, architecture: 'standalone'})],
    ['with a Secret of the chart', (values) => ({...values, auth: {username: 'app', database: 'appdb'}})],
    ['without resources', (values) => ({...values, primary: {...(values['primary'] as object), resources: {}}})],
    [
      'of another kind of image',
      (values) => ({...values, image: {registry: 'docker.io', repository: 'library/postgres', tag: '17.6'}}),
    ],
    [
      'whose writer and readers are kept apart in different ways',
      (values) => ({...values, primary: {...(values['primary'] as object), affinity: {}}}),
    ],
    [
      'without a number of readers',
      (values) => ({...values, readReplicas: {...(values['readReplicas'] as object), replicaCount: null}}),
    ],
    ['of another chart', () => ({replicas: 3})],
  ])('knows a release %s as not its own', (_, change) => {
    const values = toValues(ordinary, {fullname: 'orders-postgresql'});
    expect(fromValues(values)).not.toBeNull();
    expect(fromValues(change(values) as Record<string, unknown>)).toBeNull();
  });
});

describe('toValues', () => {
  it('names the Secret of the installer and holds no password', () => {
    const values = toValues(ordinary, {fullname: 'orders-postgresql'});
    expect(at(values, ['auth', 'existingSecret'])).toBe('orders-postgresql-auth');
    expect(JSON.stringify(values)).not.toMatch(/"(postgresP|replicationP|p)assword":/);
  });

  it.each(components)(
    'keeps %s apart by one rule over both components, and restarts it only when somebody says so',
    (component) => {
      const values = toValues(ordinary, {fullname: 'orders-postgresql'});
      expect(at(values, [component, 'affinity'])).toEqual({
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              labelSelector: {
                matchLabels: {
                  'app.kubernetes.io/instance': '{{ .Release.Name }}',
                  'app.kubernetes.io/name': 'postgresql',
                },
                matchExpressions: [{key: 'app.kubernetes.io/component', operator: 'In', values: ['primary', 'read']}],
              },
              topologyKey: 'kubernetes.io/hostname',
            },
          ],
        },
      });
      expect(at(values, [component, 'updateStrategy'])).toEqual({type: 'OnDelete', rollingUpdate: null});
      expect(at(values, [component, 'resources'])).toEqual({
        requests: {cpu: '1', memory: '2Gi'},
        limits: {memory: '2Gi'},
      });
      expect(at(values, [component, 'nodeSelector'])).toEqual({'node.kubernetes.io/instance-type': 't3.medium'});
      expect(at(values, [component, 'persistence'])).toEqual({size: '20Gi', storageClass: 'gp3'});
    },
  );

  it('gives several ranges to the writer as a list and to the reader as one element', () => {
    const values = toValues(
      {...ordinary, exposure: 'load-balancer', allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8', 'fd00::/8']}},
      {fullname: 'x'},
    );
    expect(at(values, ['primary', 'service', 'loadBalancerSourceRanges'])).toEqual(['10.0.0.0/8', 'fd00::/8']);
    expect(at(values, ['readReplicas', 'service', 'loadBalancerSourceRanges'])).toEqual(['10.0.0.0/8, fd00::/8']);
  });

  it.each([
    [
      'aws',
      {
        'service.beta.kubernetes.io/aws-load-balancer-internal': 'true',
        'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal',
      },
    ],
    ['azure', {'service.beta.kubernetes.io/azure-load-balancer-internal': 'true'}],
    ['gcp', {'networking.gke.io/load-balancer-type': 'Internal'}],
  ] as const)('makes both load balancers internal in %s', (cloud, annotations) => {
    const values = toValues(
      {...ordinary, exposure: 'load-balancer', allowFrom: {kind: 'internal', cloud}, hostname: 'db.example.com'},
      {fullname: 'x'},
    );
    const hostname = 'external-dns.alpha.kubernetes.io/hostname';
    expect(at(values, ['primary', 'service', 'annotations'])).toEqual({...annotations, [hostname]: 'db.example.com'});
    expect(at(values, ['readReplicas', 'service', 'annotations'])).toEqual({
      ...annotations,
      [hostname]: 'reader-db.example.com',
    });
  });

  it('takes all three images from a mirror', () => {
    const values = toValues(
      {...ordinary, images: {...ordinary.images, source: 'mirror:registry.example.com:5000/team', pullSecret: 'pull'}},
      {fullname: 'x'},
    );
    const images = [
      at(values, ['image']),
      at(values, ['volumePermissions', 'image']),
      at(values, ['metrics', 'image']),
    ];
    expect(images).toEqual([
      {registry: 'registry.example.com:5000', repository: 'team/postgresql', tag: '17.6.0-debian-12-r0'},
      {registry: 'registry.example.com:5000', repository: 'team/os-shell'},
      {registry: 'registry.example.com:5000', repository: 'team/postgres-exporter'},
    ]);
    expect(at(values, ['global'])).toEqual({security: {allowInsecureImages: true}, imagePullSecrets: ['pull']});
  });

  it('takes the official image in the place of os-shell too, and the exporter of its own project', () => {
    const digest = `sha256:${'a'.repeat(64)}` as const;
    const official = {source: 'official', tag: '17.12-bookworm', digest, pullSecret: null} as const;
    const values = toValues({...ordinary, images: official}, {fullname: 'x'});
    const image = {registry: 'docker.io', repository: 'library/postgres', tag: '17.12-bookworm', digest};
    expect(at(values, ['image'])).toEqual(image);
    expect(at(values, ['volumePermissions', 'image'])).toEqual(image);
    expect(at(values, ['metrics', 'image'])).toEqual({
      registry: 'quay.io',
      repository: 'prometheuscommunity/postgres-exporter',
      tag: 'v0.17.1',
    });
    expect(fromValues(values)?.images).toEqual(official);
  });

  describe('of a registry that was named', () => {
    const from = (source: Images['source'], extraValues: Values = {}) => {
      const images = {source, tag: '17.12-bookworm', digest: null, pullSecret: null};
      const parameters: Parameters = {...ordinary, metrics: 'exporter', images, extraValues};
      return {parameters, values: toValues(parameters, {fullname: 'x'})};
    };

    it.each([
      ['image:registry.example/library/postgres', 'registry.example/library/postgres-exporter:v0.17.1'],
      ['image:registry.example:5000/postgres', 'registry.example:5000/postgres-exporter:v0.17.1'],
      ['image:registry.example/a/b/pg17', 'registry.example/a/b/postgres-exporter:v0.17.1'],
      ['mirror:registry.example/team', 'registry.example/team/postgres-exporter'],
      ['official', 'quay.io/prometheuscommunity/postgres-exporter:v0.17.1'],
      ['bitnamilegacy', 'docker.io/bitnamilegacy/postgres-exporter'],
    ] as const)('%s: the exporter is %s, and the plan says it', (source, reference) => {
      const {parameters, values} = from(source);
      const {registry, repository, tag} = at(values, ['metrics', 'image']) as Record<string, string>;
      expect(`${registry}/${repository}${tag === undefined ? '' : `:${tag}`}`).toBe(reference);
      expect(exporterReference(parameters)).toBe(reference);
      expect(metricsOffered(parameters, {fullname: 'x'})).toContain(`(${reference})`);
      if (source.includes('registry.example')) expect(JSON.stringify(values)).not.toMatch(/quay\.io|docker\.io/);
      expect(fromValues(values)).toEqual(parameters);
    });

    it('a file for --values names another exporter', () => {
      const image = {registry: 'other.example', repository: 'monitoring/exporter', tag: 'v1'};
      const {parameters, values} = from('image:registry.example/library/postgres', {metrics: {image}});
      expect(() => checkExtraValues({metrics: {image}})).not.toThrow();
      expect(at(values, ['metrics', 'image'])).toEqual(image);
      expect(exporterReference(parameters)).toBe('other.example/monitoring/exporter:v1');
      expect(fromValues(values)).toEqual(parameters);
    });
  });

  it('merges extra values last, key by key', () => {
    const values = toValues(
      {...ordinary, extraValues: {primary: {pdb: {create: false}}, audit: {logConnections: true}}},
      {fullname: 'x'},
    );
    expect(at(values, ['primary', 'pdb', 'create'])).toBe(false);
    expect(at(values, ['primary', 'persistence', 'size'])).toBe('20Gi');
    expect(at(values, ['audit'])).toEqual({logConnections: true});
  });
});
