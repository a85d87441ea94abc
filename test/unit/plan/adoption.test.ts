// What a release by plain helm is in our parameters, by what runs; and why one cannot be taken over.
import {describe, expect, it} from 'vitest';
import type {Cause} from '../../../source/core/cause.ts';
import type {StatefulSet} from '../../../source/observation/kubernetes.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {adoptable, adoptionPreface, adoptionRefusal} from '../../../source/plan/adoption.ts';
import {podOf, serviceOf} from '../../support/fake-objects.ts';
import {targetFor} from '../../support/survey.ts';

const image = 'docker.io/bitnamilegacy/postgresql:17.6.0-debian-12-r0';
const login = {username: 'app', database: 'shop'};
const asIs = {cpu: null, memory: null, readReplicas: null};

function setWith(container: object = {}, spec: object = {}): StatefulSet {
  const resources = {requests: {cpu: '250m', memory: '1Gi'}, limits: {memory: '1Gi'}};
  return {
    metadata: {name: 'orders-postgresql'},
    spec: {
      replicas: 1,
      template: {spec: {containers: [{name: 'postgresql', image, resources, ...container}]}},
      volumeClaimTemplates: [
        {metadata: {name: 'data'}, spec: {storageClassName: 'fast', resources: {requests: {storage: '8Gi'}}}},
      ],
      ...spec,
    },
  };
}

function standalone(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    takenAt: 0,
    target: {...targetFor('orders'), given: {writer: ''}},
    namespace: null,
    release: {
      revisions: [
        {
          ...{revision: 3, status: 'deployed', updatedAt: null, chartVersion: '15.5.38', chartName: 'postgresql'},
          ...{appVersion: '16.6.0', description: ''},
        } as const,
      ],
      values: {auth: {username: 'app', database: 'shop'}},
    },
    statefulSets: [setWith()],
    pods: [podOf('orders-postgresql-0', true)],
    claims: [],
    services: [serviceOf('orders-postgresql')],
    ...{events: [], secret: null, logTails: {}, nodeAddress: null, database: [], operation: null, unreadable: []},
    ...changes,
  };
}

const secretOfChart = '---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: orders-postgresql\n';
const parametersOf = (snapshot: Snapshot, asked: typeof asIs | {memory: string} = asIs) => {
  const found = adoptable(snapshot, secretOfChart, login, {...asIs, ...asked});
  if ('code' in found) throw new Error(found.message);
  return found;
};

describe('a standalone', () => {
  it('is what its StatefulSet, its Service and its container say', () => {
    const {parameters, secrets} = parametersOf(standalone());
    expect(secrets).toEqual(['orders-postgresql']);
    expect(parameters).toMatchObject({
      ...{username: 'app', database: 'shop', cpu: '250m', memory: '1Gi', storageSize: '8Gi', storageClass: 'fast'},
      ...{readReplicaCount: 0, exposure: 'cluster', spread: 'preferred', sizing: 'off', instanceType: 'any'},
      images: {source: 'bitnamilegacy', tag: '17.6.0-debian-12-r0'},
    });
  });

  it('gets more memory where it has less than PostgreSQL needs, and is asked for it where it has no limit', () => {
    const nano = standalone({statefulSets: [setWith({resources: {limits: {memory: '192Mi', cpu: '150m'}}})]});
    expect(parametersOf(nano).parameters).toMatchObject({memory: '256Mi', cpu: '100m', cpuLimit: '150m'});
    const none = standalone({statefulSets: [setWith({resources: {}})]});
    expect(adoptable(none, '', login, asIs)).toMatchObject({code: 'BAD_INPUT'});
    expect(parametersOf(none, {memory: '2Gi'}).parameters.memory).toBe('2Gi');
  });

  it('keeps where it runs, and its readers will run there too', () => {
    const primary = {nodeSelector: {disk: 'ssd'}, priorityClassName: 'high'};
    const {release} = standalone();
    const {parameters} = parametersOf(standalone({release: {...release, values: {primary}}}));
    expect(parameters).toMatchObject({nodeSelector: {disk: 'ssd'}, priorityClass: 'high', instanceType: 'any'});
  });

  it('is taken over with a claim that it was given', () => {
    const target = {...targetFor('orders'), given: {writer: '', claim: 'old'}};
    const claim = {metadata: {name: 'old'}, spec: {resources: {requests: {storage: '5Gi'}}}};
    const given = standalone({
      ...{target, claims: [claim]},
      statefulSets: [setWith({}, {volumeClaimTemplates: []})],
    });
    expect(adoptionRefusal(given)).toBeNull();
    expect(parametersOf(given).parameters.storageSize).toBe('5Gi');
  });
});

