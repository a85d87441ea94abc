import {describe, expect, test} from 'vitest';
import {goDuration, pullDelayMs, restartDelayMs} from '../../../source/kubelet/back-off.ts';
import type {ContainerStatus, PodSpec} from '../../../source/kubelet/pod.ts';
import {podStatus, waitingStatus, type PodFacts} from '../../../source/kubelet/status.ts';

const container = {name: 'main', image: 'x:1'};
const running: ContainerStatus = {
  ...waitingStatus(container, ''),
  started: true,
  ready: true,
  state: {running: {startedAt: '2026-01-01T00:00:00Z'}},
};
const ended = (exitCode: number): ContainerStatus => ({
  ...running,
  ready: false,
  started: false,
  state: {terminated: {exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: null, finishedAt: ''}},
});
const looping: ContainerStatus = {
  ...ended(1),
  lastState: ended(1).state,
  state: {waiting: {reason: 'CrashLoopBackOff'}},
};

function statusOf(main: readonly ContainerStatus[], more: Partial<PodFacts> = {}, spec: Partial<PodSpec> = {}) {
  const facts: PodFacts = {
    spec: {containers: [container], ...spec},
    generation: 3,
    init: [],
    main,
    set: true,
    podIP: '127.1.2.3',
    hostIP: '127.0.0.1',
    startTime: 'then',
    now: 'now',
    failed: null,
    resize: [],
    ...more,
  };
  const status = podStatus(facts, {});
  return {phase: status.phase, ready: status.conditions?.find(({type}) => type === 'Ready'), status};
}

describe('the phase of a pod', () => {
  test.each<[string, ContainerStatus[], Partial<PodSpec>, string]>([
    ['nothing has run', [waitingStatus(container, 'ContainerCreating')], {}, 'Pending'],
    ['its image cannot be pulled', [waitingStatus(container, 'ImagePullBackOff')], {}, 'Pending'],
    ['it runs', [running], {}, 'Running'],
    ['it crashes and is to run', [looping], {}, 'Running'],
    ['it ended well and is to run', [ended(0)], {}, 'Running'],
    ['it ended well', [ended(0)], {restartPolicy: 'Never'}, 'Succeeded'],
    ['it failed', [ended(2)], {restartPolicy: 'Never'}, 'Failed'],
    ['it failed and is tried again', [ended(2)], {restartPolicy: 'OnFailure'}, 'Running'],
    ['one of two goes on', [ended(0), running], {restartPolicy: 'Never'}, 'Running'],
  ])('%s', (_name, main, spec, phase) => {
    expect(statusOf(main, {}, spec).phase).toBe(phase);
  });

  test('an init container that has not ended keeps it Pending; one that failed for good fails it', () => {
    const spec = {initContainers: [{name: 'first', image: 'x:1'}]};
    const first = (status: ContainerStatus) => ({init: [{...status, name: 'first'}]});
    expect(statusOf([waitingStatus(container, 'PodInitializing')], first(running), spec).phase).toBe('Pending');
    expect(statusOf([running], first(ended(0)), spec).phase).toBe('Running');
    expect(
      statusOf([waitingStatus(container, 'PodInitializing')], first(ended(1)), {...spec, restartPolicy: 'Never'}).phase,
    ).toBe('Failed');
  });

  test('a sidecar that runs lets the others begin', () => {
    const spec = {initContainers: [{name: 'side', image: 'x:1', restartPolicy: 'Always'}]};
    expect(statusOf([running], {init: [{...running, name: 'side'}]}, spec).phase).toBe('Running');
  });
});

describe('the conditions', () => {
  test('name what is not ready', () => {
    expect(statusOf([{...running, ready: false}]).ready).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [main]',
      observedGeneration: 3,
    });
    expect(statusOf([running]).ready).toEqual({
      type: 'Ready',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: 'now',
      observedGeneration: 3,
    });
    expect(statusOf([ended(0)], {}, {restartPolicy: 'Never'}).ready).toMatchObject({
      status: 'False',
      reason: 'PodCompleted',
    });
  });

  test('keep the moment of their last change', () => {
    const first = statusOf([running]).status;
    const facts: PodFacts = {
      spec: {containers: [container]},
      generation: 4,
      init: [],
      main: [running],
      set: true,
      podIP: '127.1.2.3',
      hostIP: '127.0.0.1',
      startTime: 'then',
      now: 'later',
      failed: null,
      resize: [],
    };
    expect(podStatus(facts, first).conditions?.map(({lastTransitionTime}) => lastTransitionTime)).toEqual([
      'now',
      'now',
      'now',
      'now',
      'now',
    ]);
    const unready = podStatus({...facts, main: [{...running, ready: false}]}, first).conditions;
    expect(unready?.find(({type}) => type === 'Ready')).toMatchObject({lastTransitionTime: 'later', status: 'False'});
  });

  test('a resize that waits is told, and forgotten once it is done', () => {
    const pending = {type: 'PodResizePending', status: 'True', reason: 'Deferred', message: 'no room'};
    const waits = statusOf([running], {resize: [pending]}).status;
    expect(waits.conditions).toContainEqual(expect.objectContaining({type: 'PodResizePending', reason: 'Deferred'}));
    const facts: PodFacts = {
      spec: {containers: [container]},
      generation: 4,
      init: [],
      main: [running],
      set: true,
      podIP: null,
      hostIP: '',
      startTime: '',
      now: '',
      failed: null,
      resize: [],
    };
    expect(podStatus(facts, waits).conditions?.map(({type}) => type)).not.toContain('PodResizePending');
  });
});

test('back-off: at once, 10 s, doubling, 5 minutes', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 100].map(restartDelayMs)).toEqual([
    0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000,
  ]);
  expect([0, 1, 9].map(pullDelayMs)).toEqual([10_000, 20_000, 300_000]);
  expect([10_000, 80_000, 300_000].map(goDuration)).toEqual(['10s', '1m20s', '5m0s']);
});
