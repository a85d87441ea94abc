// How far a removal is, told by the pods of the release alone.
import {expect, it} from 'vitest';
import {removalTracksOf} from '../../../source/observation/removal-tracks.ts';
import {recorded} from './recorded.ts';

const healthy = recorded('healthy');
const textsOf = (snapshot: typeof healthy) =>
  Object.fromEntries(removalTracksOf(snapshot, false).map(({track, state, text}) => [track, `${state}: ${text}`]));

it('counts what is to stop', () => {
  expect(textsOf(healthy)).toMatchObject({writer: 'running: 1 to stop', readers: 'running: 2 to stop'});
});

it("is done where only somebody else's pods carry the labels of the release", () => {
  const release = {...healthy.release, revisions: []};
  const foreign = healthy.pods.map((pod) => ({
    ...pod,
    metadata: {...pod.metadata, name: `${pod.metadata.name}-debug`},
  }));
  expect(textsOf({...healthy, release, statefulSets: [], pods: foreign})).toMatchObject({
    release: 'done: removed',
    writer: 'done: stopped',
    readers: 'done: stopped',
  });
});
