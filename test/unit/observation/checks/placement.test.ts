// Where pods that are recreated would run, and who is told when there is no place.
import {describe, expect, test} from 'vitest';
import {placement, placeProblem, type ReplacedPod} from '../../../../source/observation/checks/placement.ts';
import type {PersistentVolume} from '../../../../source/observation/kubernetes.ts';
import {podOf} from '../../../support/fakes/fake-objects.ts';
import {codesOf, goodSurvey, node, textOf, wantedWith} from '../../../support/fakes/survey.ts';

const gibibyte = 1024 ** 3;
const bound = (...hosts: string[]): PersistentVolume => ({
  metadata: {name: 'pv'},
  spec: {
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{matchExpressions: [{key: 'kubernetes.io/hostname', operator: 'In', values: hosts}]}],
      },
    },
  },
});
const host = (name: string, type = 't3.medium') => {
  const made = node(name, {type});
  return {...made, metadata: {...made.metadata, labels: {...made.metadata.labels, 'kubernetes.io/hostname': name}}};
};
const replaced = (name: string, on: string, volume: PersistentVolume | null = null): ReplacedPod => {
  const pod = podOf(name, true);
  const resources = {requests: {cpu: '500m', memory: '1Gi'}};
  return {
    pod: {...pod, spec: {nodeName: on, containers: [{name: 'postgresql', resources}]}},
    isWriter: name.includes('primary'),
    volume,
  };
};
const writer = 'orders-postgresql-primary-0';
const reader = 'orders-postgresql-read-0';
const used = (memory: number) => ({milliCpu: 500, memoryBytes: memory * gibibyte});
const wanted = wantedWith({parameters: {instanceType: 'any', memory: '2Gi'}});

