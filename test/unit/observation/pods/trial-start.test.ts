// What the throw-away pod with the writer's new pod template shows, judged.
import {expect, test} from 'vitest';
import type {ContainerState, Pod} from '../../../../source/observation/kubernetes.ts';
import {schedulerState, trialStartState} from '../../../../source/observation/pods/trial-start.ts';
import {podOf} from '../../../support/fakes/fake-objects.ts';
import {targetFor} from '../../../support/fakes/survey.ts';

const judge = (pod: Pod | null, elapsedMs = 1000, words: readonly string[] = []) =>
  trialStartState(pod, words, elapsedMs, targetFor());
const pod = (state: ContainerState, phase = 'Running'): Pod => ({
  ...podOf('orders-postgresql-try-start', false),
  status: {phase, containerStatuses: [{name: 'postgresql', ready: false, restartCount: 0, state}]},
});

test.each([
  ['not there yet', null],
  ['its image is pulled', pod({waiting: {reason: 'ContainerCreating'}})],
  [
    'an init container that ended well',
    {
      ...pod({waiting: {reason: 'PodInitializing'}}),
      status: {
        initContainerStatuses: [{name: 'init', ready: true, restartCount: 0, state: {terminated: {exitCode: 0}}}],
      },
    },
  ],
  ['it starts', pod({running: {}})],
] as const)('goes on: %s', (_what, seen) => expect(judge(seen)).toBe('starting'));

test('ready', () => expect(judge(podOf('orders-postgresql-try-start', true))).toBe('ready'));

test.each([
  ['it ended', pod({terminated: {exitCode: 1, reason: 'Error'}}), 'ended: Error, exit code 1'],
  ['it was killed', pod({terminated: {exitCode: 137, reason: 'OOMKilled'}}), 'OOMKilled'],
  [
    'it cannot be made',
    pod({waiting: {reason: 'CreateContainerConfigError', message: 'secret "x" not found'}}),
    'secret "x" not found',
  ],
  [
    'the node does not take it',
    {...pod({}), status: {phase: 'Failed', reason: 'NodeAffinity', message: 'other labels'}},
    'NodeAffinity: other labels',
  ],
] as const)('%s: the writer does not get it', (_what, seen, words) => {
  const found = judge(seen, 1000, ['FATAL: could not access file "no_such_library"']);
  expect(found).toMatchObject({code: 'CRASH_LOOP', evidence: ['FATAL: could not access file "no_such_library"']});
  expect((found as {message: string}).message).toContain(words);
  expect((found as {message: string}).message).toContain('Nothing was changed');
});

test('for ever is too long', () => expect(judge(pod({running: {}}), 200_000)).toMatchObject({code: 'CRASH_LOOP'}));

test.each([
  [
    'its end',
    pod({terminated: {exitCode: 128, reason: 'StartError', message: 'no such device'}}),
    'container postgresql terminated: StartError, exit code 128: no such device',
  ],
  [
    'what the node says of the pod',
    {...pod({}), status: {phase: 'Failed', reason: 'NodeAffinity', message: 'other labels'}},
    'pod: NodeAffinity: other labels',
  ],
] as const)('without a word of its own, the evidence is %s', (_what, seen, words) =>
  expect(judge(seen)).toMatchObject({evidence: [words]}),
);

// Kubernetes: pkg/kubelet/lifecycle/predicate.go.
test.each(['OutOfcpu', 'OutOfmemory', 'OutOfpods', 'OutOfephemeral-storage'])(
  '%s says nothing of the template: its node has no room for another pod',
  (reason) => {
    const full: Pod = {...pod({}), spec: {containers: [], nodeName: 'n1'}, status: {phase: 'Failed', reason}};
    const found = judge({...full, status: {...full.status, message: "Node didn't have enough resource"}});
    expect(found).toMatchObject({
      code: 'UNSCHEDULABLE',
      evidence: [`pod: ${reason}: Node didn't have enough resource`],
    });
    expect((found as {message: string}).message).toMatch(/node n1 has no room .* Nothing was changed/);
  },
);

const waiting: Pod = {...podOf('try', false), spec: {containers: []}, status: {phase: 'Pending'}};

test.each<[string, Pod | null, number, string]>([
  ['nobody has looked at the pod yet', waiting, 19_000, 'awaited'],
  ['the pod is not seen yet', null, 1000, 'awaited'],
  ['the pod has a node', {...waiting, spec: {containers: [], nodeName: 'n1'}}, 60_000, 'answers'],
  [
    'the scheduler says why it gives none',
    {...waiting, status: {conditions: [{type: 'PodScheduled', status: 'False', reason: 'Unschedulable'}]}},
    60_000,
    'answers',
  ],
])('another scheduler: %s', (_what, seen, elapsedMs, state) =>
  expect(schedulerState(seen, 'other', elapsedMs, targetFor())).toBe(state),
);

test('a scheduler that nobody runs is named, and the writer does not get it', () => {
  const found = schedulerState(waiting, 'nobody', 21_000, targetFor());
  expect(found).toMatchObject({code: 'UNSCHEDULABLE'});
  expect((found as {message: string}).message).toMatch(/named nobody .* Nothing was changed/);
});
