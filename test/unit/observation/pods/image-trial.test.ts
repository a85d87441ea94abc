// What a throw-away pod shows of an image: texts as kubelet 1.34 with containerd writes them.
import {expect, test} from 'vitest';
import {libraryIn, trialState, versionIn} from '../../../../source/observation/pods/image-trial.ts';
import type {ClusterEvent, ContainerState, Pod} from '../../../../source/observation/kubernetes.ts';
import {targetFor} from '../../../support/fakes/survey.ts';

const image = 'registry.example/postgresql:17.6.0';
const pod = (state: ContainerState, status: Pod['status'] = {}): Pod => ({
  metadata: {name: 'orders-postgresql-try-1', creationTimestamp: '2026-01-02T03:04:05Z'},
  spec: {nodeName: 'node1', containers: [{name: 'image', image}]},
  status: {...status, containerStatuses: [{name: 'image', ready: false, restartCount: 0, state}]},
});
const waiting = (reason: string, message = '') => pod({waiting: {reason, message}});
const failed = (message: string): ClusterEvent => ({
  metadata: {name: 'e'},
  involvedObject: {kind: 'Pod', name: 'orders-postgresql-try-1'},
  reason: 'Failed',
  message,
});
const stateOf = (one: Pod | null, events: readonly ClusterEvent[] = []) => trialState(one, events, image, targetFor());

test.each([
  ['not there yet', null, 'pulling'],
  ['being made', waiting('ContainerCreating'), 'pulling'],
  ['runs', pod({running: {}}), 'pulled'],
  ['ran', pod({terminated: {exitCode: 0}}), 'pulled'],
  ['has no such program, but the image is there', pod({terminated: {exitCode: 128, reason: 'StartError'}}), 'pulled'],
  ['cannot be started, but the image is there', waiting('RunContainerError'), 'pulled'],
] as const)('%s: %s', (_what, one, expected) => expect(stateOf(one).state).toBe(expected));

test('the proxy of a mesh beside it, or before it, says nothing of the image', () => {
  const proxy = {name: 'istio-proxy', ready: true, restartCount: 0, state: {running: {}}};
  const beside = (one: Pod): Pod => ({
    ...one,
    status: {...one.status, containerStatuses: [proxy, ...(one.status?.containerStatuses ?? [])]},
  });
  expect(stateOf(beside(waiting('ContainerCreating'))).state).toBe('pulling');
  expect(stateOf(beside(waiting('InvalidImageName'))).state).toBe('failed');
  expect(stateOf(beside(pod({running: {}}))).state).toBe('pulled');
});

test.each([
  [
    'ErrImagePull',
    `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference: ` +
      'not found',
    'IMAGE_NOT_FOUND',
    true,
  ],
  [
    'ErrImagePull',
    `failed to pull and unpack image "${image}": unexpected status: 401 Unauthorized`,
    'IMAGE_FORBIDDEN',
    true,
  ],
  ['ErrImagePull', `failed to copy: httpReadSeeker: 429 Too Many Requests`, 'IMAGE_RATE_LIMITED', true],
  ['ErrImagePull', `failed to do request: dial tcp 10.0.0.1:443: i/o timeout`, 'IMAGE_NOT_FOUND', false],
  ['InvalidImageName', "couldn't parse image name", 'IMAGE_NOT_FOUND', true],
] as const)('%s, %s: %s', (reason, message, code, lasting) => {
  const state = stateOf(waiting(reason, message));
  expect(state).toMatchObject({state: 'failed', lasting, cause: {code, object: {name: 'orders-postgresql-try-1'}}});
  if (state.state !== 'failed') return;
  expect(state.cause.message).toContain(image);
  expect(state.cause.message).toContain('node1');
  expect(state.cause.message).toContain('Nothing was changed');
  expect(state.cause.evidence.join()).toContain(message.slice(0, 20));
  expect(state.cause.remedies).not.toEqual([]);
});

test('a backed-off container that says nothing is explained by its event', () => {
  const state = stateOf(waiting('ImagePullBackOff', `Back-off pulling image "${image}"`), [
    failed(`Failed to pull image "${image}": not found`),
  ]);
  expect(state).toMatchObject({state: 'failed', lasting: true, cause: {code: 'IMAGE_NOT_FOUND'}});
});

test('a node without room says so', () => {
  const state = stateOf(
    pod({}, {phase: 'Failed', reason: 'OutOfcpu', message: "Node didn't have enough resource: cpu"}),
  );
  expect(state).toMatchObject({
    state: 'failed',
    cause: {code: 'UNSCHEDULABLE', evidence: ["OutOfcpu: Node didn't have enough resource: cpu"]},
  });
});

test.each([
  ['postgres (PostgreSQL) 17.6', '17.6'],
  ['postgres (PostgreSQL) 17.6 (Debian 17.6-1.pgdg120+1)\n', '17.6'],
  ['postgres (PostgreSQL) 18beta1', '18'],
  ['sh: postgres: not found', null],
])('version in %s', (output, version) => expect(versionIn(output)).toBe(version));

test.each([
  ['postgres (PostgreSQL) 17.6\nglibc 2.36\n', '2.36'],
  ['getconf: GNU_LIBC_VERSION: unknown variable', null],
  ['', null],
])('the C library in %j', (output, library) => expect(libraryIn(output)).toBe(library));
