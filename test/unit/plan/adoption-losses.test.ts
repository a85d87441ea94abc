// What of the present manifest would not be in ours, object by object.
import {stringify} from 'yaml';
import {expect, it, test} from 'vitest';
import {adoptionLosses} from '../../../source/plan/adoption-losses.ts';
import {recordedCharts} from '../../support/recorded-charts.ts';

const documents = (...objects: readonly object[]) => objects.map((one) => `---\n${stringify(one)}`).join('');
const set = (spec: object, container: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: {name: 'orders-postgresql'},
  spec: {template: {spec: {containers: [{name: 'postgresql', ...container}], ...spec}}},
});
const service = (spec: object, annotations: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {name: 'orders-postgresql', annotations},
  spec,
});

it('finds nothing where all that was is there, whatever comes new', () => {
  const was = documents(set({nodeSelector: {disk: 'ssd'}}), service({type: 'ClusterIP'}));
  const will = documents(
    set({nodeSelector: {disk: 'ssd'}, volumes: [{name: 'more', secret: {}}], hostIPC: false}),
    service({type: 'ClusterIP'}, {new: 'one'}),
    {kind: 'PodDisruptionBudget', metadata: {name: 'orders-postgresql'}},
  );
  expect(adoptionLosses(was, will)).toEqual([]);
});

it('names objects that would go, but no Secret', () => {
  const was = documents(
    {kind: 'CronJob', metadata: {name: 'dump'}},
    {kind: 'Secret', metadata: {name: 'orders-postgresql'}},
  );
  expect(adoptionLosses(was, '')).toEqual(['CronJob/dump']);
});

it('names what somebody put beside the database or into it', () => {
  const was = set(
    {
      containers: [{name: 'postgresql', env: [{name: 'TZ', value: 'UTC'}, {name: 'POSTGRESQL_OLD'}]}, {name: 'pooler'}],
      initContainers: [{name: 'fetch'}],
      volumes: [
        {name: 'scratch', emptyDir: {}},
        {name: 'keys', secret: {}},
      ],
    },
    {},
  );
  expect(adoptionLosses(documents(was), documents(set({})))).toEqual([
    'the container pooler of StatefulSet orders-postgresql',
    'the init container fetch of StatefulSet orders-postgresql',
    'the volume keys of StatefulSet orders-postgresql',
    'the variable TZ of StatefulSet orders-postgresql',
  ]);
});

it('names where pods may run, and how they are kept apart only where nodes are meant', () => {
  const nodeAffinity = {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}};
  const was = set({
    affinity: {nodeAffinity, podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}},
    tolerations: [{key: 'db', operator: 'Exists'}],
    priorityClassName: 'high',
  });
  expect(adoptionLosses(documents(was), documents(set({})))).toEqual([
    'nodeAffinity of StatefulSet orders-postgresql',
    'tolerations of StatefulSet orders-postgresql',
    'priorityClassName of StatefulSet orders-postgresql',
  ]);
});

it.each([
  ['default', 'orders-postgresql', false],
  [undefined, 'orders-postgresql', false],
  ['shop', undefined, false],
  ['default', undefined, true],
  [undefined, 'default', true],
  ['shop', 'shop', true],
])('names the ServiceAccount where pods of %s would be of %s', (was, will, isKept) => {
  const of = (serviceAccountName: string | undefined) => documents(set({serviceAccountName}));
  const lost = isKept ? [] : ['serviceAccountName of StatefulSet orders-postgresql'];
  expect(adoptionLosses(of(was), of(will))).toEqual(lost);
});

it('names where pods may run that would run elsewhere: readers with an instance type of their own', () => {
  const of = (type: string) => documents(set({nodeSelector: {'node.kubernetes.io/instance-type': type}}));
  expect(adoptionLosses(of('t3.large'), of('t3.medium'))).toEqual(['nodeSelector of StatefulSet orders-postgresql']);
  expect(adoptionLosses(of('t3.large'), of('t3.large'))).toEqual([]);
});

it('names what clients of a Service would notice', () => {
  const was = service({type: 'LoadBalancer', loadBalancerIP: '10.0.0.9'}, {'cloud/kind': 'nlb'});
  const will = service({type: 'LoadBalancer'}, {'cloud/kind': 'alb'});
  expect(adoptionLosses(documents(was), documents(will))).toEqual([
    'the annotation cloud/kind of Service orders-postgresql',
    'loadBalancerIP of Service orders-postgresql',
  ]);
});

const manifest = recordedCharts.find(({title}) => title === '16.2.5 standalone')?.manifest ?? '';
const [ofSet, ofPolicy] = ['of StatefulSet orders-postgresql', 'of NetworkPolicy orders-postgresql'];
const zones = '$1podAntiAffinity:$2topologyKey: topology.kubernetes.io/zone';
const beside = '$1podAntiAffinity:$2component: primary\n                    team: shop';

