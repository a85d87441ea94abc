import {expect, test} from 'vitest';
import {namespace} from '../../../../source/observation/checks/namespace.ts';
import {installPermissions} from '../../../../source/observation/checks/permissions.ts';
import {codesOf, goodSurvey, textOf, wantedWith} from '../../../support/fakes/survey.ts';

const judge = (state: 'exists' | 'absent' | 'unknown' | 'terminating', allowed: boolean | null = true) =>
  namespace(
    goodSurvey({
      namespace: {state, podSecurity: null},
      permissions: installPermissions('team-a', false).map((asked) => ({...asked, allowed})),
    }),
    wantedWith(),
  );

test('it exists', () => expect(judge('exists', false)).toEqual([]));
test.each([true, null])('it is absent and may be made (%s)', (allowed) => expect(judge('absent', allowed)).toEqual([]));
test('it is absent and may not be made', () => {
  const findings = judge('absent', false);
  expect(codesOf(findings)).toEqual(['refuse NAMESPACE_MISSING']);
  expect(textOf(findings)).toContain('user "dev" may not create namespaces');
  expect(textOf(findings)).toContain('kubectl --context prod-eu create namespace team-a');
});
test('it is being deleted', () => {
  const findings = judge('terminating');
  expect(codesOf(findings)).toEqual(['refuse NAMESPACE_MISSING']);
  expect(textOf(findings)).toContain('is being deleted');
});
test('it may not be read', () => expect(codesOf(judge('unknown'))).toEqual(['warn NOT_CHECKED']));
