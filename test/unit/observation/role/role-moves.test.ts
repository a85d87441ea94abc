// What is remembered of the writer's role, and what is said of it before it is needed.
import {describe, expect, it} from 'vitest';
import {twoWriters} from '../../../../source/observation/causes/two-writers.ts';
import {
  roleMovesAnnotation,
  roleMovesIn,
  roleMoveText,
  withRoleMove,
  type RoleMove,
} from '../../../../source/observation/role/role-moves.ts';
import {roleWarnings, writerNodeLeaving} from '../../../../source/observation/role/role-warnings.ts';
import type {ReaderStream, Snapshot} from '../../../../source/observation/snapshot.ts';
import {uncountedFailover} from '../../../../source/observation/role/uncounted-failover.ts';
import {podOf, proof, setOf} from '../../../support/fakes/fake-objects.ts';
import {targetFor} from '../../../support/fakes/survey.ts';

const moved = (at: string, rest: Partial<RoleMove> = {}): RoleMove => ({
  kind: 'switchover',
  at,
  to: 'orders-postgresql-read-0',
  fromNode: 'node0',
  toNode: 'node1',
  timeline: {before: 1, after: 2},
  outMs: 2400,
  atRisk: null,
  ...rest,
});

describe('what the release remembers', () => {
  it('is the newest ten, each once, oldest first', () => {
    const days = Array.from({length: 12}, (_, day) => `2026-01-${String(day + 1).padStart(2, '0')}T00:00:00Z`);
    let text = '[]';
    for (const at of days) text = withRoleMove(roleMovesIn({[roleMovesAnnotation]: text}), moved(at));
    const again = withRoleMove(roleMovesIn({[roleMovesAnnotation]: text}), moved(days[11] ?? '', {outMs: 1}));
    const moves = roleMovesIn({[roleMovesAnnotation]: again});
    expect(moves.map(({at}) => at)).toEqual(days.slice(2));
    expect(moves.at(-1)?.outMs).toBe(1);
  });
  it('is nothing where somebody else wrote', () => {
    for (const text of ['', '{}', 'null', '[null, 3, {"kind":"switchover"}]'])
      expect(roleMovesIn({[roleMovesAnnotation]: text})).toEqual([]);
    expect(roleMovesIn()).toEqual([]);
  });
  it('says why it moved, from where to where, and what was at risk', () => {
    expect(roleMoveText(moved('2026-01-02T03:04:05Z'))).toBe(
      'switchover of node0 to node1, no row lost, no writes for 2.4 s, timeline 2',
    );
    expect(roleMoveText(moved('2026-01-02T03:04:05Z', {because: 'away from node0'}))).toBe(
      'switchover of node0 to node1 (away from node0), no row lost, no writes for 2.4 s, timeline 2',
    );
    const atRisk = {bytes: 0, lastSignAt: '2026-01-02T03:04:05.5Z', isCovered: false};
    const failover = (risk: Partial<typeof atRisk>) =>
      roleMoveText(moved('', {kind: 'failover', fromNode: null, outMs: null, atRisk: {...atRisk, ...risk}}));
    expect(failover({})).toBe('failover to node1, writes after 2026-01-02T03:04:05Z may be lost, timeline 2');
    const risk = {...atRisk, silentMs: 41_000};
    expect(roleMoveText(moved('', {kind: 'failover', because: 'node0 off, as somebody said', atRisk: risk}))).toBe(
      'failover of node0 to node1 (node0 off, as somebody said), up to 41 s of writes after 2026-01-02T03:04:05Z may ' +
        'be lost, writes 2.4 s after the decision, timeline 2',
    );
    expect(roleMoveText(moved('', {kind: 'failover', outMs: 6100, atRisk}))).toContain(
      'writes 6.1 s after the decision',
    );
    expect(roleMoveText(moved('', {kind: 'failover', atRisk, lostCommits: 3}))).toContain(', 3 transactions lost');
    expect(failover({bytes: 10_240})).toContain('at least 10 KiB of WAL lost');
    expect(failover({isCovered: true})).toContain('no acknowledged row lost');
  });
});

describe('a failover of which nobody knows what it lost', () => {
  const keptClaim = 'orders-postgresql-kept-20260102t030405';
  const failover = moved('2026-01-02T03:04:05Z', {kind: 'failover', keptClaim, lostCommits: null});
  const after = (move: RoleMove, rest: object = {}) =>
    uncountedFailover({
      secret: {roleMoves: [move]},
      operation: null,
      keptClaims: [{metadata: {name: keptClaim}, spec: {}}],
      ...rest,
    } as unknown as Snapshot);
  it('is counted while its volume is kept, once, and by nobody who is at work', () => {
    expect(after(failover)).toMatchObject({keptClaim, timeline: {before: 1, after: 2}});
    expect(after(failover, {keptClaims: []})).toBeNull();
    expect(after(failover, {operation: {kind: 'set'}})).toBeNull();
    expect(after({...failover, lostCommits: 0})).toBeNull();
    expect(after({...failover, keptClaim: null})).toBeNull();
    expect(after({...failover, timeline: {before: 1, after: null}})).toBeNull();
    expect(after(moved('2026-01-02T03:04:05Z'))).toBeNull();
    const since = moved('2026-01-02T04:00:00Z');
    expect(after(failover, {secret: {roleMoves: [failover, since]}})).toMatchObject({keptClaim});
  });
});

