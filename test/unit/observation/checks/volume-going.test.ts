// An install of a release that is there does not go on while its volumes are being deleted.
import {expect, test} from 'vitest';
import {namespace} from '../../../../source/observation/checks/namespace.ts';
import {volumeGoing} from '../../../../source/observation/checks/volume-going.ts';
import type {Survey} from '../../../../source/observation/survey.ts';
import {claim, codesOf, goodSurvey, revision, textOf, wantedWith} from '../../../support/fakes/survey.ts';

const going = (name: string) => claim(name, '20Gi', {deletionTimestamp: '2026-01-02T03:00:00Z'});
const writer = 'data-orders-postgresql-primary-0';
const there = {release: {revisions: [revision()], values: {}}};
const judge = (survey: Partial<Survey>) => volumeGoing(goodSurvey(survey), wantedWith());

test('the claims stay', () => expect(judge({...there, claims: [claim(writer)]})).toEqual([]));

test('the claim of the writer or of a wanted reader goes', () => {
  for (const name of [writer, 'data-orders-postgresql-read-0']) {
    const findings = judge({...there, claims: [going(name)]});
    expect(codesOf(findings)).toEqual(['refuse VOLUME_GOING']);
    expect(textOf(findings)).toContain(`${name} of orders is being deleted`);
  }
});

test('one that has no volume yet has no data, and claims that may not be listed say nothing', () => {
  const pending = {...going(writer), status: {phase: 'Pending'}};
  expect(judge({...there, claims: [pending]})).toEqual([]);
  expect(judge({...there, claims: null})).toEqual([]);
});

test('several are named, the writer first', () => {
  const findings = judge({...there, claims: [going('data-orders-postgresql-read-0'), going(writer)]});
  expect(textOf(findings)).toContain(`${writer} and data-orders-postgresql-read-0 of orders are being deleted`);
});

test('that of a reader nobody wants may go, and one without a release is another matter', () => {
  expect(judge({...there, claims: [going('data-orders-postgresql-read-9')]})).toEqual([]);
  expect(judge({claims: [going(writer)]})).toEqual([]);
});

test('the namespace goes, with the data of a release that is there', () => {
  const survey = goodSurvey({...there, namespace: {state: 'terminating', podSecurity: null}});
  expect(codesOf([...namespace(survey, wantedWith()), ...volumeGoing(survey, wantedWith())])).toEqual([
    'refuse VOLUME_GOING',
  ]);
});
