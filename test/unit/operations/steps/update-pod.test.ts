// One pod on its way to another pod template: what is done to it, when it is waited for, and when the database is
// believed.
import {describe, expect, test} from 'vitest';
import {cause, UserError} from '../../../../source/core/cause.ts';
import {restartsBefore, type Template} from '../../../../source/observation/pods/pod-template.ts';
import type {ContainerStatus, Pod, StatefulSet} from '../../../../source/observation/kubernetes.ts';
import type {Fact, Snapshot} from '../../../../source/observation/snapshot.ts';
import {updatePod, type PodUpdateRequest} from '../../../../source/operations/steps/update-pod.ts';
import type {Ports} from '../../../../source/operations/ports/index.ts';
import type {PodPatch, PodRef} from '../../../../source/operations/ports/pods.ts';
import {podOf, proof, replication, setOf} from '../../../support/fakes/fake-objects.ts';
import {targetFor} from '../../../support/fakes/survey.ts';

const writer = 'orders-postgresql-primary-0';
const reader = 'orders-postgresql-read-0';
const container = {name: 'postgresql', ready: true, restartCount: 0, state: {running: {}}};

interface Seen {
  readonly revision?: string;
  readonly status?: Partial<ContainerStatus>;
  readonly ready?: boolean;
  readonly annotations?: Record<string, string>;
  readonly gone?: boolean;
  readonly going?: boolean;
  readonly observed?: boolean;
  readonly facts?: readonly Fact[];
}

/** The reader as given, the writer of the newest pod template. */
function seen({
  revision = 'old',
  status = {},
  ready = true,
  annotations = {},
  gone = false,
  going = false,
  observed = true,
  facts = [],
}: Seen): Snapshot {
  const labelled = (pod: Pod, hash: string): Pod => ({
    ...pod,
    metadata: {...pod.metadata, labels: {...pod.metadata.labels, 'controller-revision-hash': hash}},
  });
  const own = labelled(podOf(reader, ready), revision);
  const pod: Pod = {
    ...own,
    spec: {...own.spec, containers: [{name: 'postgresql', image: 'x:1'}]},
    metadata: {...own.metadata, annotations, ...(going ? {deletionTimestamp: '2026-01-02T03:04:05Z'} : {})},
    status: {...own.status, containerStatuses: [{...container, ...status}]},
  };
  const set = (name: string): StatefulSet => ({
    ...setOf(name, 1, 0),
    metadata: {name, generation: 2},
    status: {observedGeneration: observed ? 2 : 1, updateRevision: 'new'},
  });
  return {
    takenAt: 1000,
    target: targetFor(),
    namespace: null,
    release: {revisions: [], values: null},
    statefulSets: [set('orders-postgresql-primary'), set('orders-postgresql-read')],
    pods: [labelled(podOf(writer, true), 'new'), ...(gone ? [] : [pod])],
    claims: [],
    services: [],
    events: [],
    secret: null,
    logTails: {},
    nodeAddress: null,
    database: facts,
    operation: null,
    unreadable: [],
  };
}

const template = (image: string, rest: object = {}): Template => ({
  metadata: {labels: {version: image}},
  spec: {containers: [{name: 'postgresql', image}], ...rest},
});

function fakePorts(
  podTemplates: Record<string, Template>,
  patching: () => void = () => undefined,
  under: Awaited<ReturnType<Ports['storageUnder']>> = {namespace: null, claims: []},
) {
  const done: (['delete', PodRef] | ['patch', PodRef, PodPatch])[] = [];
  const ports = {
    podTemplates: async () => podTemplates,
    target: targetFor(),
    podRefusal: async () => null,
    storageUnder: async () => under,
    deletePod: async (pod: PodRef) => void done.push(['delete', pod]),
    shutDownFast: async () => undefined,
    patchPod: async (pod: PodRef, patch: PodPatch) => {
      patching();
      done.push(['patch', pod, patch]);
    },
  };
  return {done, ports: ports as unknown as Ports};
}

function ofReader(changes: Partial<PodUpdateRequest> = {}): PodUpdateRequest {
  return {
    name: reader,
    isWriter: false,
    followers: [],
    verb: 'restart',
    inPlaceSupport: {mayResize: true, nodeLabels: null},
    incarnation: null,
    now: () => 0,
    ...changes,
  };
}

async function act(snapshot: Snapshot, podTemplates: Record<string, Template>, patching?: () => void) {
  const {done, ports} = fakePorts(podTemplates, patching);
  const note = await updatePod(ofReader())[0].run?.(ports, null, snapshot, AbortSignal.any([]));
  return {done, note};
}

const ref = {name: reader, uid: `uid-of-${reader}`};
const [old, other] = [template('x:1'), template('x:2')];