it('a load balancer of AWS that does not say its scheme is not touched', () => {
  const balancer = (annotations: Record<string, string>) => ({
    metadata: {name: 'orders-postgresql', annotations},
    spec: {type: 'LoadBalancer', ports: [{port: 5432}]},
    status: {loadBalancer: {ingress: [{hostname: 'a1.elb.eu-west-1.amazonaws.com'}]}},
  });
  expect(adoptable(standalone({services: [balancer({})]}), '', login, asIs)).toMatchObject({code: 'NOT_ADOPTABLE'});
  const said = {'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing'};
  expect(parametersOf(standalone({services: [balancer(said)]})).parameters.exposure).toBe('load-balancer');
});

it('nothing stands in the way of an ordinary one', () => {
  expect(adoptionRefusal(standalone())).toBeNull();
});

it.each<[string, Partial<Snapshot>, Cause['code'], RegExp]>([
  ['no volume', {statefulSets: [setWith({}, {volumeClaimTemplates: []})]}, 'NOT_ADOPTABLE', /no volume of its own/],
  ['a pod that is not ready', {pods: [podOf('orders-postgresql-0', false)]}, 'NOT_ADOPTABLE', /is not ready/],
  [
    'another port',
    {services: [{metadata: {name: 'orders-postgresql'}, spec: {ports: [{port: 6432}]}}]},
    'NOT_ADOPTABLE',
    /port 6432/,
  ],
  [
    'Argo CD',
    {
      statefulSets: [
        {...setWith(), metadata: {name: 'orders-postgresql', annotations: {'argocd.argoproj.io/tracking-id': 'x'}}},
      ],
    },
    'NOT_ADOPTABLE',
    /Argo CD steers it/,
  ],
  [
    'Flux',
    {
      statefulSets: [
        {...setWith(), metadata: {name: 'orders-postgresql', labels: {'helm.toolkit.fluxcd.io/name': 'orders'}}},
      ],
    },
    'NOT_ADOPTABLE',
    /Flux steers it/,
  ],
  [
    'disks that differ',
    {
      statefulSets: [
        setWith(),
        {
          ...setWith(),
          metadata: {name: 'orders-postgresql-read'},
          spec: {
            ...setWith().spec,
            volumeClaimTemplates: [{metadata: {name: 'data'}, spec: {resources: {requests: {storage: '20Gi'}}}}],
          },
        },
      ],
    },
    'NOT_ADOPTABLE',
    /differ in size/,
  ],
])('%s is refused, with the reason and what to do', (_, changes, code, words) => {
  const refusal = adoptionRefusal(standalone(changes));
  expect(refusal).toMatchObject({code, message: expect.stringMatching(words) as unknown});
  expect(refusal?.message).toContain('Nothing was changed.');
});

it('the plan says what stays, and the way back', () => {
  const said = adoptionPreface(
    standalone(),
    [{name: 'orders-postgresql', readers: [{kind: 'Deployment', name: 'shop'}]}],
    {chartVersion: '16.7.26', restartsLater: true},
  );
  const text = said.map(({sentence}) => sentence).join('\n');
  expect(said.map(({code}) => code)).toEqual([
    'OWNERSHIP_CHANGE',
    'CREATE',
    'DATA_KEPT',
    'NO_CHANGE',
    'OWNERSHIP_CHANGE',
  ]);
  expect(text).toContain('chart 16.7.26 instead of 15.5.38');
  expect(text).toContain('a rotation changes orders-postgresql-auth. It is read by Deployment shop.');
  expect(text).toMatch(
    /helm get values orders --revision 3 -o yaml .*> before.yaml; helm upgrade orders CHART --version 15.5.38/,
  );
});

it('of a Secret that was given the plan says what is added to it, and who reads it', () => {
  const keys = {admin: 'root', user: 'app', replication: 'stream'};
  const target = {...targetFor('orders'), given: {writer: '', secret: {name: 'db', keys}}};
  const secret = {name: 'db', keys: ['root', 'app'], ours: false};
  const said = adoptionPreface(standalone({target, secret}), [{name: 'db', readers: null}], {
    ...{chartVersion: '16.7.26', restartsLater: false},
  });
  expect(said.map(({code, object}) => `${code} ${object}`)).toEqual([
    'OWNERSHIP_CHANGE Release/orders',
    'DATA_KEPT Secret/db',
    'OWNERSHIP_CHANGE Release/orders',
  ]);
  expect(said[1]?.sentence).toMatch(
    /gets stream beside what it has.*a rotation changes it there\. Who reads it is not/,
  );
});
