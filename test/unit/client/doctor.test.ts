// What doctor says of a release that is not ours: the same as the commands that would change it.
import {expect, test} from 'vitest';
import {diagnose} from '../../../source/client/doctor.ts';
import {heldIn, ownershipRefusal} from '../../../source/operations/ownership.ts';
import {FakeRelease} from '../../support/fake-release.ts';
import {parametersWith, revision} from '../../support/survey.ts';

const chart = {source: 'charts/postgresql', version: '16.7.26'};

async function diagnosed(release: FakeRelease) {
  const {ports} = release.run();
  const [survey, snapshot] = await Promise.all([ports.survey({password: null, pullSecret: null}), ports.look()]);
  const record = (number: number) => ports.record(number);
  return {
    problems: (await diagnose(survey, snapshot, chart, record)).problems,
    refusal: await ownershipRefusal(heldIn(snapshot), record, chart.source),
  };
}

test('nothing of one that is', async () => {
  const {problems} = await diagnosed(new FakeRelease(parametersWith()));
  expect(problems.map(({code}) => code)).not.toContain('NOT_OURS');
});

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
