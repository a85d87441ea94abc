// Pod Security in the API server's words, as recorded on a Kubernetes 1.34.
import {expect, test} from 'vitest';
import {checkPodSecurity} from '../../../source/api/admission/pod-security.ts';
import {kinds} from '../../../source/store/kinds.ts';
import {Store} from '../../../source/store/store.ts';

const store = new Store();
for (const level of ['privileged', 'baseline', 'restricted'])
  store.create(kinds.namespace, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {name: level, labels: {'pod-security.kubernetes.io/enforce': level}},
  });
const check = (namespace: string, spec: object) => () =>
  checkPodSecurity(store, {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'db', namespace}, spec});
const safe = {
  allowPrivilegeEscalation: false,
  capabilities: {drop: ['ALL']},
  runAsNonRoot: true,
  seccompProfile: {type: 'RuntimeDefault'},
};

test('a plain pod is too free for restricted, and good for baseline', () => {
  const plain = {containers: [{name: 'main'}]};
  expect(check('restricted', plain)).toThrow(
    'pods "db" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false ' +
      '(container "main" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities ' +
      '(container "main" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or ' +
      'container "main" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "main" must ' +
      'set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  );
  expect(check('baseline', plain)).not.toThrow();
  expect(check('restricted', {containers: [{name: 'main', securityContext: safe}]})).not.toThrow();
});

test('what the pod says counts where a container says nothing', () => {
  const {runAsNonRoot, seccompProfile, ...own} = safe;
  expect(
    check('restricted', {
      securityContext: {runAsNonRoot, seccompProfile},
      containers: [{name: 'main', securityContext: own}],
    }),
  ).not.toThrow();
});

test('the machine itself is not for baseline', () => {
  const free = {
    hostNetwork: true,
    volumes: [{name: 'root', hostPath: {path: '/'}}],
    containers: [
      {name: 'a', securityContext: {privileged: true}},
      {name: 'b', securityContext: {privileged: true}},
    ],
  };
  expect(check('baseline', free)).toThrow(
    'violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true), hostPath volumes (volume ' +
      '"root"), privileged (containers "a", "b" must not set securityContext.privileged=true)',
  );
  expect(check('restricted', free)).toThrow(
    'host namespaces (hostNetwork=true), privileged (containers "a", "b" must not set ' +
      'securityContext.privileged=true), allowPrivilegeEscalation != false (containers "a", "b" must set ' +
      'securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (containers "a", "b" must set ' +
      'securityContext.capabilities.drop=["ALL"]), restricted volume types (volume "root" uses restricted volume ' +
      'type "hostPath"), runAsNonRoot != true (pod or containers "a", "b" must set ' +
      'securityContext.runAsNonRoot=true)',
  );
  expect(check('privileged', free)).not.toThrow();
});
