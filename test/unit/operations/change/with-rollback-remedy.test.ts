// A change that failed after helm had applied it says how to go back; for an adoption, that is the way to plain helm.
import {expect, it} from 'vitest';
import {cause} from '../../../../source/core/cause.ts';
import type {OperationRecord, Revision, Snapshot} from '../../../../source/observation/snapshot.ts';
import {withRollbackRemedy} from '../../../../source/operations/change/with-rollback-remedy.ts';
import {FakeRelease} from '../../../support/fakes/fake-release.ts';
import {operation, parametersWith, revision} from '../../../support/fakes/survey.ts';

const ours = new FakeRelease(parametersWith()).snapshot();
const [installed, adopted] = [
  revision({revision: 3, chartVersion: '15.5.38', description: 'Upgrade complete'}),
  revision({revision: 4, description: 'adopt'}),
];

function seen(newest: Revision, values: Snapshot['release']['values'], at: OperationRecord | null = null): Snapshot {
  return {...ours, release: {revisions: [newest], values}, operation: at};
}

function commandsOf(kind: 'adopt' | 'set', before: Snapshot, after: Snapshot): readonly (string | undefined)[] {
  const failed = {how: 'failed', cause: cause('CRASH_LOOP', 'It crashes.'), snapshot: after} as const;
  const ending = {...failed, phases: [], notes: [], changed: true};
  return withRollbackRemedy(ending, kind, before).cause?.remedies.map(({command}) => command) ?? [];
}

const {values} = ours.release;

it('of a change of a release of ours, it is a rollback', () => {
  expect(commandsOf('set', seen(installed, values), seen(adopted, values))).toEqual([
    'pg-helm-install rollback orders -n team-a --context prod-eu 3',
  ]);
});

it('of an adoption, it is the way back to what plain helm made', () => {
  expect(commandsOf('adopt', seen(installed, {}), seen(adopted, values))).toEqual([
    'helm get values orders --revision 3 -o yaml -n team-a --kube-context prod-eu > before.yaml',
    'helm upgrade orders CHART --version 15.5.38 -f before.yaml -n team-a --kube-context prod-eu',
  ]);
});

it('of an adoption that an earlier run had applied, helm’s history says it', () => {
  const begun = operation({kind: 'adopt'});
  expect(commandsOf('adopt', seen(adopted, values, begun), seen(adopted, values))).toEqual([
    'pg-helm-install history orders -n team-a --context prod-eu',
  ]);
});

it('of an adoption that helm has not applied, it is none: nothing has to go back', () => {
  expect(commandsOf('adopt', seen(installed, {}), seen(installed, {}))).toEqual([]);
});