describe('what is done to it', () => {
  test('another image: it is patched, with how often it had restarted', async () => {
    const {done} = await act(seen({status: {restartCount: 3}}), {old, new: other});
    expect(done).toEqual([
      [
        'patch',
        ref,
        {
          labels: {version: 'x:2', 'controller-revision-hash': 'new'},
          annotations: {[restartsBefore]: '{"postgresql":3}'},
          containers: [{name: 'postgresql', image: 'x:2'}],
          resources: [],
        },
      ],
    ]);
  });

  test('other labels alone: nothing restarts, and labels that are gone go', async () => {
    const {done} = await act(seen({}), {old, new: {...old, metadata: {labels: {chart: 'b'}}}});
    expect(done).toEqual([
      [
        'patch',
        ref,
        {
          labels: {version: null, chart: 'b', 'controller-revision-hash': 'new'},
          annotations: {},
          containers: [],
          resources: [],
        },
      ],
    ]);
  });

  const sized = (memory: string): Template => ({
    ...old,
    spec: {
      containers: [{name: 'postgresql', image: 'x:1', resources: {requests: {memory, cpu: '1'}, limits: {memory}}}],
    },
  });
  test('more memory: it is patched while it runs, and called so', async () => {
    const {done} = await act(seen({}), {old: sized('1Gi'), new: sized('2Gi')});
    expect(done).toEqual([
      [
        'patch',
        ref,
        {
          labels: {version: 'x:1', 'controller-revision-hash': 'new'},
          annotations: {},
          containers: [],
          resources: [{name: 'postgresql', resources: {requests: {memory: '2Gi', cpu: '1'}, limits: {memory: '2Gi'}}}],
        },
      ],
    ]);
    expect(updatePod(ofReader({verb: 'resize'})).map(({name}) => name)).toEqual([
      `resize ${reader}`,
      `${reader} has it and streams`,
    ]);
  });

  // It says `missing container "postgresql" memory usage`, and does not try again.
  test.each([
    ['1Gi', 5, 'its node has not measured yet how much memory it uses'],
    ['1Gi', 60, null],
    ['4Gi', 5, null],
  ] as const)('from 2Gi to %s, %d s after its start: %s', (memory, seconds, waitsFor) => {
    const startedAt = new Date(1000 - seconds * 1000).toISOString();
    const snapshot = seen({status: {state: {running: {startedAt}}}});
    const statefulSets = snapshot.statefulSets.map((set) => ({
      ...set,
      spec: {...set.spec, template: sized(memory)},
    }));
    const pods = snapshot.pods.map((pod) => ({...pod, spec: {...pod.spec, containers: sized('2Gi').spec.containers}}));
    const [update] = updatePod(ofReader());
    expect(update.holdBack?.({...snapshot, statefulSets, pods}, null, 0)).toBe(waitsFor);
  });

  test("a resize that is refused after all restarts nothing behind one's back", async () => {
    const refuse = () => {
      throw new UserError(cause('QUOTA_EXCEEDED', 'no'));
    };
    await expect(act(seen({}), {old: sized('1Gi'), new: sized('2Gi')}, refuse)).rejects.toThrow('no');
  });

  test('a restart for its own sake: the life that was to end goes, once', async () => {
    const alive = seen({revision: 'new'});
    const incarnation = `uid-of-${reader}/0`;
    const [restart] = updatePod(ofReader({incarnation}));
    expect([restart.done(alive, null), restart.holdBack?.(alive, null, 0)]).toEqual([false, null]);
    const {done, ports} = fakePorts({});
    await restart.run?.(ports, null, alive, AbortSignal.any([]));
    expect(done).toEqual([['delete', ref]]);
    expect(restart.done(seen({revision: 'new', status: {restartCount: 1}}), null)).toBe(true);
  });

  test.each([
    ['anything else', {old, new: template('x:2', {serviceAccountName: 'a'})}],
    ['a pod template that nobody knows any more', {new: other}],
    ['pod templates that may not be read', {}],
  ] as const)('%s: a new pod', async (_what, podTemplates) => {
    expect((await act(seen({}), podTemplates as Record<string, Template>)).done).toEqual([['delete', ref]]);
  });

  const goes = (name: string) => ({metadata: {name, deletionTimestamp: '2026-01-02T03:04:05Z'}, spec: {}});
  const claim = `data-${reader}`;
  test.each<[string, Awaited<ReturnType<Ports['storageUnder']>>]>([
    ['its claim', {namespace: null, claims: [goes(claim)]}],
    [
      'its volume',
      {namespace: null, claims: [{metadata: {name: claim}, spec: {volumeName: 'pv'}}], volumes: {[claim]: goes('pv')}},
    ],
    ['the namespace', {namespace: {...goes('team-a'), phase: 'Terminating'}, claims: []}],
  ])('%s is being deleted since the last look: the pod stays', async (_, under) => {
    // One that crashes, one that could be patched, and one whose patch is refused.
    const refuse = () => {
      throw new UserError(cause('CHART_REJECTED', 'no'));
    };
    for (const [snapshot, patching] of [
      [seen({status: {state: {waiting: {reason: 'CrashLoopBackOff'}}}}), undefined],
      [seen({}), undefined],
      [seen({}), refuse],
    ] as const) {
      const {done, ports} = fakePorts({old, new: other}, patching, under);
      const acting = updatePod(ofReader())[0].run?.(ports, null, snapshot, AbortSignal.any([]));
      await expect(acting).rejects.toMatchObject({reason: {code: 'VOLUME_GOING'}});
      expect(done).toEqual([]);
    }
  });

  test('a patch that is refused: a new pod; a broken connection is no refusal', async () => {
    const refuse = () => {
      throw new UserError(cause('FORBIDDEN', 'no'));
    };
    expect((await act(seen({}), {old, new: other}, refuse)).done).toEqual([['delete', ref]]);
    const lose = () => {
      throw new UserError(cause('CONNECTION_LOST', 'reset'));
    };
    await expect(act(seen({}), {old, new: other}, lose)).rejects.toThrow('reset');
  });

  test('one that does not run: a new pod, whatever could be patched', async () => {
    const {done} = await act(seen({status: {state: {waiting: {reason: 'ImagePullBackOff'}}}}), {old, new: other});
    expect(done).toEqual([['delete', ref]]);
  });

  test('made to wait after its restart: a new pod, and it is said', async () => {
    const waiting = {state: {waiting: {reason: 'CrashLoopBackOff'}}, lastState: {terminated: {exitCode: 0}}};
    const {done, note} = await act(seen({revision: 'new', status: waiting}), {old, new: other});
    expect(done).toEqual([['delete', ref]]);
    expect(note).toContain(reader);
  });
});

