// What doctor says of a release that is not ours: the same as the commands that would change it.
import {expect, test} from 'vitest';
import {diagnose} from '../../../../source/client/questions/doctor.ts';
import type {Metadata} from '../../../../source/observation/kubernetes.ts';
import type {Snapshot} from '../../../../source/observation/snapshot.ts';
import {heldIn, ownershipRefusal} from '../../../../source/operations/ownership.ts';
import {installPermissions} from '../../../../source/observation/checks/permissions.ts';
import type {Survey} from '../../../../source/observation/survey.ts';
import {FakeRelease} from '../../../support/fakes/fake-release.ts';
import {parametersWith, revision} from '../../../support/fakes/survey.ts';

const chart = {source: 'charts/postgresql', version: '16.7.26'};

async function diagnosed(release: FakeRelease, seen: Partial<Survey> = {}) {
  const {ports} = release.run();
  const [surveyed, snapshot] = await Promise.all([ports.survey({password: null, pullSecret: null}), ports.look()]);
  const survey = {...surveyed, ...seen};
  const record = (number: number) => ports.record(number);
  return {
    ...(await diagnose(survey, snapshot, chart, ports)),
    refusal: await ownershipRefusal(heldIn(snapshot), record, chart.source),
  };
}

test('nothing of one that is', async () => {
  const {problems} = await diagnosed(new FakeRelease(parametersWith()));
  expect(problems.map(({code}) => code)).not.toContain('NOT_OURS');
});

test.each([
  ['is no problem of a release that is there', new FakeRelease(parametersWith()), false],
  ['is one where there is no release', emptied(new FakeRelease(parametersWith())), true],
])('that this user may not install %s', async (_, release, isProblem) => {
  const permissions = installPermissions('team-a', true).map((one) => ({...one, allowed: one.verb !== 'create'}));
  const {problems} = await diagnosed(release, {permissions});
  expect(problems.some(({code}) => code === 'FORBIDDEN')).toBe(isProblem);
});

function emptied(release: FakeRelease): FakeRelease {
  release.revisions = [];
  release.touch = (snapshot) => ({...snapshot, release: {revisions: [], values: null}, statefulSets: [], pods: []});
  return release;
}

test.each([
  ['of another chart', {chartName: 'shop'}, {}],
  ['by plain helm', {}, {architecture: 'replication'}],
  ['by plain helm, pending', {status: 'pending-install' as const}, {architecture: 'replication'}],
])('NOT_OURS of one %s', async (_, newest, values) => {
  const release = new FakeRelease(parametersWith());
  release.revisions = [{...revision(newest), values}];
  const {problems, refusal} = await diagnosed(release);
  expect(refusal?.code).toBe('NOT_OURS');
  expect(problems).toContainEqual(refusal);
});

test.each([
  ['standalone', {}, {shape: 'standalone', refusal: null}],
  ['replication', {architecture: 'replication'}, {shape: 'replication', refusal: null}],
  [
    'standby',
    {architecture: 'replication', primary: {standby: {enabled: true}}},
    {shape: 'replication', refusal: {code: 'NOT_ADOPTABLE'}},
  ],
] as const)('of a %s by plain helm it says what it is, and whether it can be adopted', async (shape, values, told) => {
  const release = new FakeRelease(parametersWith());
  release.revisions = [{...revision({}), values}];
  if (shape === 'standalone') release.touch = standalone;
  const {adoption} = await diagnosed(release);
  expect(adoption).toMatchObject({madeBy: 'helm', steeredBy: null, ...told});
});

/** What runs, and no record of helm's; its StatefulSets are marked so. */
const appliedWith =
  (marks: Pick<Metadata, 'labels' | 'annotations'>) =>
  (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    release: {revisions: [], values: null},
    statefulSets: snapshot.statefulSets.map((set) => ({...set, metadata: {...set.metadata, ...marks}})),
  });
