import {expect, test} from 'vitest';
import {runChecks} from '../../../../source/observation/checks/index.ts';
import {helmObject, goodSurvey, revision, wantedWith, parametersWith} from '../../../support/fakes/survey.ts';

test('a good place refuses nothing, and only says that there is no failover', () => {
  const {refusals, warnings} = runChecks(goodSurvey(), wantedWith());
  expect(refusals).toEqual([]);
  expect(warnings.map(({code}) => code)).toEqual(['NO_HIGH_AVAILABILITY']);
});

test('what is there already is told before what the place lacks', () => {
  const survey = goodSurvey({
    sameNames: [helmObject('Service', 'orders-postgresql-read', 'other')],
    storageClasses: [],
    namespace: {state: 'terminating', podSecurity: null},
  });
  expect(runChecks(survey, wantedWith()).refusals.map(({code}) => code)).toEqual([
    'NAMESPACE_MISSING',
    'NAME_COLLISION',
    'NO_STORAGE_CLASS',
  ]);
});

test('running the same install again is not refused', () => {
  const existing = parametersWith();
  const survey = goodSurvey({
    release: {revisions: [revision()], values: {}},
    sameNames: [helmObject('Service', 'orders-postgresql-read', 'orders')],
  });
  expect(
    runChecks(survey, wantedWith({existing, explicit: new Set(['storageSize', 'readReplicaCount'])})).refusals,
  ).toEqual([]);
});
