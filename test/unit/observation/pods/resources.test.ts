// What a node does not do to a container that runs.
import {describe, expect, it} from 'vitest';
import type {Pod} from '../../../../source/observation/kubernetes.ts';
import {loweringProblem} from '../../../../source/observation/pods/resources.ts';

const sized = (memory: string, cpu = '100m') => ({
  name: 'postgresql',
  resources: {requests: {cpu, memory}, limits: {memory}},
});
const podWith = (restartCount: number): Pod => ({
  metadata: {name: 'orders-postgresql-primary-0'},
  spec: {containers: [sized('512Mi'), {name: 'metrics', resources: {limits: {memory: '64Mi'}}}]},
  status: {containerStatuses: [{name: 'postgresql', ready: true, restartCount}]},
});

describe('less memory while it runs', () => {
  it.each([
    ['its container has never restarted', 0, sized('256Mi'), null],
    ['it is to have more', 3, sized('1Gi'), null],
    ['it is to have the same, written otherwise', 3, sized('536870912'), null],
    ['it is to have less CPU', 3, sized('512Mi', '50m'), null],
    ['another container is to have less', 3, {name: 'metrics', resources: {limits: {memory: '32Mi'}}}, null],
    ['its container has restarted in its pod', 1, sized('256Mi'), 'postgresql has restarted in its pod'],
  ])('%s', (_what, restarts, resized, words) => {
    const problem = loweringProblem(podWith(restarts), [resized]);
    if (words === null) expect(problem).toBeNull();
    else expect(problem).toContain(words);
  });
});
