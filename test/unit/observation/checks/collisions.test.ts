import {expect, test} from 'vitest';
import {collisions} from '../../../../source/observation/checks/collisions.ts';
import type {ObjectMetadata} from '../../../../source/observation/kubernetes.ts';
import type {Survey} from '../../../../source/observation/survey.ts';
import {codesOf, goodSurvey, helmObject, secretWith, textOf, wantedWith} from '../../../support/fakes/survey.ts';

const name = 'orders-postgresql-primary';
const judge = (...sameNames: ObjectMetadata[]) => collisions(goodSurvey({sameNames}), wantedWith());
const judgeSecret = (secret: Survey['secret']) => collisions(goodSurvey({secret}), wantedWith());

test('nothing there, or objects of this release', () => {
  expect(judge()).toEqual([]);
  expect(judge(helmObject('StatefulSet', name, 'orders'))).toEqual([]);
});

test.each<[string, Partial<ObjectMetadata['metadata']>]>([
  ['the helm release team-a/orders-postgresql', helmObject('Service', name, 'orders-postgresql').metadata],
  [
    'the helm release team-b/orders',
    {annotations: {'meta.helm.sh/release-name': 'orders', 'meta.helm.sh/release-namespace': 'team-b'}},
  ],
  [
    'argocd (instance shop)',
    {labels: {'app.kubernetes.io/managed-by': 'argocd', 'app.kubernetes.io/instance': 'shop'}},
  ],
  ['Database orders', {ownerReferences: [{kind: 'Database', name: 'orders', uid: '1'}]}],
  ['no helm release', {}],
])('an object of %s', (owner, metadata) => {
  const findings = judge({kind: 'Service', metadata: {...metadata, name}});
  expect(codesOf(findings)).toEqual(['refuse NAME_COLLISION']);
  expect(textOf(findings)).toContain(`Service ${name} exists already and belongs to ${owner}.`);
  expect(textOf(findings)).toContain(`kubectl --context prod-eu get service/${name} -o yaml -n team-a`);
});

test('an object of this release that is going: helm would take it over and lose it', () => {
  const findings = judge(helmObject('Service', name, 'orders', {deletionTimestamp: '2026-01-02T03:00:00Z'}));
  expect(codesOf(findings)).toEqual(['refuse NAME_COLLISION']);
  expect(textOf(findings)).toContain(
    `kubectl --context prod-eu wait --for=delete service/${name} --timeout=5m -n team-a`,
  );
});

test.each([
  ['none', null],
  ['ours, incomplete', secretWith({keys: []})],
  ['ours, with another password', secretWith({passwordMatches: false})],
  ['of a platform team, complete', secretWith({ours: false})],
  ['of a platform team, with the password that was given', secretWith({ours: false, passwordMatches: true})],
])('a Secret is accepted: %s', (_, secret) => expect(judgeSecret(secret)).toEqual([]));

test('a Secret of others that lacks a key', () => {
  const findings = judgeSecret(secretWith({ours: false, keys: ['password']}));
  expect(codesOf(findings)).toEqual(['refuse NAME_COLLISION']);
  expect(textOf(findings)).toContain('lacks postgres-password and replication-password');
});

test('a Secret of others with another password is never overwritten', () => {
  expect(codesOf(judgeSecret(secretWith({ours: false, passwordMatches: false})))).toEqual(['refuse NAME_COLLISION']);
});
