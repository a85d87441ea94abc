import {expect, test} from 'vitest';
import {room, roomForMore} from '../../../../source/observation/checks/room.ts';
import type {Survey} from '../../../../source/observation/survey.ts';
import type {Parameters} from '../../../../source/parameters/parameters.ts';
import {codesOf, goodSurvey, node, revision, textOf, wantedWith} from '../../../support/fakes/survey.ts';

const judge = (survey: Partial<Survey>, parameters: Partial<Parameters> = {}) =>
  room(goodSurvey(survey), wantedWith({parameters}));
const gibibyte = 1024 ** 3;

test('three nodes for three pods', () => expect(judge({})).toEqual([]));

test('nodes may not be listed, or what they are used for', () => {
  expect(codesOf(judge({nodes: null}))).toEqual(['warn NOT_CHECKED']);
  expect(codesOf(judge({nodeUse: null}))).toEqual(['warn NOT_CHECKED']);
});

test('more than any node could ever give', () => {
  const findings = judge({}, {memory: '5Gi'});
  expect(codesOf(findings)).toEqual(['refuse UNSCHEDULABLE']);
  expect(textOf(findings)).toContain(
    'Each pod asks for 500m CPU and 5Gi memory, and no node of the type t3.medium could ever give that: 2000m ' +
      'CPU and 4Gi memory are the most',
  );
  expect(codesOf(judge({}, {memory: '4Gi', cpu: '2'}))).toEqual([]);
});

test('readers that ask for more than any node could give are told their own flags', () => {
  const titles = judge({}, {readers: {memory: '5Gi'}}).flatMap((one) =>
    one.severity === 'refuse' ? one.cause.remedies.map(({title}) => title) : [],
  );
  expect(titles.join()).toMatch(/--reader-cpu and --reader-memory.*--reader-instance-type/);
});

test('CPU here and memory there are not one node with both', () => {
  const nodes = [node('a', {cpu: '8', memory: '2Gi'}), node('b', {cpu: '1', memory: '16Gi'})];
  expect(codesOf(judge({nodes}, {instanceType: 'any', cpu: '4', memory: '8Gi'}))).toEqual(['refuse UNSCHEDULABLE']);
});

test('only nodes of the named type count; with any, all do', () => {
  const nodes = [node('small'), node('large', {type: 't3.large', memory: '8Gi'})];
  expect(codesOf(judge({nodes}, {memory: '6Gi', readReplicaCount: 0}))).toEqual(['refuse UNSCHEDULABLE']);
  expect(judge({nodes}, {memory: '6Gi', readReplicaCount: 0, instanceType: 'any'})).toEqual([]);
});

test.each([{unschedulable: true}, {taints: [{key: 'x', effect: 'NoSchedule'}]}])(
  'a node that takes no pods now (%j) may take them later: never hopeless',
  (spec) => {
    expect(codesOf(judge({nodes: [node('a', spec)]}, {readReplicaCount: 0}))).toEqual(['warn NO_ROOM_NOW']);
  },
);

test('a node whose taint the pods tolerate has room for them', () => {
  const nodes = ['a', 'b', 'c'].map((name) => node(name, {taints: [{key: 'sku', value: 'db', effect: 'NoSchedule'}]}));
  const tolerating = (value: string): Partial<Parameters> => ({
    tolerations: [{key: 'sku', operator: 'Equal', value, effect: 'NoSchedule'}],
  });
  expect(judge({nodes}, tolerating('db'))).toEqual([]);
  expect(codesOf(judge({nodes}, tolerating('other')))).toEqual(['warn NO_ROOM_NOW']);
});

test('no node of the type: an autoscaler may bring one', () => {
  expect(codesOf(judge({}, {instanceType: 'm6i.large', memory: '64Gi'}))).toEqual(['warn NO_ROOM_NOW']);
  expect(codesOf(judge({nodes: []}, {instanceType: 'any'}))).toEqual(['warn NO_ROOM_NOW']);
});

test('what other pods ask for is not free', () => {
  const nodeUse = {node0: {milliCpu: 0, memoryBytes: 3.5 * gibibyte}, node1: {milliCpu: 1600, memoryBytes: 0}};
  const findings = judge({nodeUse});
  expect(codesOf(findings)).toEqual(['warn NO_ROOM_NOW']);
  expect(textOf(findings)).toContain(
    'Of 3 pods with 500m CPU and 1Gi memory each, 1 fits now (3 fitting nodes, one on each).',
  );
});

test('one pod a node when spread is required, several when it is preferred', () => {
  expect(textOf(judge({nodes: [node('a')]}, {spread: 'required'}))).toContain('1 fits now');
  expect(judge({nodes: [node('a')]}, {spread: 'preferred'})).toEqual([]);
});

test('a node that is over-used already gives no room to others', () => {
  const nodes = [node('a'), node('b')];
  const nodeUse = {a: {milliCpu: 9000, memoryBytes: 0}};
  expect(textOf(judge({nodes, nodeUse}, {spread: 'preferred', cpu: '2', readReplicaCount: 0}))).toBe('');
});

test('the pods of a release that is there fill the nodes themselves', () => {
  const nodeUse = Object.fromEntries(
    ['node0', 'node1', 'node2'].map((name) => [name, {milliCpu: 2000, memoryBytes: 4 * gibibyte}]),
  );
  expect(judge({nodeUse, release: {revisions: [revision()], values: {}}})).toEqual([]);
});

test('more readers: nodes that carry a pod of the release are taken when spread is required', () => {
  const more = (count: number, taken: readonly string[], parameters: Partial<Parameters> = {}) =>
    roomForMore(goodSurvey(), wantedWith({parameters}), count, taken);
  expect(more(2, ['node0'])).toEqual([]);
  expect(textOf(more(3, ['node0']))).toContain(
    'Of 3 pods with 500m CPU and 1Gi memory each, 2 fit now (2 fitting nodes without a pod of this database, one ' +
      'on each).',
  );
  expect(codesOf(more(1, ['node0', 'node1', 'node2']))).toEqual(['warn NO_ROOM_NOW']);
  expect(more(3, ['node0', 'node1', 'node2'], {spread: 'preferred'})).toEqual([]);
  expect(more(0, ['node0', 'node1', 'node2'])).toEqual([]);
});

test('readers of their own size are counted by that', () => {
  const nodes = [node('a', {cpu: '2', memory: '4Gi'}), node('b', {cpu: '1', memory: '1Gi'})];
  const own = {instanceType: 'any', spread: 'required', memory: '3Gi', readReplicaCount: 1} as const;
  expect(judge({nodes}, {...own, readers: {memory: '512Mi'}})).toEqual([]);
  expect(textOf(judge({nodes}, {...own, readers: {memory: '8Gi'}}))).toContain('Each reader asks for 500m CPU and 8Gi');
  expect(judge({nodes}, {...own, readers: {memory: '8Gi'}})).toMatchObject([
    {cause: {remedies: [{title: 'Ask for less with --reader-cpu and --reader-memory.'}, {}]}},
  ]);
  expect(codesOf(judge({nodes}))).not.toEqual([]);
  expect(
    codesOf(roomForMore(goodSurvey({nodes}), wantedWith({parameters: {...own, readers: {memory: '512Mi'}}}), 1, [])),
  ).toEqual([]);
});
