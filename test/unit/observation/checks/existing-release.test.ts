import fc from 'fast-check';
import {expect, test} from 'vitest';
import {canonical} from '../../../../source/chart/same-values.ts';
import {existingRelease} from '../../../../source/observation/checks/existing-release.ts';
import type {HelmStatus, OperationRecord, Revision} from '../../../../source/observation/snapshot.ts';
import type {Parameters} from '../../../../source/parameters/parameters.ts';
import {parameters as anyParameters} from '../../../support/arbitrary-parameters.ts';
import {
  codesOf,
  goodSurvey,
  operation,
  parametersWith,
  revision,
  secretWith,
  textOf,
  wantedWith,
} from '../../../support/fakes/survey.ts';

const judge = (
  newest: Partial<Revision> | null,
  changes: {operation?: OperationRecord | null; existing?: Parameters | null} = {},
) =>
  existingRelease(
    goodSurvey({
      release: {revisions: newest === null ? [] : [revision(newest)], values: {}},
      operation: changes.operation ?? null,
    }),
    wantedWith({existing: changes.existing === undefined ? parametersWith() : changes.existing}),
  );

test('there is none', () => expect(judge(null, {existing: null})).toEqual([]));

test.each<HelmStatus>(['deployed', 'failed', 'superseded', 'unknown'])(
  '%s, ours and as asked: it is continued',
  (status) => expect(judge({status})).toEqual([]),
);

test.each([null, {}])('somebody is at work on it (%j)', (newest) => {
  const findings = judge(newest, {operation: operation()});
  expect(codesOf(findings)).toEqual(['refuse RELEASE_LOCKED']);
  expect(textOf(findings)).toContain('alice@laptop is at work on orders since 2026-01-02T03:00:00Z');
});

test.each([operation({holderIsAlive: false}), null])(
  'pending-install, ours and as asked: it is continued, whoever began it (%j)',
  (recorded) => expect(judge({status: 'pending-install'}, {operation: recorded})).toEqual([]),
);

test.each<HelmStatus>(['pending-upgrade', 'pending-rollback'])('%s', (status) => {
  expect(judge({status}, {operation: operation({holderIsAlive: false})})).toEqual([]);
  const unexplained = judge({status});
  expect(codesOf(unexplained)).toEqual(['refuse RELEASE_LOCKED']);
  expect(textOf(unexplained)).toContain('pg-helm-install recover orders -n team-a');
});

test.each<[string, Partial<Revision> | null, OperationRecord | null]>([
  ['helm says so', {status: 'uninstalling'}, null],
  ['it was recorded', {status: 'deployed'}, operation({kind: 'uninstall', holderIsAlive: false})],
  ['only the record is left', null, operation({kind: 'uninstall', holderIsAlive: false})],
])('an uninstall was not finished: %s', (_, newest, recorded) => {
  const findings = judge(newest, {operation: recorded});
  expect(codesOf(findings)).toEqual(['refuse RELEASE_LOCKED']);
  expect(textOf(findings)).toContain('pg-helm-install uninstall orders -n team-a');
});

test('uninstalled with its history kept: helm holds the name', () => {
  const findings = judge({status: 'uninstalled'});
  expect(codesOf(findings)).toEqual(['refuse RELEASE_EXISTS']);
  expect(textOf(findings)).toContain('helm uninstall orders -n team-a --kube-context prod-eu');
});

const compared = (existing: Partial<Parameters>, asked: Partial<Parameters>, explicit: readonly (keyof Parameters)[]) =>
  existingRelease(
    goodSurvey({release: {revisions: [revision()], values: {}}}),
    wantedWith({existing: parametersWith(existing), parameters: asked, explicit: new Set(explicit)}),
  );