describe('when it acts and when it waits', () => {
  const [restart, settle] = updatePod(ofReader());
  test.each([
    ['an older pod template', {}, false, null],
    ['going already', {going: true}, false, 'being made'],
    ['between two pods', {gone: true}, false, 'being made'],
    ['the controller has not looked yet', {revision: 'new', observed: false}, false, 'not seen'],
    [
      'patched, not restarted',
      {revision: 'new', annotations: {[restartsBefore]: '{"postgresql":0}'}},
      false,
      'restarts',
    ],
    [
      'patched and restarted',
      {revision: 'new', annotations: {[restartsBefore]: '{"postgresql":0}'}, status: {restartCount: 1}},
      true,
      'restarts',
    ],
    ['of the newest pod template', {revision: 'new'}, true, 'restarts'],
  ] as const)('%s', (_what, state, done, held) => {
    const snapshot = seen(state);
    expect(restart.done(snapshot, null)).toBe(done);
    const hold = restart.holdBack?.(snapshot, null, 0) ?? null;
    if (held === null) expect(hold).toBeNull();
    else expect(hold).toContain(held);
  });

  test('a cause may end the second step, because it does nothing', () => expect(settle.run).toBeUndefined());
});

describe('when the database is believed', () => {
  test('what it said before the reader was there again does not count', () => {
    let now = 5000;
    const [restart, settle] = updatePod(ofReader({now: () => now}));
    const streams = (at: number) => [replication([reader], at)];
    expect(restart.done(seen({facts: streams(4900)}), null)).toBe(false);
    now = 6000;
    expect(settle.done(seen({revision: 'new', ready: false, facts: streams(4900)}), null)).toBe(false);
    expect(settle.done(seen({revision: 'new', facts: streams(4900)}), null)).toBe(false);
    expect(settle.done(seen({revision: 'new', facts: streams(6001)}), null)).toBe(true);
  });

  test('a reader that was there all the time is believed at once', () => {
    const [restart, settle] = updatePod(ofReader({now: () => 9999}));
    const snapshot = seen({revision: 'new', facts: [replication([reader], 10)]});
    expect([restart.done(snapshot, null), settle.done(snapshot, null)]).toEqual([true, true]);
  });

  test('a resize is through when the container has what the pod asks for', () => {
    const [resize, has] = updatePod(ofReader({verb: 'resize'}));
    const withResources = (memory: string): Snapshot => {
      const snapshot = seen({
        revision: 'new',
        status: {resources: {requests: {memory}}},
        facts: [replication([reader], 10)],
      });
      return {
        ...snapshot,
        pods: snapshot.pods.map((pod) => ({
          ...pod,
          spec: {...pod.spec, containers: [{name: 'postgresql', resources: {requests: {memory: '2Gi'}}}]},
        })),
      };
    };
    expect([resize.done(withResources('1Gi'), null), has.done(withResources('1Gi'), null)]).toEqual([true, false]);
    expect(has.done(withResources('2048Mi'), null)).toBe(true);
  });

  test('the writer is through when it answers and every reader streams again', () => {
    const ofWriter = ofReader({name: writer, isWriter: true, followers: [reader]});
    const settle = updatePod(ofWriter)[1];
    const state = {revision: 'new'};
    expect(settle.done(seen({...state, facts: [proof('writer', 10)]}), null)).toBe(false);
    expect(settle.done(seen({...state, facts: [replication([reader], 10)]}), null)).toBe(false);
    expect(settle.done(seen({...state, facts: [proof('writer', 10), replication([reader], 10)]}), null)).toBe(true);
    expect(updatePod({...ofWriter, followers: []})[1].done(seen({...state, facts: [proof('writer', 10)]}), null)).toBe(
      true,
    );
  });
});
