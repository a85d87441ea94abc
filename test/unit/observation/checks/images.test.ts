import {expect, test} from 'vitest';
import {images} from '../../../../source/observation/checks/images.ts';
import type {Images} from '../../../../source/parameters/parameters.ts';
import {codesOf, goodSurvey, parametersWith, textOf, wantedWith} from '../../../support/fakes/survey.ts';

const judge = (
  changes: Partial<Images>,
  pullSecretExists: boolean | null = null,
  state: 'exists' | 'absent' = 'exists',
) =>
  images(
    goodSurvey({pullSecretExists, namespace: {state, podSecurity: null}}),
    wantedWith({parameters: {images: {...parametersWith().images, ...changes}}}),
  );

test('a mirror', () => expect(judge({})).toEqual([]));
test('official', () => expect(judge({source: 'official'})).toEqual([]));
test('bitnamilegacy is frozen, and the one thing that ends it is named', () => {
  const frozen = {parameters: {images: {...parametersWith().images, source: 'bitnamilegacy'}}} as const;
  const asked = images(goodSurvey({}), wantedWith(frozen));
  expect(codesOf(asked)).toEqual(['warn IMAGES_FROZEN']);
  expect(textOf(asked)).toContain('leave --image-source away');
  const there = images(goodSurvey({}), {...wantedWith(frozen), existing: parametersWith(frozen.parameters)});
  expect(textOf(there)).toMatch(
    /: pg-helm-install upgrade orders -n team-a --context prod-eu --image-source official$/,
  );
});
test.each([true, null])('the pull secret is there, or may not be read (%s)', (exists) =>
  expect(judge({pullSecret: 'registry'}, exists)).toEqual([]),
);
test('the pull secret is not there', () => {
  const findings = judge({pullSecret: 'registry'}, false);
  expect(codesOf(findings)).toEqual(['refuse IMAGE_FORBIDDEN']);
  expect(textOf(findings)).toContain('There is no Secret registry in namespace team-a');
  expect(textOf(judge({pullSecret: 'registry'}, false, 'absent'))).toContain('The namespace does not exist either');
});