test.each<[string, RegExp, string, string]>([
  [
    'a variable of the image that says something else',
    /POSTGRESQL_LOG_CONNECTIONS\n( +)value: "false"/,
    'POSTGRESQL_LOG_CONNECTIONS\n$1value: "true"',
    `the variable POSTGRESQL_LOG_CONNECTIONS ${ofSet}`,
  ],
  [
    'one that is there no more',
    /POSTGRESQL_LOG_HOSTNAME/,
    'POSTGRESQL_AUDIT',
    `the variable POSTGRESQL_AUDIT ${ofSet}`,
  ],
  [
    'one that comes from elsewhere',
    /- name: POSTGRESQL_LOG_HOSTNAME\n( +)value: "false"/,
    '- name: POSTGRESQL_LOG_HOSTNAME\n$1valueFrom: {configMapKeyRef: {name: shop, key: log}}',
    `the variable POSTGRESQL_LOG_HOSTNAME ${ofSet}`,
  ],
  [
    "an operator's own that says something else",
    /( +)env:\n/,
    '$1env:\n$1  - {name: TZ, value: Europe/Vienna}\n',
    `the variable TZ ${ofSet}`,
  ],
  [
    'how commits wait for readers',
    /( +)env:\n/,
    '$1env:\n$1  - {name: POSTGRES_SYNCHRONOUS_COMMIT_MODE, value: remote_apply}\n' +
      '$1  - {name: POSTGRES_NUM_SYNCHRONOUS_REPLICAS, value: "1"}\n',
    `the variable POSTGRES_SYNCHRONOUS_COMMIT_MODE ${ofSet}`,
  ],
  ['a group of files', /fsGroup: 1001/, 'fsGroup: 2000', `securityContext.fsGroup ${ofSet}`],
  ['a user', /runAsUser: 1001/, 'runAsUser: 2000', `securityContext.runAsUser ${ofSet}`],
  ['arguments', /( +)imagePullPolicy:/, '$1args: [-c, wal_level=logical]\n$1imagePullPolicy:', `args ${ofSet}`],
  [
    'a hook',
    /( +)imagePullPolicy:/,
    '$1lifecycle: {postStart: {exec: {command: [/bin/warm]}}}\n$1imagePullPolicy:',
    `lifecycle ${ofSet}`,
  ],
  [
    'variables of a Secret',
    /( +)imagePullPolicy:/,
    '$1envFrom: [{secretRef: {name: shop}}]\n$1imagePullPolicy:',
    `envFrom ${ofSet}`,
  ],
  [
    'a probe of the operator',
    /( +)readinessProbe:\n/,
    '$1readinessProbe: {tcpSocket: {port: 5432}}\n$1ofChart:\n',
    `readinessProbe ${ofSet}`,
  ],
  ['a port', /containerPort: 5432/, 'containerPort: 5433', `ports ${ofSet}`],
  [
    'pods kept apart by zone',
    /( +)podAntiAffinity:([^]*?)topologyKey: kubernetes.io\/hostname/,
    zones,
    `podAntiAffinity ${ofSet}`,
  ],
  ['pods kept apart from others', /( +)podAntiAffinity:([^]*?)component: primary/, beside, `podAntiAffinity ${ofSet}`],
  [
    'who is let in',
    /- ports:\n( +)- port: 5432/,
    '- from: [{podSelector: {}}]\n      ports:\n$1- port: 5432',
    `the rules ${ofPolicy}`,
  ],
])('names %s', (_name, what, instead, loss) => {
  const was = manifest.replace(what, instead);
  expect(was).not.toBe(manifest);
  expect(adoptionLosses(was, manifest)).toEqual([loss]);
});

it('names a label of the pods', () => {
  const of = (team: string) => documents({...set({}), spec: {template: {metadata: {labels: {team}}, spec: {}}}});
  expect(adoptionLosses(of('shop'), of('other'))).toEqual([`the label team ${ofSet}`]);
});

it('names no password that is in a file instead, and nothing that a parameter says', () => {
  const secretKeyRef = {name: 'orders-postgresql', key: 'password'};
  const env = [
    {name: 'POSTGRES_PASSWORD', valueFrom: {secretKeyRef}},
    {name: 'POSTGRES_NUM_SYNCHRONOUS_REPLICAS', value: '1'},
    {name: 'POSTGRES_SYNCHRONOUS_COMMIT_MODE', value: 'on'},
    {name: 'POSTGRES_DB', value: 'shop'},
  ];
  const file = '/opt/bitnami/postgresql/secrets/password';
  const will = [
    {name: 'POSTGRES_PASSWORD_FILE', value: file},
    {name: 'POSTGRES_DATABASE', value: 'shop'},
  ];
  expect(adoptionLosses(documents(set({}, {env})), documents(set({}, {env: will})))).toEqual([]);
});
