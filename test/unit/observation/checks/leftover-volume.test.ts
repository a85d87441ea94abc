import {expect, test} from 'vitest';
import {leftoverVolume} from '../../../../source/observation/checks/leftover-volume.ts';
import type {Survey} from '../../../../source/observation/survey.ts';
import {claim, codesOf, goodSurvey, revision, secretWith, textOf, wantedWith} from '../../../support/fakes/survey.ts';

const writer = claim('data-orders-postgresql-primary-0');
const reader = claim('data-orders-postgresql-read-0');
const judge = (survey: Partial<Survey>, passwordGiven = false) =>
  leftoverVolume(goodSurvey(survey), wantedWith({passwordGiven}));

test('none', () => expect(judge({})).toEqual([]));

test('the claims of a release that is there are no leftovers', () => {
  expect(judge({claims: [writer], release: {revisions: [revision()], values: {}}})).toEqual([]);
});

test('a reader beyond those wanted is not taken', () =>
  expect(judge({claims: [claim('data-orders-postgresql-read-2')]})).toEqual([]));

test('the Secret was kept: the data is used, and said so', () => {
  const findings = judge({claims: [writer, reader], secret: secretWith()});
  expect(codesOf(findings)).toEqual(['warn LEFTOVER_VOLUMES']);
  expect(textOf(findings)).toContain(
    'left 2 volumes: data-orders-postgresql-primary-0 (20Gi) and data-orders-postgresql-read-0 (20Gi)',
  );
  expect(textOf(findings)).not.toContain('--storage-size');
});

test('another size is ignored, and said so', () => {
  const text = textOf(
    judge({claims: [claim(writer.metadata.name, '8Gi'), claim(reader.metadata.name, '20480Mi')], secret: secretWith()}),
  );
  expect(text).toContain('--storage-size 20Gi is ignored for data-orders-postgresql-primary-0 (8Gi).');
});

test('the kept password was given: fine', () => {
  expect(codesOf(judge({claims: [writer], secret: secretWith({passwordMatches: true})}, true))).toEqual([
    'warn LEFTOVER_VOLUMES',
  ]);
});

test.each([false, null])('another password was given, or it cannot be compared (%s)', (passwordMatches) => {
  const findings = judge({claims: [writer], secret: secretWith({passwordMatches})}, true);
  expect(codesOf(findings)).toEqual(['refuse LEFTOVER_VOLUME']);
  expect(textOf(findings)).toContain('leave --password-file, --password-stdin and PGHI_PASSWORD away');
});

test.each([
  ['gone', null, 'the Secret orders-postgresql-auth with its passwords is gone'],
  ['incomplete', secretWith({keys: ['password']}), 'lacks postgres-password and replication-password'],
])('the Secret is %s', (_, secret, words) => {
  const findings = judge({claims: [writer, reader], secret});
  expect(codesOf(findings)).toEqual(['refuse LEFTOVER_VOLUME']);
  expect(textOf(findings)).toContain(words);
  // They may be the only copy.
  expect(textOf(findings)).not.toContain('delete pvc');
});

test('readers without their writer cannot follow a new one, whatever the Secret says', () => {
  const findings = judge({claims: [reader], secret: secretWith()});
  expect(codesOf(findings)).toEqual(['refuse LEFTOVER_VOLUME']);
  expect(textOf(findings)).toContain('cannot follow a new writer');
});

test('a claim that is being deleted is waited for', () => {
  const findings = judge({
    claims: [claim(writer.metadata.name, '20Gi', {deletionTimestamp: '2026-01-02T03:00:00Z'})],
    secret: secretWith(),
  });
  expect(codesOf(findings)).toEqual(['refuse LEFTOVER_VOLUME']);
  expect(textOf(findings)).toContain(
    'kubectl --context prod-eu wait --for=delete pvc/data-orders-postgresql-primary-0',
  );
  expect(textOf(findings)).not.toContain('delete pvc ');
});

test('claims may not be listed: a password that differs could be that of data', () => {
  expect(judge({claims: null, secret: secretWith()})).toEqual([]);
  expect(codesOf(judge({claims: null, secret: secretWith({passwordMatches: false})}, true))).toEqual([
    'refuse LEFTOVER_VOLUME',
  ]);
});
