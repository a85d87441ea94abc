// What the API server says of a pod that a StatefulSet wants: recorded from dry runs on Kubernetes 1.34.
import {describe, expect, test} from 'vitest';
import {podOfSet} from '../../../../source/observation/pods/pod-of-set.ts';
import {causeOfPodRefusal, isAboutThePod} from '../../../../source/observation/pods/pod-refusal.ts';
import {targetFor} from '../../../support/fakes/survey.ts';

const invalid =
  'Pod "p-0" is invalid: spec.containers[0].resources.requests: Invalid value: "1": must be less than or equal ' +
  'to cpu limit of 500m';
const ranges = [{metadata: {name: 'defaults'}, spec: {limits: [{type: 'Container', default: {cpu: '500m'}}]}}];

describe('what is about the pod', () => {
  test.each([
    [409, 'pods "p-0" already exists', false],
    [
      403,
      'pods is forbidden: User "viewer" cannot create resource "pods" in API group "" in the namespace "team"',
      false,
    ],
    [403, 'pods "p-0" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1', false],
    [400, 'admission webhook "a.example" does not support dry run', false],
    [500, 'etcdserver: request timed out', false],
    [429, 'too many requests', false],
    [500, 'Internal error occurred: failed calling webhook "a.example": connection refused', true],
    [403, 'pods "p-0" is forbidden: failed quota: q: must specify limits.cpu for: c', true],
    [403, 'pods "p-0" is forbidden: maximum cpu usage per Container is 200m, but limit is 1', true],
    [403, 'pods "p-0" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true', true],
    [422, "pods \"p-0\" is invalid: : ValidatingAdmissionPolicy 'a' with binding 'a' denied request: no", true],
    [422, invalid, true],
  ])('%i %s', (status, words, isAbout) => expect(isAboutThePod(status, words)).toBe(isAbout));
});

test.each([
  [invalid, 'POD_REFUSED'],
  ['pods "p-0" is forbidden: error looking up service account a/none: serviceaccount "none" not found', 'POD_REFUSED'],
  ['pods "p-0" is forbidden: maximum cpu usage per Container is 200m, but limit is 1', 'ADMISSION_DENIED'],
  ['pods "p-0" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true', 'ADMISSION_DENIED'],
  ['pods "p-0" is forbidden: failed quota: q: must specify limits.cpu for: c', 'QUOTA_EXCEEDED'],
])('%s: %s', (words, code) => {
  const found = causeOfPodRefusal({words, limitRanges: ranges}, 'p-0', 'Nothing was changed.', targetFor());
  expect(found).toMatchObject({code, evidence: [words], object: {kind: 'Pod', name: 'p-0'}});
  expect(found.message).toMatch(/Nothing was changed\.$/);
  expect(found.message.includes('LimitRange defaults')).toBe(/limit of|per Container/.test(words));
  expect(found.remedies[0]?.command).toContain('kubectl');
});

test('the pod is the one that the StatefulSet controller makes', () => {
  const set = {
    metadata: {name: 'orders-postgresql-read', uid: 'u'},
    spec: {
      serviceName: 'orders-postgresql-read-hl',
      template: {
        metadata: {labels: {a: 'b'}, annotations: {c: 'd'}},
        spec: {containers: [{name: 'postgresql'}], volumes: [{name: 'data'}, {name: 'dshm'}]},
      },
      volumeClaimTemplates: [{metadata: {name: 'data'}}],
    },
  };
  expect(podOfSet(set, 1, 'team-a')).toMatchObject({
    metadata: {
      name: 'orders-postgresql-read-1',
      namespace: 'team-a',
      labels: {a: 'b', 'statefulset.kubernetes.io/pod-name': 'orders-postgresql-read-1'},
      annotations: {c: 'd'},
      ownerReferences: [{kind: 'StatefulSet', uid: 'u', controller: true}],
    },
    spec: {
      hostname: 'orders-postgresql-read-1',
      subdomain: 'orders-postgresql-read-hl',
      volumes: [{name: 'data', persistentVolumeClaim: {claimName: 'data-orders-postgresql-read-1'}}, {name: 'dshm'}],
    },
  });
});