test.each<[keyof Parameters, Partial<Parameters>, Partial<Parameters>, string]>([
  ['storageSize', {storageSize: '20Gi'}, {storageSize: '50Gi'}, 'storageSize is 20Gi, asked 50Gi (--storage-size)'],
  [
    'readReplicaCount',
    {readReplicaCount: 0},
    {readReplicaCount: 2},
    'readReplicaCount is 0, asked 2 (--read-replicas)',
  ],
  [
    'storageClass',
    {storageClass: null},
    {storageClass: 'fast'},
    "storageClass is the cluster's default, asked fast (--storage-class)",
  ],
  [
    'allowFrom',
    {allowFrom: {kind: 'public'}},
    {allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8', '::1/128']}},
    'allowFrom is public, asked 10.0.0.0/8,::1/128 (--allow-from)',
  ],
  [
    'allowFrom',
    {allowFrom: {kind: 'public'}},
    {allowFrom: {kind: 'internal', cloud: 'aws'}},
    'allowFrom is public, asked internal (aws) (--internal)',
  ],
  ['images', {}, {images: {...parametersWith().images, tag: '17.7'}}, 'images.tag is 17.6.0, asked 17.7 (--image-tag)'],
  [
    'backup',
    {backup: {schedule: '0 3 * * *', size: '8Gi', keep: 7}},
    {backup: {schedule: '0 3 * * *', size: '8Gi', keep: 2}},
    'backup.keep is 7, asked 2 (--backup-keep)',
  ],
  [
    'readers',
    {readers: {}},
    {readers: {cpuLimit: 'none'}},
    "readers.cpuLimit is the writer's, asked none (--reader-cpu-limit)",
  ],
  ['hostname', {}, {hostname: 'db.example.com'}, 'hostname is none, asked db.example.com (--hostname)'],
])('%s differs', (key, existing, asked, text) => {
  const findings = compared(existing, asked, [key]);
  expect(codesOf(findings)).toEqual(['refuse RELEASE_EXISTS']);
  expect(textOf(findings)).toContain(text);
  expect(compared(existing, asked, [])).toEqual([]);
});

test('whichever parameter is asked otherwise than it is, that is a difference', () =>
  fc.assert(
    fc.property(anyParameters, anyParameters, (existing, other) => {
      for (const key of Object.keys(existing) as (keyof Parameters)[]) {
        const isOther = canonical(existing[key]) !== canonical(other[key]);
        const codes = codesOf(compared(existing, {...existing, [key]: other[key]}, [key]));
        expect([key, codes]).toEqual([key, isOther ? ['refuse RELEASE_EXISTS'] : []]);
      }
    }),
  ));

test('every difference is listed', () => {
  const findings = compared({}, {storageSize: '50Gi', username: 'other'}, ['storageSize', 'username']);
  expect(textOf(findings)).toContain('Leave --storage-size, --username away');
});

test('the same amount in other words is no difference', () => {
  expect(
    compared(
      {storageSize: '20Gi', cpu: '500m', memory: '1Gi'},
      {storageSize: '20480Mi', cpu: '0.5', memory: '1024Mi'},
      ['storageSize', 'cpu', 'memory'],
    ),
  ).toEqual([]);
});

test('extra values are compared whatever their order, and never shown', () => {
  expect(compared({extraValues: {a: 1, b: {c: 2}}}, {extraValues: {b: {c: 2}, a: 1}}, ['extraValues'])).toEqual([]);
  const findings = compared({}, {extraValues: {note: 'private'}}, ['extraValues']);
  expect(codesOf(findings)).toEqual(['refuse RELEASE_EXISTS']);
  expect(textOf(findings)).not.toContain('private');
});

test.each<[boolean | null, readonly string[]]>([
  [true, []],
  [false, ['refuse RELEASE_EXISTS']],
])('a password was given; it is the one of the release: %s', (passwordMatches, codes) => {
  const survey = goodSurvey({release: {revisions: [revision()], values: {}}, secret: secretWith({passwordMatches})});
  expect(codesOf(existingRelease(survey, wantedWith({existing: parametersWith(), passwordGiven: true})))).toEqual(
    codes,
  );
});

test.each(['scale', 'upgrade'] as const)('a %s that was begun and not finished is finished first', (kind) => {
  const survey = goodSurvey({
    release: {revisions: [revision()], values: {}},
    operation: operation({kind, holderIsAlive: false}),
  });
  const findings = existingRelease(survey, wantedWith({existing: parametersWith()}));
  expect(codesOf(findings)).toEqual(['refuse RELEASE_LOCKED']);
  expect(textOf(findings)).toContain('pg-helm-install recover orders');
});
