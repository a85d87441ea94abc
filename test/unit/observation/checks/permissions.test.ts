import {expect, test} from 'vitest';
import {permissions, installPermissions} from '../../../../source/observation/checks/permissions.ts';
import type {Permission} from '../../../../source/observation/survey.ts';
import {codesOf, goodSurvey, textOf, wantedWith} from '../../../support/fakes/survey.ts';

type Answer = (asked: Omit<Permission, 'allowed'>) => boolean | null;
const surveyWhere = (allowed: Answer, user: string | null = 'dev') =>
  goodSurvey({
    user,
    permissions: installPermissions('team-a', true).map((asked) => ({...asked, allowed: allowed(asked)})),
  });
const judge = (allowed: Answer, user?: string | null) => permissions(surveyWhere(allowed, user), wantedWith());

test('all allowed: nothing to say', () => expect(judge(() => true)).toEqual([]));

test('a required right is missing: verb, resource, namespace, user, and how to ask and to grant', () => {
  const findings = judge(
    ({resource, verb}) => !(resource === 'statefulsets' && (verb === 'create' || verb === 'patch')),
  );
  expect(codesOf(findings)).toEqual(['refuse FORBIDDEN']);
  const text = textOf(findings);
  expect(text).toContain('User "dev" may not create or patch statefulsets in namespace team-a');
  expect(text).toContain('kubectl --context prod-eu auth can-i create statefulsets.apps -n team-a');
  expect(text).toContain('- {apiGroups: ["apps"], resources: ["statefulsets"], verbs: [get, list, create, patch]}');
  expect(text).toContain('subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: "dev"}]');
});

test('several are missing: one refusal, all of them as evidence', () => {
  const [finding, ...more] = judge(({required}) => !required);
  expect(more).toEqual([]);
  if (finding?.severity !== 'refuse') throw new Error('not refused');
  expect(finding.cause.message).toContain('Rights on 8 other kinds of objects are missing too.');
  expect(finding.cause.evidence).toHaveLength(9);
});

test('nobody to bind a Role to: only the Role', () => {
  const text = textOf(judge(() => false, null));
  expect(text).toContain('kind: Role\n');
  expect(text).not.toContain('RoleBinding');
});

test('the cluster would not say: a warning, no refusal', () => {
  expect(codesOf(judge(({required}) => (required ? null : true)))).toEqual(['warn NOT_CHECKED']);
});

test('an optional right is missing: what is lost', () => {
  const findings = judge(({resource}) => resource !== 'pods/log');
  expect(codesOf(findings)).toEqual(['warn NOT_CHECKED']);
  expect(textOf(findings)).toBe(
    'May not get pods/log in namespace team-a: a failure is explained without the log of the container.',
  );
});

test('lists of the whole cluster are missed by the checks that use them', () => {
  expect(judge(({namespace}) => namespace !== null)).toEqual([]);
});

test('to make a namespace is asked only where it is absent', () => {
  const asks = (exists: boolean) =>
    installPermissions('team-a', exists).some(
      ({resource, namespace}) => resource === 'namespaces' && namespace === null,
    );
  expect([asks(true), asks(false)]).toEqual([false, true]);
});

test('helm 4 patches to create, so patch is required wherever create is', () => {
  const required = installPermissions('team-a', true).filter((asked) => asked.required);
  const verbsOf = (resource: string) => required.filter((asked) => asked.resource === resource).map(({verb}) => verb);
  for (const {resource} of required.filter(({verb}) => verb === 'create')) expect(verbsOf(resource)).toContain('patch');
});
