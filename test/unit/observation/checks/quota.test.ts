import {expect, test} from 'vitest';
import {quota} from '../../../../source/observation/checks/quota.ts';
import type {LimitRange, ResourceQuota} from '../../../../source/observation/kubernetes.ts';
import type {Survey} from '../../../../source/observation/survey.ts';
import type {Parameters} from '../../../../source/parameters/parameters.ts';
import {claim, codesOf, goodSurvey, revision, secretWith, textOf, wantedWith} from '../../../support/fakes/survey.ts';

const quotaOf = (
  hard: Record<string, string>,
  used: Record<string, string> = {},
  spec: ResourceQuota['spec'] = {},
): ResourceQuota => ({metadata: {name: 'team'}, spec, status: {hard, used}});
const judge = (found: ResourceQuota, survey: Partial<Survey> = {}, parameters: Partial<Parameters> = {}) =>
  quota(goodSurvey({...survey, quotas: [found]}), wantedWith({parameters}));
const range = (limits: NonNullable<LimitRange['spec']>['limits']): LimitRange => ({
  metadata: {name: 'limits'},
  spec: {...(limits && {limits})},
});

test('no quotas, or none to be seen', () => {
  expect(quota(goodSurvey(), wantedWith())).toEqual([]);
  expect(quota(goodSurvey({quotas: null}), wantedWith())).toEqual([]);
});

// A request that fits: three pods of 500m and 1Gi, three volumes of 20Gi, nothing there yet.
test.each<[resource: string, enough: string, tooLittle: string, parameters?: Partial<Parameters>]>([
  ['pods', '3', '2'],
  ['count/pods', '3', '2'],
  ['cpu', '1500m', '1499m'],
  ['requests.cpu', '1.5', '1'],
  ['memory', '3Gi', '3071Mi'],
  ['requests.memory', '3Gi', '2Gi'],
  ['limits.memory', '3Gi', '2Gi'],
  ['persistentvolumeclaims', '3', '2'],
  ['requests.storage', '60Gi', '59Gi'],
  ['standard.storageclass.storage.k8s.io/requests.storage', '60Gi', '59Gi'],
  ['standard.storageclass.storage.k8s.io/persistentvolumeclaims', '3', '2'],
  ['services', '4', '3'],
  ['services.loadbalancers', '2', '1', {exposure: 'load-balancer', allowFrom: {kind: 'public'}}],
  ['services.nodeports', '2', '1', {exposure: 'load-balancer', allowFrom: {kind: 'public'}}],
  ['services.nodeports', '2', '1', {exposure: 'node-port'}],
  ['secrets', '2', '1'],
  ['count/statefulsets.apps', '2', '1'],
])('%s: %s is enough, %s is not', (resource, enough, tooLittle, parameters) => {
  expect(judge(quotaOf({[resource]: enough}), {}, parameters)).toEqual([]);
  const findings = judge(quotaOf({[resource]: tooLittle}), {}, parameters);
  expect(codesOf(findings)).toEqual(['refuse QUOTA_EXCEEDED']);
  expect(textOf(findings)).toContain(`${resource}: `);
});

test('names the quota, the resource, what is needed and what is left', () => {
  expect(textOf(judge(quotaOf({'requests.memory': '4Gi'}, {'requests.memory': '2Gi'})))).toContain(
    'ResourceQuota team of namespace team-a does not leave enough: requests.memory: 3Gi needed, 2Gi of 4Gi left.',
  );
});

test('nothing of a kind is needed: a quota of zero is no matter', () => {
  expect(
    judge(
      quotaOf({
        'services.loadbalancers': '0',
        'gold.storageclass.storage.k8s.io/requests.storage': '0',
        'requests.nvidia.com/gpu': '0',
      }),
    ),
  ).toEqual([]);
});

test('what is there already is not needed again', () => {
  const claims = [claim('data-orders-postgresql-primary-0'), claim('data-orders-postgresql-read-1')];
  expect(
    judge(
      quotaOf(
        {persistentvolumeclaims: '3', 'requests.storage': '60Gi', secrets: '2'},
        {persistentvolumeclaims: '2', 'requests.storage': '40Gi', secrets: '1'},
      ),
      {claims, secret: secretWith()},
    ),
  ).toEqual([]);
  expect(judge(quotaOf({pods: '3'}, {pods: '3'}), {release: {revisions: [revision()], values: {}}})).toEqual([]);
});

test('a quota for some pods only is left out', () => {
  expect(judge(quotaOf({pods: '0'}, {}, {scopes: ['BestEffort']}))).toEqual([]);
  expect(judge(quotaOf({pods: '0'}, {}, {scopeSelector: {matchExpressions: []}}))).toEqual([]);
});

test('a quota of CPU limits demands a limit, which a LimitRange may give', () => {
  const found = quotaOf({'limits.cpu': '3'});
  expect(textOf(judge(found))).toContain('every pod must have a CPU limit');
  expect(judge(found, {limitRanges: [range([{type: 'Container', default: {cpu: '1'}}])]})).toEqual([]);
  expect(judge(found, {limitRanges: [range([{type: 'Container', max: {cpu: '1'}}])]})).toEqual([]);
  expect(codesOf(judge(found, {limitRanges: [range([{type: 'Container', default: {cpu: '2'}}])]}))).toEqual([
    'refuse QUOTA_EXCEEDED',
  ]);
  expect(codesOf(judge(found, {limitRanges: [range([{type: 'Pod', max: {cpu: '1'}}])]}))).toEqual([
    'refuse QUOTA_EXCEEDED',
  ]);
  expect(judge(found, {limitRanges: null})).toEqual([]);
});

test('the exporter beside each database counts as well', () => {
  const exporter = {metrics: 'exporter', cpuLimit: '1'} as const;
  for (const [resource, enough, tooLittle] of [
    ['requests.cpu', '1560m', '1559m'],
    ['requests.memory', '3360Mi', '3359Mi'],
    ['limits.memory', '3360Mi', '3359Mi'],
    ['limits.cpu', '3300m', '3299m'],
  ] as const) {
    expect(judge(quotaOf({[resource]: enough}), {}, exporter), resource).toEqual([]);
    expect(codesOf(judge(quotaOf({[resource]: tooLittle}), {}, exporter)), resource).toEqual(['refuse QUOTA_EXCEEDED']);
  }
});
