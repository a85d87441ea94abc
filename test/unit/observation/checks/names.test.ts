import fc from 'fast-check';
import {expect, test} from 'vitest';
import {fullnameOf, longestFullname} from '../../../../source/chart/names.ts';
import {releaseNameProblem} from '../../../../source/parameters/identifiers.ts';
import {names, shorterName} from '../../../../source/observation/checks/names.ts';
import {codesOf, goodSurvey, targetFor, textOf, wantedWith} from '../../../support/fakes/survey.ts';

const judge = (release: string, namespace = 'team-a') =>
  names(goodSurvey(), wantedWith({target: {...targetFor(release), namespace}}));

test.each([['a'.repeat(33)], ['a'.repeat(34) + 'postgresql']])('%s is short enough', (release) =>
  expect(judge(release)).toEqual([]),
);

test.each([
  ['a'.repeat(34), 33],
  ['a'.repeat(35) + 'postgresql', 33],
  ['postgresql-' + 'a'.repeat(34), 44],
])('%s is too long: at most %i', (release, longest) => {
  const findings = judge(release);
  expect(codesOf(findings)).toEqual(['refuse NAME_TOO_LONG']);
  expect(textOf(findings)).toContain(`Use a name of at most ${longest} characters`);
});

test.each(['Orders', '9orders', 'orders-', 'a_b', ''])('"%s" cannot be a release', (release) =>
  expect(codesOf(judge(release))).toEqual(['refuse BAD_INPUT']),
);

test('nor can this be a namespace', () => expect(codesOf(judge('orders', 'Team_A'))).toEqual(['refuse BAD_INPUT']));

test('the shorter name that is proposed always works', () => {
  const release = fc.stringMatching(/^[a-z][-a-z]{0,20}(postgresql)?[-a-z]{0,40}[a-z]$/);
  fc.assert(
    fc.property(release, (name) => {
      const shorter = shorterName(name);
      expect(releaseNameProblem(shorter)).toBeNull();
      expect(fullnameOf(shorter).length).toBeLessThanOrEqual(longestFullname);
      expect(name.startsWith(shorter)).toBe(true);
    }),
  );
});