describe('recreated', () => {
  const survey = goodSurvey({nodes: [host('node0'), host('node1')], nodeUse: {node0: used(1), node1: used(1)}});
  test('each where it was', () =>
    expect(placement(survey, wanted, [replaced(reader, 'node0'), replaced(writer, 'node1')], [])).toEqual([]));

  test('the writer without a place is refused, a reader is warned of', () => {
    const full = {...survey, nodeUse: {node0: used(3.5), node1: used(3.5)}};
    expect(codesOf(placement(full, wanted, [replaced(reader, 'node0'), replaced(writer, 'node1')], []))).toEqual([
      'warn NO_ROOM_NOW',
      'refuse UNSCHEDULABLE',
    ]);
  });

  test('what it takes itself is free for it', () => {
    const tight = {...survey, nodeUse: {node0: used(3), node1: used(4)}};
    expect(placement(tight, wanted, [replaced(writer, 'node0')], [])).toEqual([]);
    expect(codesOf(placement(tight, wanted, [replaced(writer, 'node1')], ['node0']))).toEqual(['refuse UNSCHEDULABLE']);
  });

  test('and so is what the proxy of a mesh beside it takes, as a sidecar too', () => {
    const tight = {...survey, nodeUse: {node0: used(3.5), node1: used(4)}};
    const bare = replaced(writer, 'node0');
    expect(codesOf(placement(tight, wanted, [bare], []))).toEqual(['refuse UNSCHEDULABLE']);
    const sidecar = {name: 'istio-proxy', resources: {requests: {memory: '512Mi'}}, restartPolicy: 'Always'};
    const beside = {...bare, pod: {...bare.pod, spec: {...bare.pod.spec, initContainers: [sidecar]}}};
    expect(placement(tight, wanted, [beside], [])).toEqual([]);
  });

  test('its node takes no pods, and its volume belongs to that node', () => {
    const cordoned = {...survey, nodes: [{...host('node0'), spec: {unschedulable: true}}, host('node1')]};
    expect(codesOf(placement(cordoned, wanted, [replaced(writer, 'node0')], []))).toEqual([]);
    expect(codesOf(placement(cordoned, wanted, [replaced(writer, 'node0', bound('node0'))], []))).toEqual([
      'refuse UNSCHEDULABLE',
    ]);
  });

  test('another type of node: readers go first and take the places there', () => {
    const types = goodSurvey({
      nodes: [host('node0'), host('node1'), host('big0', 't3.large'), host('big1', 't3.large')],
      nodeUse: {},
    });
    const large = wantedWith({parameters: {instanceType: 't3.large', memory: '2Gi'}});
    expect(placement(types, large, [replaced(reader, 'node0'), replaced(writer, 'node1')], [])).toEqual([]);
    const one = {...types, nodes: types.nodes?.slice(0, 3) ?? []};
    expect(codesOf(placement(one, large, [replaced(reader, 'node0'), replaced(writer, 'node1')], []))).toEqual([
      'refuse UNSCHEDULABLE',
    ]);
    const kept = placement(types, large, [replaced(reader, 'node0', bound('node0'))], []);
    expect(codesOf(kept)).toEqual(['refuse UNSCHEDULABLE']);
    expect(textOf(kept)).toContain('--delete-volumes');
  });

  describe('a writer that has no place is told of a reader whose node would have one', () => {
    const remedies = (found: ReturnType<typeof placement>) =>
      found.flatMap((one) =>
        one.severity === 'refuse' ? one.cause.remedies.flatMap(({command}) => command ?? []) : [],
      );
    const switchoverFirst =
      'pg-helm-install switchover orders -n team-a --context prod-eu --to orders-postgresql-read-0';
    const ofReader = (on: string) => [replaced(reader, on).pod];
    const named = {...wanted, target: {...wanted.target, release: 'orders', namespace: 'team-a'}};

    test('where its own is cordoned, and its volume belongs to it', () => {
      const cordoned = {...survey, nodes: [{...host('node0'), spec: {unschedulable: true}}, host('node1')]};
      const replacedPods = [replaced(writer, 'node0', bound('node0'))];
      expect(remedies(placement(cordoned, named, replacedPods, ['node1'], ofReader('node1')))[0]).toContain(
        switchoverFirst,
      );
      expect(remedies(placement(cordoned, named, replacedPods, ['node0'], ofReader('node0'))).join()).not.toContain(
        'switchover',
      );
    });
    test('where its own is full, and what the reader takes itself is free for it', () => {
      const replacedPods = [replaced(writer, 'node0', bound('node0'))];
      const full = (memory: number) => ({...survey, nodeUse: {node0: used(4), node1: used(memory)}});
      expect(remedies(placement(full(3), named, replacedPods, ['node1'], ofReader('node1')))[0]).toContain(
        switchoverFirst,
      );
      expect(remedies(placement(full(4), named, replacedPods, ['node1'], ofReader('node1'))).join()).not.toContain(
        'switchover',
      );
    });
    test('where another type of node is wanted, and the reader is on one', () => {
      const types = goodSurvey({nodes: [host('node0'), host('big0', 't3.large')], nodeUse: {}});
      const large = {...named, parameters: {...named.parameters, instanceType: 't3.large'}};
      const replacedPods = [replaced(writer, 'node0', bound('node0'))];
      expect(remedies(placement(types, large, replacedPods, ['big0'], ofReader('big0')))[0]).toContain(switchoverFirst);
    });
  });

  test('nodes that may not be listed say nothing', () =>
    expect(placement({...survey, nodes: null}, wanted, [replaced(writer, 'node0')], [])).toEqual([]));
});

describe('resized where it is', () => {
  const survey = goodSurvey({nodes: [host('node0'), host('node1')], nodeUse: {node0: used(1), node1: used(0)}});
  test('there is room', () => expect(placeProblem(survey, wanted, replaced(writer, 'node0'), [])).toBeNull());
  test('never any', () =>
    expect(placeProblem(survey, wantedWith({parameters: {memory: '5Gi'}}), replaced(writer, 'node0'), [])).toBe(
      'node0 is too small for it',
    ));
  test('none now, and another node has some', () => {
    const full = {...survey, nodeUse: {node0: used(4), node1: used(0)}};
    expect(placeProblem(full, wanted, replaced(writer, 'node0'), [])).toBe(
      'node0 has no room for it now and node1 has',
    );
    expect(placeProblem(full, wanted, replaced(writer, 'node0', bound('node0')), [])).toBeNull();
    expect(placeProblem(full, wanted, replaced(writer, 'node0'), ['node1'])).toBeNull();
  });
});
