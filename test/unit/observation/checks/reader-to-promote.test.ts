// Which reader takes the role of a writer that is lost, and what is said where the one that is asked for cannot.
import {describe, expect, it} from 'vitest';
import type {Cause} from '../../../../source/core/cause.ts';
import {
  isAhead,
  isNoReader,
  mostWal,
  noReaderToPromote,
  readerToPromote,
  writersTimeline,
  type Choice,
} from '../../../../source/observation/checks/reader-to-promote.ts';
import {notedAnnotation} from '../../../../source/observation/backups/backup-list.ts';
import type {ReaderPosition} from '../../../../source/observation/role/failover.ts';
import type {RoleMove} from '../../../../source/observation/role/role-moves.ts';
import type {Snapshot} from '../../../../source/observation/snapshot.ts';
import {setOf} from '../../../support/fakes/fake-objects.ts';
import {positionOf} from '../../../support/clusters/reader-position.ts';
import {parametersWith, targetFor} from '../../../support/fakes/survey.ts';

const target = targetFor('orders');
const [first, second] = ['orders-postgresql-read-0', 'orders-postgresql-read-1'];
const at = positionOf;

const before = (moves: readonly Partial<RoleMove>[] = []) =>
  ({
    takenAt: Date.parse('2026-01-02T08:04:05Z'),
    target,
    pods: [],
    claims: [],
    services: [],
    database: [],
    release: {revisions: []},
    secret: {roleMoves: moves},
    statefulSets: [setOf('orders-postgresql-read', 2, 0)],
  }) as unknown as Snapshot;
const moved = before([{kind: 'failover', at: '2026-01-02T07:00:00Z', timeline: {before: 1, after: 2}}]);

function chosen(
  positions: readonly ReaderPosition[],
  rest: Partial<Choice> = {},
  seen: Snapshot = before(),
): ReaderPosition | Cause {
  const common = {to: null, nodeIsOff: true, positions, able: positions, blocked: [], evidence: ['seen']};
  return readerToPromote(seen, {...common, parameters: parametersWith(), ...rest});
}
const nameOf = (one: ReturnType<typeof chosen>) => ('pod' in one ? one.pod : one.code);
const commandsOf = (one: ReturnType<typeof chosen>) =>
  'remedies' in one ? one.remedies.flatMap(({command}) => command ?? []) : [];
const messageOf = (one: ReturnType<typeof chosen>) => ('message' in one ? one.message : '');

it('is the one with the most WAL, of equals the last, or the one that is named', () => {
  expect(mostWal([at(first, 10), at(second, 20)], null)?.pod).toBe(second);
  expect(mostWal([at(first, 20), at(second, 10)], null)?.pod).toBe(first);
  expect(mostWal([at(first, 20), at(second, 20)], null)?.pod).toBe(second);
  expect(mostWal([at(first, 20), at(second, 10)], second)?.pod).toBe(second);
  expect(mostWal([at(first, 20)], second)).toBeNull();
  expect(mostWal([], null)).toBeNull();
});

it('what is no reader is not asked for', () => {
  expect(isNoReader(target, 'orders-postgresql-read-2', 2)?.message).toContain(`Use ${first} or ${second}.`);
  expect(isNoReader(target, 'orders-postgresql-primary-0', 2)?.code).toBe('BAD_INPUT');
  expect(isNoReader(target, second, 2)).toBeNull();
});

describe('a reader that is asked for and cannot', () => {
  it('is told from the others, which can: nothing is said of a backup', () => {
    const silent = chosen([at(second, 20)], {to: first});
    expect(messageOf(silent)).toBe(
      `${first} does not answer, so it cannot become the writer. ${second} answers and could. Nothing was changed.`,
    );
    expect(commandsOf(silent).join('\n')).toMatch(/^pg-helm-install failover orders .*--node-is-off/);
    expect(commandsOf(silent).join('\n')).not.toMatch(/--to|restore/);
    const broken = chosen([at(first, 30), at(second, 20)], {to: first, able: [at(second, 20)]});
    expect(messageOf(broken)).toContain(
      `${first} answers, but its claim data-${first} or the volume of it is not whole`,
    );
  });
  it('is told from no reader at all', () => {
    expect(messageOf(chosen([], {to: first}))).toContain('has no reader that answers');
  });
});

