// Whose the number of readers is, in the words of a real cluster.
import {expect, it} from 'vitest';
import {numberIsHeldByOthers} from '../../../source/observation/field-owners.ts';
import type {FieldOwner} from '../../../source/observation/kubernetes.ts';
import {viewOf} from '../../../source/observation/release-view.ts';
import {recorded} from './recorded.ts';

const healthy = recorded('healthy');
const fields = (...names: readonly string[]) => ({'f:spec': Object.fromEntries(names.map((name) => [name, {}]))});
const helm4 = {manager: 'helm', operation: 'Apply', fieldsV1: fields('f:replicas', 'f:template')};
const kubectlScale = {manager: 'kubectl', operation: 'Update', subresource: 'scale', fieldsV1: fields('f:replicas')};
const kubectlEdit = {manager: 'kubectl-edit', operation: 'Update', fieldsV1: fields('f:replicas')};
const controller = {
  manager: 'kube-controller-manager',
  operation: 'Update',
  subresource: 'status',
  fieldsV1: {'f:status': {'f:replicas': {}}},
};
const label = {manager: 'kubectl-label', operation: 'Update', fieldsV1: {'f:metadata': {'f:labels': {}}}};

it.each<readonly [string, string, readonly FieldOwner[], boolean]>([
  ['nobody says', 'ssa', [], false],
  ['helm 4 alone', 'ssa', [helm4, controller, label], false],
  [
    'kubectl scaled what helm 4 applied',
    'ssa',
    [{...helm4, fieldsV1: fields('f:template')}, kubectlScale, controller],
    true,
  ],
  ['kubectl scaled to the number that helm says', 'ssa', [helm4, kubectlScale], true],
  ['edited', 'ssa', [helm4, kubectlEdit], true],
  ['helm 3 upgraded since what helm 4 had installed', '', [helm4, kubectlScale], false],
  ['helm 4 applied it as helm 3 does', 'csa', [helm4, kubectlScale], false],
])('%s', (_name, applyMethod, managedFields, held) => {
  const {readerSet} = viewOf(healthy);
  expect(readerSet).not.toBeNull();
  const statefulSets = healthy.statefulSets.map((set) => ({
    ...set,
    metadata: {
      ...set.metadata,
      managedFields: set.metadata.name === readerSet?.metadata.name ? managedFields : [helm4],
    },
  }));
  const revisions = healthy.release.revisions.map((revision) => ({...revision, applyMethod}));
  const snapshot = {...healthy, release: {...healthy.release, revisions}, statefulSets};
  const replicas = readerSet?.spec.replicas ?? 0;
  expect(numberIsHeldByOthers(snapshot, replicas + 1)).toBe(held);
  // What is said again conflicts with nobody.
  expect(numberIsHeldByOthers(snapshot, replicas)).toBe(false);
});
