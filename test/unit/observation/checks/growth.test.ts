// Whether disks may have another size, before anything changes.
import {expect, test} from 'vitest';
import {growth} from '../../../../source/observation/checks/growth.ts';
import {quotaForMore} from '../../../../source/observation/checks/quota.ts';
import type {PersistentVolumeClaim} from '../../../../source/observation/kubernetes.ts';
import {
  claim,
  codesOf,
  goodSurvey,
  parametersWith,
  storageClassNamed,
  textOf,
  wantedWith,
} from '../../../support/fakes/survey.ts';

const existing = parametersWith({readReplicaCount: 0});
const asking = (storage: string): PersistentVolumeClaim => ({
  ...claim('data-orders-postgresql-primary-0', storage),
  spec: {storageClassName: 'standard', resources: {requests: {storage}}},
});
const survey = goodSurvey({claims: [asking('20Gi')]});
const judge = (storageSize: string, changes: Parameters<typeof goodSurvey>[0] = {}) =>
  growth({...survey, ...changes}, wantedWith({existing, parameters: {readReplicaCount: 0, storageSize}}));

test('the same, in whichever words, and more, are right', () => {
  expect(judge('20480Mi')).toEqual([]);
  expect(judge('50Gi')).toEqual([]);
});

test('less is refused, and the way out is named', () => {
  expect(codesOf(judge('10Gi'))).toEqual(['refuse STORAGE_SHRINK']);
  expect(textOf(judge('10Gi'))).toContain('another name');
});

test('less than somebody grew it to by hand is less too', () =>
  expect(codesOf(judge('50Gi', {claims: [asking('80Gi')]}))).toEqual(['refuse STORAGE_SHRINK']));

test('a class that does not let volumes grow', () => {
  const fixed = judge('50Gi', {storageClasses: [storageClassNamed('standard', {allowVolumeExpansion: false})]});
  expect(codesOf(fixed)).toEqual(['refuse STORAGE_CANNOT_GROW']);
  expect(textOf(fixed)).toContain('data-orders-postgresql-primary-0: 20Gi of class standard');
});

test('classes that may not be listed are left to the cluster', () =>
  expect(judge('50Gi', {storageClasses: null})).toEqual([]));

const quotas = (hard: Record<string, string>, used: Record<string, string>) => [
  {metadata: {name: 'team'}, status: {hard, used}},
];
test('a quota counts what is more, and what a pod recreated needs to come back', () => {
  const more = wantedWith({existing, parameters: {readReplicaCount: 0, memory: '2Gi', storageSize: '50Gi'}});
  expect(
    quotaForMore(
      {
        ...survey,
        quotas: quotas(
          {'requests.memory': '2Gi', 'requests.storage': '50Gi'},
          {'requests.memory': '1Gi', 'requests.storage': '20Gi'},
        ),
      },
      more,
      false,
    ),
  ).toEqual([]);
  expect(
    codesOf(
      quotaForMore({...survey, quotas: quotas({'requests.memory': '1536Mi'}, {'requests.memory': '1Gi'})}, more, false),
    ),
  ).toEqual(['refuse QUOTA_EXCEEDED']);
  expect(
    codesOf(
      quotaForMore(
        {...survey, quotas: quotas({'requests.storage': '40Gi'}, {'requests.storage': '20Gi'})},
        more,
        false,
      ),
    ),
  ).toEqual(['refuse QUOTA_EXCEEDED']);
  const same = wantedWith({existing, parameters: {readReplicaCount: 0}});
  const over = {...survey, quotas: quotas({pods: '1'}, {pods: '2'})};
  expect(quotaForMore(over, same, false)).toEqual([]);
  expect(codesOf(quotaForMore(over, same, true))).toEqual(['refuse QUOTA_EXCEEDED']);
});

test('disks of the readers are judged by what they are to have', () => {
  const own = {readReplicaCount: 1, readers: {storageSize: '50Gi'}};
  const ofReader = {...asking('50Gi'), metadata: {name: 'data-orders-postgresql-read-0'}};
  const both = {...survey, claims: [asking('20Gi'), ofReader]};
  const of = (readers: object, storageSize = '20Gi') =>
    growth(both, wantedWith({existing: parametersWith(own), parameters: {readReplicaCount: 1, storageSize, readers}}));
  expect(of({storageSize: '50Gi'})).toEqual([]);
  expect(of({storageSize: '50Gi'}, '30Gi')).toEqual([]);
  expect(of({storageSize: '80Gi'})).toEqual([]);
  both.storageClasses = [storageClassNamed('standard', {allowVolumeExpansion: false})];
  expect(textOf(of({storageSize: '80Gi'}))).toContain('so 80Gi cannot be had');
  expect(textOf(of({storageSize: '80Gi'}))).not.toContain('primary-0');
  expect(codesOf(of({storageSize: '40Gi'}))).toEqual(['refuse STORAGE_SHRINK']);
  expect(textOf(of({storageSize: '40Gi'}))).toContain('leave --reader-storage-size away');
  expect(codesOf(of({}))).toEqual(['refuse STORAGE_SHRINK']);
});

test('a quota counts readers of their own size, disk and exposure', () => {
  const one = {readReplicaCount: 1};
  const existingOne = parametersWith(one);
  const more = wantedWith({
    existing: existingOne,
    parameters: {...one, readers: {memory: '3Gi', exposure: 'load-balancer'}},
  });
  const judged = (hard: Record<string, string>, used: Record<string, string>) =>
    codesOf(quotaForMore({...survey, quotas: quotas(hard, used)}, more, false));
  const extra = 3 - Number.parseInt(existingOne.memory, 10);
  expect(judged({'requests.memory': `${2 + extra}Gi`}, {'requests.memory': '2Gi'})).toEqual([]);
  expect(judged({'requests.memory': `${1 + extra}Gi`}, {'requests.memory': '2Gi'})).toEqual(['refuse QUOTA_EXCEEDED']);
  expect(judged({'services.loadbalancers': '1'}, {'services.loadbalancers': '0'})).toEqual([]);
  expect(judged({'services.loadbalancers': '0'}, {'services.loadbalancers': '0'})).toEqual(['refuse QUOTA_EXCEEDED']);
});
