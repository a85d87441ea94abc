// What of the present manifest would not be in ours, object by object.
import {stringify} from 'yaml';
import {expect, it} from 'vitest';
import {adoptionLosses} from '../../../source/plan/adoption-losses.ts';

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
    serviceAccountName: 'default',
  });
  expect(adoptionLosses(documents(was), documents(set({serviceAccountName: 'orders-postgresql'})))).toEqual([
    'nodeAffinity of StatefulSet orders-postgresql',
    'tolerations of StatefulSet orders-postgresql',
    'priorityClassName of StatefulSet orders-postgresql',
  ]);
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
