// What an install tells before it begins.
import {expect, it} from 'vitest';
import {toValues} from '../../../source/chart/values.ts';
import {planInstall} from '../../../source/plan/install.ts';
import {claimOf} from '../../support/fakes/fake-objects.ts';
import {goodSurvey, parametersWith} from '../../support/fakes/survey.ts';

const sentences = (
  readReplicaCount: number,
  left: readonly string[],
  more: Parameters<typeof parametersWith>[0] = {},
) => {
  const parameters = parametersWith({readReplicaCount, ...more});
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

it('what is dumped and where, and how clients are encrypted, where it was asked for', () => {
  expect(sentences(0, []).join()).not.toMatch(/dumped|TLS/);
  const backup = {schedule: '0 3 * * *', size: '8Gi', keep: 7};
  expect(sentences(0, [], {backup, tls: {certificate: 'self-signed', required: true}})).toEqual(
    expect.arrayContaining([
      'All databases are dumped at "0 3 * * *" (UTC) to the volume orders-postgresql-primary-pgdumpall of 8Gi; 7 of ' +
        'them stay there, and the volume stays on uninstall.',
      'Clients that ask for TLS get it, with the certificate of an authority of its own, whose certificate they can ' +
        'verify. Clients without TLS are refused.',
    ]),
  );
});
