import {expect, test} from 'vitest';
import {limitRange} from '../../../../source/observation/checks/limit-range.ts';
import type {LimitRange} from '../../../../source/observation/kubernetes.ts';
import {codesOf, goodSurvey, textOf, wantedWith} from '../../../support/survey.ts';

type Item = NonNullable<NonNullable<LimitRange['spec']>['limits']>[number];
const judge = (...limits: Item[]) =>
  limitRange(goodSurvey({limitRanges: [{metadata: {name: 'bounds'}, spec: {limits}}]}), wantedWith());

test.each<Item>([
  {type: 'Container', max: {memory: '1Gi', cpu: '500m'}, min: {memory: '1Gi', cpu: '500m'}},
  {type: 'Pod', max: {memory: '1Gi'}},
  {type: 'PersistentVolumeClaim', max: {storage: '20Gi'}, min: {storage: '20Gi'}},
  {type: 'openshift.io/Image', max: {storage: '1Gi'}},
])('within %j', (item) => expect(judge(item)).toEqual([]));

test.each<[Item, string]>([
  [
    {type: 'Container', max: {memory: '1023Mi'}},
    'a Container may have at most 1023Mi of memory, 1Gi is asked (--memory)',
  ],
  [{type: 'Container', min: {memory: '2Gi'}}, 'a Container must have at least 2Gi of memory, 1Gi is asked (--memory)'],
  [{type: 'Container', max: {cpu: '250m'}}, 'a Container may have at most 250m of cpu, 500m is asked (--cpu)'],
  [{type: 'Pod', max: {memory: '512Mi'}}, 'a Pod may have at most 512Mi of memory'],
  [{type: 'PersistentVolumeClaim', max: {storage: '10Gi'}}, 'at most 10Gi of storage, 20Gi is asked (--storage-size)'],
])('outside %j', (item, text) => {
  const findings = judge(item);
  expect(codesOf(findings)).toEqual(['refuse ADMISSION_DENIED']);
  expect(textOf(findings)).toContain(text);
});

test('none to be seen', () => expect(limitRange(goodSurvey({limitRanges: null}), wantedWith())).toEqual([]));
