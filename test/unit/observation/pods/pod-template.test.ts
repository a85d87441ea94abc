// Whether a pod has the pod template of its StatefulSet, and the gentlest way there.
import {describe, expect, test} from 'vitest';
import {
  awaitsRestart,
  hasCurrentTemplate,
  isBackedOff,
  updateBetween,
  restartsBefore,
  worse,
  type InPlaceSupport,
  type Template,
} from '../../../../source/observation/pods/pod-template.ts';
import type {ContainerStatus, Pod, StatefulSet} from '../../../../source/observation/kubernetes.ts';

const template = (image: string, labels: Record<string, string> = {a: 'b'}, rest: object = {}): Template => ({
  metadata: {labels},
  spec: {containers: [{name: 'postgresql', image}], ...rest},
});

const running: InPlaceSupport = {mayResize: true, nodeLabels: {type: 'small'}};

describe('renewalBetween', () => {
  test.each([
    ['the same', template('x:1'), 'none'],
    ['labels', template('x:1', {a: 'c'}), 'labels'],
    ['image', template('x:2'), 'image'],
    ['image and labels', template('x:2', {a: 'c', d: 'e'}), 'image'],
    ['anything else', template('x:1', {a: 'b'}, {serviceAccountName: 'x'}), 'recreate'],
    [
      'another container',
      {
        spec: {
          containers: [
            {name: 'postgresql', image: 'x:1'},
            {name: 'metrics', image: 'y'},
          ],
        },
      },
      'recreate',
    ],
    ['the image of an init container', template('x:1', {a: 'b'}, {initContainers: [{image: 'y:2'}]}), 'recreate'],
    ['an annotation', {...template('x:1'), metadata: {labels: {a: 'b'}, annotations: {checksum: '1'}}}, 'recreate'],
    ['not known', null, 'recreate'],
  ] as const)('%s: %s', (_what, after, expected) => {
    expect(updateBetween(template('x:1'), after, running)).toBe(expected);
  });

  test('the order of keys says nothing', () => {
    expect(
      updateBetween(
        {spec: {containers: [{name: 'a', image: 'x'}]}, metadata: {labels: {a: '1', b: '2'}}},
        {metadata: {labels: {b: '2', a: '1'}}, spec: {containers: [{image: 'x', name: 'a'}]}},
        running,
      ),
    ).toBe('none');
  });

  const sized = (memory: string, cpu?: string, image = 'x:1'): Template => ({
    metadata: {labels: {a: 'b'}},
    spec: {
      containers: [
        {name: 'postgresql', image, resources: {requests: {memory, ...(cpu ? {cpu} : {})}, limits: {memory}}},
      ],
    },
  });
  test.each([
    ['the same amount in other words', sized('1024Mi', '1000m'), running, 'none'],
    ['more memory', sized('2Gi', '1'), running, 'resources'],
    ['more memory, where the cluster cannot', sized('2Gi', '1'), {...running, mayResize: false}, 'recreate'],
    ['a request that was not there', sized('1Gi'), running, 'recreate'],
    ['more memory and another image', sized('2Gi', '1', 'x:2'), running, 'image'],
  ] as const)('%s: %s', (_what, after, inPlaceSupport, expected) => {
    expect(updateBetween(sized('1Gi', '1'), after, inPlaceSupport)).toBe(expected);
  });

  test.each([
    ['the type of node that it is on', {type: 'small'}, running, 'labels'],
    ['another type', {type: 'large'}, running, 'recreate'],
    ['a type, when its node is not known', {type: 'small'}, {...running, nodeLabels: null}, 'recreate'],
  ] as const)('%s', (_what, nodeSelector, inPlaceSupport, expected) => {
    expect(updateBetween(template('x:1'), template('x:1', {a: 'b'}, {nodeSelector}), inPlaceSupport)).toBe(expected);
  });

  test('the worse of two', () => {
    expect(worse('labels', 'image')).toBe('image');
    expect(worse('recreate', 'none')).toBe('recreate');
  });
});

function pod(
  labels: Record<string, string>,
  container: Partial<ContainerStatus> = {},
  annotations: Record<string, string> = {},
): Pod {
  return {
    metadata: {name: 'orders-postgresql-read-0', labels, annotations},
    spec: {containers: [{name: 'postgresql'}]},
    status: {containerStatuses: [{name: 'postgresql', ready: true, restartCount: 0, ...container}]},
  };
}
const set = (status: StatefulSet['status'], generation = 2): StatefulSet => ({
  metadata: {name: 'orders-postgresql-read', generation},
  spec: {template: {spec: {containers: []}}},
  ...(status ? {status} : {}),
});

describe('hasCurrentTemplate', () => {
  const mine = {'controller-revision-hash': 'two'};
  test('the label names the newest revision', () =>
    expect(hasCurrentTemplate(pod(mine), set({observedGeneration: 2, updateRevision: 'two'}))).toBe(true));
  test('an older one', () =>
    expect(
      hasCurrentTemplate(pod({'controller-revision-hash': 'one'}), set({observedGeneration: 2, updateRevision: 'two'})),
    ).toBe(false));
  test('before the controller has looked nothing is known', () =>
    expect(hasCurrentTemplate(pod(mine), set({observedGeneration: 1, updateRevision: 'two'}))).toBe(false));
  test('without a StatefulSet', () => expect(hasCurrentTemplate(pod(mine), null)).toBe(false));
});

test('a patched pod awaits its restart until each patched container has restarted once more', () => {
  const patched = {[restartsBefore]: '{"postgresql":3}'};
  expect(awaitsRestart(pod({}, {restartCount: 3}, patched))).toBe(true);
  expect(awaitsRestart(pod({}, {restartCount: 4}, patched))).toBe(false);
  expect(awaitsRestart(pod({}, {restartCount: 3}))).toBe(false);
  expect(awaitsRestart(pod({}, {name: 'metrics', restartCount: 0}, patched))).toBe(false);
  expect(awaitsRestart(pod({}, {restartCount: 3}, {[restartsBefore]: 'not ours'}))).toBe(false);
});

test('a container that waits after a stop that was asked for is backed off; a crash is the matter of a cause', () => {
  const waiting = (exitCode: number) =>
    pod({}, {state: {waiting: {reason: 'CrashLoopBackOff'}}, lastState: {terminated: {exitCode}}});
  expect(isBackedOff(waiting(0))).toBe(true);
  expect(isBackedOff(waiting(1))).toBe(false);
  expect(isBackedOff(pod({}))).toBe(false);
});
