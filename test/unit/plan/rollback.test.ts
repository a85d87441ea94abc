// What of an earlier revision can be wanted again, and what is said of the rest.
import {expect, test} from 'vitest';
import {rollBack} from '../../../source/plan/rollback.ts';
import {FakeRelease} from '../../support/fakes/fake-release.ts';
import {parametersWith} from '../../support/fakes/survey.ts';

const old = parametersWith({memory: '1Gi', storageSize: '20Gi', readReplicaCount: 1, storageClass: null});
const now = parametersWith({
  memory: '2Gi',
  storageSize: '50Gi',
  readReplicaCount: 3,
  images: {...old.images, tag: '17.7.0'},
});
const snapshot = new FakeRelease(now).snapshot();

test('settings come back; volumes, their class and the data stay, and it is said', () => {
  const {parameters, preface} = rollBack(4, old, now, snapshot);
  expect(parameters).toEqual({...old, storageSize: '50Gi', storageClass: 'standard'});
  expect(preface.map(({code}) => code)).toEqual(['DATA_KEPT', 'DATA_KEPT']);
  expect(preface[0]?.sentence).toContain(
    'image mirror:registry.example 17.6.0 instead of mirror:registry.example 17.7.0; read replicas 1 instead of ' +
      '3; memory 1Gi instead of 2Gi.',
  );
  expect(preface[0]?.sentence).toContain('so do the passwords');
  expect(preface[1]?.sentence).toBe('The volumes keep their 50Gi: revision 4 had 20Gi, and a volume never shrinks.');
});

test('a volume that is larger than anybody wanted keeps its size', () => {
  const grown = {
    ...snapshot,
    claims: snapshot.claims.map((claim) => ({
      ...claim,
      spec: {...claim.spec, resources: {requests: {storage: '80Gi'}}},
    })),
  };
  expect(rollBack(4, old, now, grown).parameters.storageSize).toBe('80Gi');
});

test('where nothing differs nothing is said', () =>
  expect(rollBack(4, now, now, snapshot)).toEqual({parameters: now, preface: []}));
