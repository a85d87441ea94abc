// What of a writer moves with its role, and which reader may take it.
import {describe, expect, it} from 'vitest';
import {parseAllDocuments} from 'yaml';
import {
  chooseReader,
  whyNoneStreams,
  permissionsRefusal,
  volumesToMove,
  writerFit,
  type ReaderChoice,
} from '../../../source/observation/checks/switchover.ts';
import {closedNodes, nodesToMeasure, type NodesSeen} from '../../../source/observation/checks/writer-place.ts';
import {roleMovePermissions} from '../../../source/observation/checks/permissions.ts';
import type {ReaderStream, Snapshot} from '../../../source/observation/snapshot.ts';
import {
  emptied,
  readerSlots,
  settingsLeft,
  settingsToMove,
  switchoverConsequences,
  type ServerFacts,
  type SwitchoverFacts,
} from '../../../source/plan/switchover.ts';
import {endOfCheckpoint, lsnOf} from '../../../source/postgres/switchover.ts';
import {podOf, setOf} from '../../support/fakes/fake-objects.ts';
import {node, parametersWith, targetFor} from '../../support/fakes/survey.ts';

const server = (rest: Partial<ServerFacts> = {}): ServerFacts => ({
  timeline: 1,
  isReader: false,
  isSynchronous: false,
  settings: {},
  slots: [],
  ...rest,
});

describe('what ALTER SYSTEM has set', () => {
  const writer = server({settings: {work_mem: '5MB', log_statement: 'ddl', shared_preload_libraries: 'a,b'}});
  const reader = server({settings: {log_statement: 'ddl', work_mem: '4MB', jit: 'off', primary_conninfo: 'host=x'}});
  it('moves where it differs, but for how a reader finds its writer and for lists', () => {
    expect(settingsToMove({writer, reader})).toEqual({work_mem: '5MB'});
  });
  it('is said where it stays', () => {
    expect(settingsLeft({writer, reader})).toEqual(['jit', 'shared_preload_libraries']);
  });
});

it('only the slots of the readers of this release are made on the new writer', () => {
  const slots = [
    {name: 'orders_postgresql_read_0', type: 'physical'},
    {name: 'orders_postgresql_read_1', type: 'logical'},
    {name: 'of_somebody', type: 'physical'},
  ] as const;
  expect(readerSlots({fullname: 'orders-postgresql'}, server({slots}))).toEqual(['orders_postgresql_read_0']);
});

describe('the plan', () => {
  const facts: SwitchoverFacts = {
    target: targetFor('orders'),
    record: {
      pod: {name: 'orders-postgresql-read-0'},
      writer: {volume: {spec: {}}},
      reader: {volume: {spec: {}}},
    } as SwitchoverFacts['record'],
    nodes: {writer: 'node1', reader: 'node2'},
    otherReaders: ['orders-postgresql-read-1'],
    unlogged: [],
    writer: server(),
    reader: server(),
    oldPlace: null,
  };
  const codes = (rest: Partial<SwitchoverFacts> = {}) =>
    switchoverConsequences({...facts, ...rest}).map(({code, object}) => `${code} ${object}`);
  it('says first that the role changes', () => {
    expect(codes()[0]).toBe('ROLE_CHANGE StatefulSet/orders-postgresql-primary');
  });
  it('tells rows that are lost from logical slots that are', () => {
    const slots = [{name: 'of_warehouse', type: 'logical'}] as const;
    expect(codes().filter((one) => /DELETED|LOST/.test(one))).toEqual([]);
    expect(codes({writer: server({slots})})).toContain('SLOTS_LOST StatefulSet/orders-postgresql-primary');
    expect(codes({unlogged: ['shop: carts']})).toContain('DATA_DELETED StatefulSet/orders-postgresql-primary');
  });
  it('names each slot that stays behind, but for those of the readers', () => {
    const slots = [
      {name: 'orders_postgresql_read_0', type: 'physical'},
      {name: 'of_archive', type: 'physical'},
      {name: 'of_warehouse', type: 'logical'},
    ] as const;
    const [lost] = switchoverConsequences({...facts, writer: server({slots})}).filter(
      ({code}) => code === 'SLOTS_LOST',
    );
    expect(lost?.sentence).toContain('do not move: of_archive and of_warehouse.');
  });
  it('says why the reader would wait where the writer was', () => {
    const said = (oldPlace: SwitchoverFacts['oldPlace']) =>
      switchoverConsequences({...facts, oldPlace}).map(({sentence}) => sentence)[1];
    expect(said('takes no pods')).toContain('node1 takes no pods now: orders-postgresql-read-0 waits until it does.');
    expect(said('has no room')).toContain('node1 has no room now: orders-postgresql-read-0 waits until it has.');
  });
});