const chartLabel = {'helm.sh/chart': 'postgresql-15.5.38'};
const noted = {'kubectl.kubernetes.io/last-applied-configuration': '{}'};

test('what kubectl applied can be adopted', async () => {
  const release = new FakeRelease(parametersWith());
  release.touch = appliedWith({labels: chartLabel, annotations: noted});
  const {adoption, state, problems} = await diagnosed(release);
  expect(adoption).toMatchObject({madeBy: 'kubectl', refusal: null});
  // It runs: what an install would meet is not the question.
  expect({state, problems}).toEqual({state: 'ready', problems: []});
});

test.each([
  ['was made by create', {labels: chartLabel}, /kubectl noted nothing/],
  ['names no chart', {annotations: noted}, /no label helm.sh\/chart/],
  ['is of a chart before 11', {labels: {'helm.sh/chart': 'postgresql-10.16.3'}, annotations: noted}, /10.16.3/],
] as const)('of what %s it says how helm gets a record of it', async (_, marks, why) => {
  const release = new FakeRelease(parametersWith());
  release.touch = appliedWith(marks);
  const {adoption} = await diagnosed(release);
  expect(adoption).toMatchObject({madeBy: 'kubectl', refusal: {code: 'NOT_ADOPTABLE'}});
  expect(adoption?.refusal?.message).toMatch(why);
  expect(adoption?.refusal?.remedies.map(({command}) => command).join('\n')).toMatch(
    /helm upgrade --install orders CHART --version .* --take-ownership[^]*pg-helm-install adopt orders/,
  );
});

test.each([
  ['a Kustomization of Flux', {'kustomize.toolkit.fluxcd.io/name': 'shop'}],
  ['Fleet', {'objectset.rio.cattle.io/hash': 'abc'}],
  ['kapp', {'kapp.k14s.io/app': '1'}],
  ['Config Sync', {'configsync.gke.io/declared-version': 'v1'}],
])('what %s applies again and again is left to it', async (who, mark) => {
  const release = new FakeRelease(parametersWith());
  release.touch = appliedWith({labels: {...chartLabel, ...mark}, annotations: noted});
  const {adoption} = await diagnosed(release);
  expect(adoption?.refusal?.message).toContain(`${who} applies it again and again`);
  expect(adoption?.refusal?.remedies.length).toBeGreaterThan(0);
});

test('of one of ours, and of another chart, it says nothing of adopting', async () => {
  expect((await diagnosed(new FakeRelease(parametersWith()))).adoption).toBeNull();
  const other = new FakeRelease(parametersWith());
  other.revisions = [{...revision({chartName: 'shop'}), values: {}}];
  expect((await diagnosed(other)).adoption).toBeNull();
});

/** As one is that the chart made: the writer is called as the fullname. */
function standalone(snapshot: Snapshot): Snapshot {
  const renamed = <One extends {readonly metadata: {readonly name: string}}>(one: One): One => ({
    ...one,
    metadata: {...one.metadata, name: one.metadata.name.replace('-primary', '')},
  });
  return {
    ...snapshot,
    target: {...snapshot.target, given: {writer: ''}},
    statefulSets: snapshot.statefulSets.slice(0, 1).map(renamed),
    pods: snapshot.pods.slice(0, 1).map(renamed),
    services: snapshot.services.slice(0, 1).map(renamed),
  };
}

test('indexes that another version sorted, which nobody sees otherwise', async () => {
  const release = new FakeRelease(parametersWith());
  const index = {name: 'public.names_pkey', bytes: 8192, concurrently: true};
  release.sorting = {
    icu: null,
    texts: [
      {
        database: 'shop',
        provider: 'libc',
        version: '2.36',
        actual: '2.41',
        collation: null,
        objects: 1,
        partitioned: 0,
        indexes: [index],
      },
    ],
  };
  const {problems} = await diagnosed(release);
  expect(problems).toContainEqual(expect.objectContaining({code: 'COLLATION_CHANGED'}));
});