describe('before a role has to move', () => {
  const target = targetFor('orders');
  const writer = 'orders-postgresql-primary-0';
  const readers = ['orders-postgresql-read-0', 'orders-postgresql-read-1'];
  const on = (name: string, node: string) => {
    const pod = podOf(name, true);
    return {...pod, spec: {...pod.spec, nodeName: node}};
  };
  const release = (nodes: readonly string[], streams: readonly ReaderStream[] = []) =>
    ({
      target,
      claims: [],
      services: [],
      release: {revisions: []},
      operation: null,
      pods: [on(writer, 'a'), ...nodes.map((node, index) => on(readers[index] ?? '', node))],
      statefulSets: [setOf('orders-postgresql-read', nodes.length, 0)],
      database: [{kind: 'replication', at: 0, streams}],
    }) as unknown as Snapshot;
  const codes = (snapshot: Snapshot) => roleWarnings(snapshot).map(({code}) => code);

  it('readers that all share the writer’s node are named', () => {
    expect(codes(release(['a', 'a']))).toEqual(['READERS_BESIDE_WRITER']);
    expect(roleWarnings(release(['a']))[0]?.message).toContain('The only reader runs on a, as the writer does');
    expect(codes(release(['a', 'b']))).toEqual([]);
    expect(codes(release([]))).toEqual([]);
  });
  it('a reader that is too far behind is named with how far', () => {
    const stream = (pod: string, lagBytes: number): ReaderStream => ({
      pod,
      state: 'streaming',
      lagBytes,
      lagMs: null,
      sync: 'async',
    });
    const far = release(['b', 'c'], [stream(readers[0] ?? '', 2 ** 30), stream(readers[1] ?? '', 5)]);
    expect(codes(far)).toEqual(['READER_BEHIND']);
    expect(roleWarnings(far)[0]?.message).toContain('orders-postgresql-read-0 (1Gi)');
  });
  it('a node of the writer that is about to go is named, with the command that moves the role before', () => {
    const cordoned = {metadata: {name: 'a'}, spec: {unschedulable: true}};
    const told = (snapshot: Snapshot) => writerNodeLeaving(snapshot).map(({message}) => message);
    const [message = ''] = told({...release(['b']), writerNode: cordoned});
    expect(message).toContain('a, where the writer runs, takes no pods (it is cordoned)');
    expect(message).toContain(
      'pg-helm-install switchover orders -n team-a --context prod-eu --away-from-node a moves its role',
    );
    expect(told({...release([]), writerNode: cordoned})[0]).toContain('--read-replicas 1 adds one');
    const taints = [{key: 'karpenter.sh/disrupted', effect: 'NoSchedule'}];
    const going = {...release(['b']), writerNode: {metadata: {name: 'a'}, spec: {taints}}} as Snapshot;
    expect(told(going)[0]).toContain('it has the taint karpenter.sh/disrupted');
  });
  it('nothing is said of a node that takes pods, that may not be read, or that the writer has left', () => {
    for (const writerNode of [
      null,
      {metadata: {name: 'a'}, spec: {}},
      {metadata: {name: 'b'}, spec: {unschedulable: true}},
    ])
      expect(writerNodeLeaving({...release(['b']), writerNode})).toEqual([]);
  });
  it('a reader that takes writes is TWO_WRITERS, unless its role is just moving', () => {
    const answering = {...proof('writer', 0), role: 'reader' as const};
    const two = {...release(['b']), database: [answering]} as Snapshot;
    expect(twoWriters(two)).toMatchObject({certain: true, cause: {code: 'TWO_WRITERS'}});
    const during = (holderIsAlive: boolean) =>
      twoWriters({...two, operation: {kind: 'failover', holderIsAlive}} as Snapshot)?.cause.code ?? null;
    expect([during(true), during(false)]).toEqual([null, 'TWO_WRITERS']);
    expect(twoWriters({...two, database: [proof('reader', 0)]})).toBeNull();
  });
  it('readers that were asked one by one are named, whichever of them the endpoint answered for', () => {
    const [first = '', second = ''] = readers;
    const answering = {...proof('writer', 0), role: 'reader' as const};
    const two = {...release(['b', 'c']), database: [answering]} as Snapshot;
    expect(twoWriters(two)?.cause).toMatchObject({object: {kind: 'StatefulSet'}});
    expect(twoWriters(two)?.cause.remedies.map(({command}) => command)).toEqual([
      'pg-helm-install doctor orders -n team-a --context prod-eu',
    ]);
    const asked = {...two, database: [proof('reader', 0)], promotedReaders: [second]};
    const told = twoWriters(asked)?.cause;
    expect(told?.message).toMatch(new RegExp(`^The reader ${second} takes writes`));
    expect(told?.object).toMatchObject({kind: 'Pod', name: second});
    expect(told?.remedies[0]?.command).toContain(`exec ${second} -c postgresql`);
    expect(twoWriters({...asked, promotedReaders: [first, second]})?.cause.message).toContain('take writes');
    expect(twoWriters({...asked, promotedReaders: []})).toBeNull();
  });
});