it('of many unlogged tables the first five are named', () => {
  expect(emptied(['shop: carts'])).toBe(
    '1 unlogged table will be empty, because no reader has rows of it: shop: carts.',
  );
  expect(emptied(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toContain('a, b, c, d, e, and 2 more.');
});

describe('the record of a checkpoint', () => {
  const page = 8192;
  const segment = 16 * 1024 * 1024;
  it('ends 120 bytes after its beginning', () => {
    expect(endOfCheckpoint(lsnOf('0/409F2A8'), page, segment)).toBe(lsnOf('0/409F320'));
    expect(endOfCheckpoint(BigInt(page - 120), page, segment)).toBe(BigInt(page));
  });
  it('is longer by the header of the page, or of the segment, that it goes on in', () => {
    expect(endOfCheckpoint(BigInt(page - 112), page, segment)).toBe(BigInt(page + 8 + 24));
    expect(endOfCheckpoint(BigInt(segment - 112), page, segment)).toBe(BigInt(segment + 8 + 40));
  });
});

describe('the reader that becomes the writer', () => {
  const target = targetFor('orders');
  const [first, second] = ['orders-postgresql-read-0', 'orders-postgresql-read-1'];
  const stream = (pod: string, lagBytes: number): ReaderStream => ({
    pod,
    state: 'streaming',
    lagBytes,
    lagMs: null,
    sync: 'async',
  });
  const on = (name: string, node: string) => {
    const pod = podOf(name, true);
    return {...pod, spec: {...pod.spec, nodeName: node}};
  };
  const before = (streams: readonly ReaderStream[]) =>
    ({
      target,
      pods: [on(first, 'a'), on(second, 'b')],
      claims: [],
      services: [],
      release: {revisions: []},
      statefulSets: [setOf('orders-postgresql-read', 2, 0)],
      database: [{kind: 'replication', at: 0, streams}],
    }) as unknown as Snapshot;
  const nameOf = (chosen: ReturnType<typeof chooseReader>) =>
    'pod' in chosen ? chosen.pod.metadata.name : chosen.code;
  const both = before([stream(first, 500), stream(second, 20)]);

  const choose = (
    seen: Snapshot,
    asked: Partial<ReaderChoice> = {},
    {nodes = [], use = {}, left, ...sizes}: Partial<NodesSeen & {cpu: string; memory: string}> = {},
  ) => chooseReader(seen, {to: null, ...asked}, parametersWith(sizes), {nodes, use, left});

  it('is the closest one, unless one is named', () => {
    expect(nameOf(choose(both))).toBe(second);
    expect(nameOf(choose(both, {to: first}))).toBe(first);
  });
  it('is none where there is none', () => {
    expect(writerFit({...both, statefulSets: [setOf('orders-postgresql-read', 0, 0)]})?.code).toBe('NO_READER');
  });
  it('is none that does not stream, is far behind, or is not there', () => {
    expect(nameOf(choose(before([])))).toBe('REPLICA_BEHIND');
    expect(nameOf(choose(before([stream(first, 2 ** 30)]), {to: first}))).toBe('REPLICA_BEHIND');
    expect(nameOf(choose(both, {to: 'orders-postgresql-read-7'}))).toBe('BAD_INPUT');
    expect(nameOf(choose(both, {to: 'orders-postgresql-primary-0'}))).toBe('BAD_INPUT');
  });
  it('is none yet where each does something else, which is said', () => {
    const seen = before([{...stream(second, 0), state: 'catchup'}]);
    const [one, other] = seen.pods;
    if (!one || !other) throw new Error('two readers');
    const said = (snapshot: Snapshot) => whyNoneStreams(snapshot, null);
    expect(said(seen)).toBe(
      `${first} is ready and has no connection to the writer; ` +
        `${second} is ready and has the state "catchup" at the writer`,
    );
    const deleting = {...one, metadata: {...one.metadata, deletionTimestamp: '2026-01-02T03:04:05Z'}};
    expect(said({...seen, pods: [deleting]})).toBe(`${first} is being deleted`);
    expect(said({...seen, pods: [podOf(first, false)]})).toBe(
      `${first} is not ready and has no connection to the writer`,
    );
    expect(said({...seen, pods: [one], database: []})).toBe(
      `${first} is ready and could not be looked for at the writer`,
    );
    expect(said({...seen, pods: []}), 'no reader is there').toBeNull();
    expect(said(before([stream(first, 2 ** 30)])), 'one streams').toBeNull();
    expect(whyNoneStreams(before([stream(first, 0)]), second)).toBe(
      `${second} is ready and has no connection to the writer`,
    );
  });
  it('is none on a node that takes no pods', () => {
    const closed = (...names: string[]) => ({nodes: names.map((name) => node(name, {unschedulable: true}))});
    expect(nameOf(choose(both, {}, closed('b')))).toBe(first);
    const none = choose(both, {}, closed('a', 'b'));
    expect(none).toMatchObject({code: 'UNSCHEDULABLE'});
    expect('remedies' in none ? none.remedies.map(({command}) => command) : []).toEqual([
      'kubectl --context prod-eu uncordon a',
      'kubectl --context prod-eu uncordon b',
    ]);
  });
  it('is none on a node that has no room for the writer, which may be larger than the reader that leaves', () => {
    const asks = (pod: ReturnType<typeof on>, cpu: string, memory: string) => {
      const [container] = pod.spec.containers;
      if (!container) throw new Error('a pod has a container');
      return {...pod, spec: {...pod.spec, containers: [{...container, resources: {requests: {cpu, memory}}}]}};
    };
    const small = {...both, pods: [asks(on(first, 'a'), '1', '1Gi'), asks(on(second, 'b'), '1', '1Gi')]} as Snapshot;
    const nodes = [node('a', {cpu: '4', memory: '8Gi'}), node('b', {cpu: '4', memory: '8Gi'})];
    const used = (milliCpu: number) => ({milliCpu, memoryBytes: 2 ** 30});
    const writer = {nodes, cpu: '2', memory: '4Gi'};
    // The reader's own CPU counts as free there.
    expect(nameOf(choose(small, {}, {...writer, use: {a: used(3000), b: used(3000)}}))).toBe(second);
    expect(nameOf(choose(small, {}, {...writer, use: {a: used(3000), b: used(3500)}}))).toBe(first);
    const none = choose(small, {}, {...writer, use: {a: used(3500), b: used(3500)}});
    expect(none).toMatchObject({code: 'UNSCHEDULABLE'});
    expect('message' in none ? none.message : '').toContain('a and b have no room for its 2 CPU and 4Gi memory');
    // A writer that runs beside the reader leaves its own room to both.
    expect(nameOf(choose(small, {}, {...writer, use: {a: used(3500), b: used(3500)}, left: 'a'}))).toBe(first);
    // What may not be read keeps nothing away, nor does a full node that the writer asks no more of.
    expect(nameOf(choose(small, {}, writer))).toBe(second);
    const same = {nodes, cpu: '1', memory: '1Gi', use: {a: used(9000), b: used(9000)}};
    expect(nameOf(choose(small, {}, same))).toBe(second);
    expect(nodesToMeasure(small.pods, parametersWith({cpu: '1', memory: '1Gi'}))).toEqual([]);
    expect(nodesToMeasure(small.pods, parametersWith({cpu: '2', memory: '1Gi'}))).toEqual(['a', 'b']);
  });
  it('is none on the node that the writer is to leave, and that is said with what helps', () => {
    expect(nameOf(choose(both, {leaving: 'b'}))).toBe(first);
    expect(nameOf(choose(both, {to: second, leaving: 'b'}))).toBe('NO_READER_TO_PROMOTE');
    expect(nameOf(choose(both, {leaving: 'b'}, {nodes: [node('a', {unschedulable: true})]}))).toBe('UNSCHEDULABLE');
    const beside = {...both, pods: [on(first, 'b'), on(second, 'b')]} as Snapshot;
    const told = choose(beside, {leaving: 'b'});
    expect(told).toMatchObject({code: 'NO_READER_TO_PROMOTE'});
    expect('remedies' in told ? told.remedies[0]?.command : '').toContain(
      'scale orders -n team-a --context prod-eu --read-replicas 3',
    );
  });
});

it('a node that is cordoned, not ready, or tainted against the pods takes none', () => {
  const of = (name: string, unschedulable: boolean, ready: string) => ({
    metadata: {name},
    spec: {unschedulable},
    status: {conditions: [{type: 'Ready', status: ready}]},
  });
  const tainted = node('d', {taints: [{key: 'for', value: 'batch', effect: 'NoSchedule'}]});
  const nodes = [of('a', false, 'True'), of('b', true, 'True'), of('c', false, 'Unknown'), tainted];
  expect(closedNodes(nodes)).toEqual(['b', 'c', 'd']);
  expect(closedNodes(nodes, {tolerations: [{key: 'for', operator: 'Exists'}]})).toEqual(['b', 'c']);
});

describe('whoever may not change volumes', () => {
  const target = targetFor('orders');
  const named = roleMovePermissions('switchover', 'team-a', ['pv-a', 'pv-b']);
  const without = (...resources: string[]) =>
    named.map((one) => ({...one, allowed: !resources.includes(one.resource)}));

  it('is asked for these volumes alone, and told what an administrator grants for them, bound to this user', () => {
    expect(
      named.flatMap(({resource, verb, name}) => (resource === 'persistentvolumes' ? `${verb} ${name}` : [])),
    ).toEqual(['get pv-a', 'patch pv-a', 'get pv-b', 'patch pv-b']);
    const told = permissionsRefusal(target, without('persistentvolumes'), 'ann');
    expect(told).toMatchObject({code: 'FORBIDDEN'});
    expect(told?.message).toMatch(/may not get persistentvolumes or patch persistentvolumes.* not done by a copy/);
    expect(told?.evidence[0]).toMatch(/^not allowed: get persistentvolumes\/pv-a: /);
    const {title, command} = told?.remedies[0] ?? {};
    expect(title).toBe('Have an administrator of the cluster grant it for the volumes of this release');
    const applied = /<<'EOF'\n([^]*)\nEOF$/.exec(command ?? '')?.[1] ?? '';
    expect(parseAllDocuments(applied).map((one) => one.toJS() as unknown)).toMatchObject([
      {kind: 'ClusterRole', rules: [{resourceNames: ['pv-a', 'pv-b'], verbs: ['get', 'patch']}]},
      {kind: 'ClusterRoleBinding', subjects: [{kind: 'User', name: 'ann'}]},
    ]);
  });
  it('is told to have it bound where the cluster does not say who they are', () => {
    const [grant] = permissionsRefusal(target, without('persistentvolumes'), null)?.remedies ?? [];
    expect(grant?.title).toContain('bind the ClusterRole to you');
    expect(grant?.command).not.toContain('ClusterRoleBinding');
  });
  it('is given a second command where rights in the namespace are missing too', () => {
    const told = permissionsRefusal(target, without('persistentvolumes', 'pods/exec'), 'ann');
    const kinds = told?.remedies.map(({command = ''}) =>
      [...command.matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind),
    );
    expect(kinds).toEqual([['Role', 'RoleBinding'], ['ClusterRole', 'ClusterRoleBinding'], []]);
    expect(told?.remedies[0]?.command).toContain('resources: ["pods/exec"], verbs: [get, create]');
  });
  it('may where all of it is allowed', () => {
    expect(permissionsRefusal(target, without(), 'ann')).toBeNull();
    const failover = permissionsRefusal(target, without('pods/exec'), 'ann', 'failover');
    expect(JSON.stringify(failover?.remedies)).toMatch(/what failover needs[^]*pg-helm-install-to-failover/);
    expect(named.find(({resource}) => resource === 'statefulsets/scale')).toMatchObject({group: 'apps', verb: 'patch'});
  });
});

it('the volumes that are asked for are those of the release, and those that a begun move wrote down', () => {
  const claim = (name: string, volumeName: string) => ({metadata: {name}, spec: {volumeName}});
  const side = (name: string) => ({volume: {name}});
  const before = {
    target: targetFor('orders'),
    pods: [],
    services: [],
    release: {revisions: []},
    database: [],
    statefulSets: [setOf('orders-postgresql-read', 1, 0)],
    claims: [claim('data-orders-postgresql-read-0', 'pv-b'), claim('data-orders-postgresql-read-7', 'pv-spare')],
    operation: {switchover: {writer: side('pv-a'), reader: side('pv-b')}},
  } as unknown as Snapshot;
  expect(volumesToMove(before)).toEqual(['pv-a', 'pv-b']);
  expect(volumesToMove({...before, operation: null})).toEqual(['pv-b']);
});
