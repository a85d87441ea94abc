// Whoever lacks a permission that an operation cannot do without is refused before anything changes, and is given what
// an administrator applies.
import {describe, expect, it} from 'vitest';
import {parseAllDocuments} from 'yaml';
import {whyForbidden, requiredPermissions} from '../../../source/observation/checks/permissions.ts';
import type {Permission} from '../../../source/observation/survey.ts';
import {backup} from '../../../source/operations/backups/backup.ts';
import type {PermissionsAsked} from '../../../source/operations/ports/observation.ts';
import type {Progress, Result} from '../../../source/plan/progress.ts';
import {rotatePasswords} from '../../../source/operations/passwords/rotate-passwords.ts';
import {uninstall} from '../../../source/operations/uninstall.ts';
import {changeRequest, finish} from '../../support/fakes/change-request.ts';
import {FakeRelease, type FakeReleasePorts} from '../../support/fakes/fake-release.ts';
import {parametersWith, targetFor} from '../../support/fakes/survey.ts';

const signal = new AbortController().signal;

async function end(steps: AsyncGenerator<Progress, Result>): Promise<Result> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
}

/** `without`: what may not be deleted or patched, in the API's words. */
function answered({command, extras}: PermissionsAsked, without: string): readonly Permission[] {
  return requiredPermissions(command, 'team-a', extras).map((one) => ({
    ...one,
    allowed: !(one.resource === without && ['delete', 'patch', 'create'].includes(one.verb)),
  }));
}

/** A release whose operator may do all but that. */
function runWithout(without: string): {readonly release: FakeRelease; readonly run: FakeReleasePorts} {
  const release = new FakeRelease(parametersWith());
  const run = release.run();
  const survey = run.survey.bind(run);
  Object.assign(run, {
    user: async () => 'dev',
    permissions: async (asked: PermissionsAsked) => answered(asked, without),
    survey: async (asked: Parameters<typeof survey>[0] & {readonly permissions: PermissionsAsked}) => ({
      ...(await survey(asked)),
      permissions: answered(asked.permissions, without),
    }),
  });
  return {release, run};
}

const common = {dryRun: false, timeoutMs: 60_000, command: ''};

const operations: readonly (readonly [
  command: string,
  without: string,
  (run: FakeReleasePorts, release: FakeRelease) => Promise<Result>,
])[] = [
  ['scale', 'networkpolicies', (run) => finish(run, changeRequest('scale', {readReplicaCount: 3}))],
  ['set', 'configmaps', (run) => finish(run, changeRequest('set', {postgresConfig: {work_mem: '8MB'}}))],
  ['restart', 'pods', (run) => finish(run, changeRequest('restart', {}))],
  [
    'scale',
    'persistentvolumeclaims',
    (run) => finish(run, changeRequest('scale', {readReplicaCount: 1}, {deleteVolumes: true})),
  ],
  [
    'rotate-password',
    'pods/exec',
    (run, release) =>
      end(
        rotatePasswords(
          {
            ...common,
            operation: 'rotate-password',
            role: 'all',
            password: null,
            confirm: null,
            random: (count) => new Uint8Array(count),
            before: release.snapshot(),
          },
          run.ports,
          signal,
        ),
      ),
  ],
  [
    'backup',
    'jobs',
    (run, release) =>
      end(
        backup({...common, action: 'run', backup: null, before: release.snapshot(), confirm: null}, run.ports, signal),
      ),
  ],
  [
    'uninstall',
    'poddisruptionbudgets',
    (run) => end(uninstall({...common, deleteData: false, dumpTo: null, confirm: async () => true}, run.ports, signal)),
  ],
  [
    'uninstall',
    'persistentvolumeclaims',
    (run) => end(uninstall({...common, deleteData: true, dumpTo: null, confirm: async () => true}, run.ports, signal)),
  ],
];

describe.each(operations)('%s without %s', (command, without, operate) => {
  it('is refused, and nothing has changed', async () => {
    const {release, run} = runWithout(without);
    const before = release.changes.length;
    const {outcome, cause} = await operate(run, release);
    expect({outcome, code: cause?.code}).toEqual({outcome: 'refused', code: 'FORBIDDEN'});
    expect(cause?.message).toMatch(
      new RegExp(`^User "dev" may not .*${without} in namespace team-a, and .*changed\\.$`),
    );
    expect(cause?.remedies[1]?.title).toContain(`grant what ${command} needs`);
    expect(release.changes.slice(before)).toEqual([]);
  });
});

it('a change that is only written as files takes no permission to change', async () => {
  const {release, run} = runWithout('configmaps');
  const write = async () => [{name: 'values.yaml', path: 'orders-patch/values.yaml'}];
  const patch = {folder: 'orders-patch', write};
  const asked = changeRequest('set', {postgresConfig: {work_mem: '8MB'}}, {patch});
  const before = release.changes.length;
  const {cause} = await finish(run, asked);
  expect(cause?.code).not.toBe('FORBIDDEN');
  expect(release.changes.slice(before)).toEqual([]);
});

it('what an administrator applies has all that is needed, under a name of its own', () => {
  const all = answered({command: 'uninstall', extras: ['volumes']}, 'secrets');
  const cause = whyForbidden('uninstall', all, 'dev', targetFor());
  const applied = /<<'EOF'\n([^]*)\nEOF$/.exec(cause?.remedies[1]?.command ?? '')?.[1] ?? '';
  const [role, binding] = parseAllDocuments(applied).map((one) => one.toJS() as Record<string, unknown>);
  const name = 'pg-helm-install-to-uninstall';
  expect(role).toMatchObject({kind: 'Role', metadata: {name, namespace: 'team-a'}});
  expect(binding).toMatchObject({kind: 'RoleBinding', metadata: {name}, roleRef: {name}, subjects: [{name: 'dev'}]});
  const {rules} = role as {rules: {apiGroups: string[]; resources: string[]; verbs: string[]}[]};
  const granted = rules.flatMap(({apiGroups: [group = ''], resources: [resource = ''], verbs}) =>
    verbs.map((verb) => [group, resource, verb].join()),
  );
  expect(granted.sort()).toEqual(all.map(({group, resource, verb}) => [group, resource, verb].join()).sort());
});
