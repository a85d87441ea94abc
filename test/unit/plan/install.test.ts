// What an install tells before it begins.
import {expect, it} from 'vitest';
import {toValues} from '../../../source/chart/values.ts';
import {planInstall} from '../../../source/plan/install.ts';
import {claimOf} from '../../support/fake-objects.ts';
import {goodSurvey, parametersWith} from '../../support/survey.ts';

const sentences = (readReplicaCount: number, left: readonly string[]) => {
  const parameters = parametersWith({readReplicaCount});
  const claims = left.map((pod) => claimOf(pod));
  return planInstall({
    survey: goodSurvey({claims}),
    parameters,
    values: toValues(parameters, {fullname: 'orders-postgresql'}),
    manifests: '',
    command: '',
    steps: [],
  }).consequences.map(({sentence}) => sentence);
};

it('of the volumes from before, those that a pod will use and those that none will', () => {
  const told = sentences(
    1,
    ['primary-0', 'read-0', 'read-1'].map((name) => `orders-postgresql-${name}`),
  );
  expect(told.filter((sentence) => sentence.startsWith('Volume'))).toEqual([
    'Volume data-orders-postgresql-primary-0 is there already; the data on it is used.',
    'Volume data-orders-postgresql-read-0 is there already; the data on it is used.',
    'Volume data-orders-postgresql-read-1 is there from before; no pod of this release uses it, and it stays.',
  ]);
});

it('one reader is not each of them', () => {
  expect(sentences(1, [])).toContainEqual(expect.stringMatching(/^1 reader is made, with \S+ CPU/));
  expect(sentences(2, [])).toContainEqual(expect.stringMatching(/^2 readers are made, each with \S+ CPU/));
  expect(sentences(0, []).join()).not.toContain('reader');
});