describe('the timeline comes before the bytes', () => {
  const sign = (lastMessageAt: string) => ({receiver: {writerBytes: null, lastMessageAt}});
  const [early, late] = ['2026-01-02T06:59:00Z', '2026-01-02T07:30:00Z'];
  it('is the one that began when the role moved last, or the one of the reader that heard of the writer last', () => {
    expect(writersTimeline([at(first, 90), at(second, 20, {timeline: 2})], 2)).toBe(2);
    expect(writersTimeline([at(first, 90)], 2)).toBe(2);
    // Somebody promoted it by hand, and its container restarted: it has been alone since.
    const alone = at(first, 90, {timeline: 2, replayedAt: early});
    expect(writersTimeline([alone, at(second, 80, sign(late))], 1)).toBe(1);
    expect(writersTimeline([at(first, 90, sign(early)), at(second, 20, {timeline: 2, ...sign(late)})], 1)).toBe(2);
  });
  it('so a reader that was silent in the failover before is not chosen for what was given up then', () => {
    const stale = at(first, 9000, {replayedAt: late});
    const positions = [stale, at(second, 20, {timeline: 2})];
    expect(nameOf(chosen(positions, {}, moved))).toBe(second);
    expect([isAhead(stale, at(second, 20, {timeline: 2})), isAhead(at(second, 20, {timeline: 2}), stale)]).toEqual([
      ...[false, true],
    ]);
  });
  it('where only such readers answer that is said, and naming one gives up what was written since', () => {
    const none = chosen([at(first, 9000)], {}, moved);
    expect(nameOf(none)).toBe('NO_READER_TO_PROMOTE');
    expect(messageOf(none)).toContain(
      `no reader with what was written last: ${first} is on timeline 1, from before the failover at ` +
        "2026-01-02T07:00:00Z, and the writer's was 2",
    );
    expect(commandsOf(none)[0]).toContain(`--to ${first}`);
    expect(nameOf(chosen([at(first, 9000)], {to: first}, moved))).toBe(first);
  });
});

describe('a reader on a node where the writer could not start', () => {
  const blocked = (...pods: string[]) => pods.map((pod) => ({pod, node: `n-${pod.at(-1)}`, obstacle}));
  const obstacle = 'takes no pods' as const;
  it('leaves the role to one that has as much', () => {
    expect(nameOf(chosen([at(first, 20), at(second, 20)], {blocked: blocked(second)}))).toBe(first);
  });
  it('is named with what opens the node, and with the one that has less', () => {
    const refused = chosen([at(first, 4096), at(second, 8192)], {blocked: blocked(second)});
    expect(nameOf(refused)).toBe('UNSCHEDULABLE');
    expect(messageOf(refused)).toContain('n-1 takes no pods now');
    expect(commandsOf(refused)[0]).toBe('kubectl --context prod-eu uncordon n-1');
    expect(commandsOf(refused)[1]).toContain(`--to ${first}`);
    expect('remedies' in refused && refused.remedies[1]?.title).toContain('It has 4Ki of WAL less');
    expect(nameOf(chosen([at(first, 4096), at(second, 8192)], {blocked: blocked(second), to: first}))).toBe(first);
    expect(nameOf(chosen([at(first, 4096), at(second, 8192)], {blocked: blocked(second), to: second}))).toBe(
      'UNSCHEDULABLE',
    );
    const all = chosen([at(first, 10), at(second, 20)], {blocked: blocked(first, second)});
    expect(commandsOf(all)).toEqual(['kubectl --context prod-eu uncordon n-1']);
  });
});

it('where no reader answers the newest backup is what is left, or that there is none', () => {
  const one = {...before(), statefulSets: [setOf('orders-postgresql-read', 1, 0)]};
  const none = noReaderToPromote(one, ['seen']);
  expect(none).toMatchObject({code: 'NO_READER_TO_PROMOTE', evidence: ['seen']});
  expect(none.message).toContain('no reader that answers, so none can become the writer. There is no backup');
  const newest = {name: '20260102T030405Z', startedAt: '2026-01-02T03:04:05Z', bytes: 1};
  const noted = {newest, tried: null};
  const claim = {metadata: {annotations: {[notedAnnotation]: JSON.stringify(noted)}}};
  const backedUp = {...one, events: [], backup: {cronJob: null, claim, pods: []}} as unknown as Snapshot;
  expect(noReaderToPromote(backedUp, []).message).toContain('was begun 5 h ago, at 2026-01-02T03:04:05Z');
});
