// How far the writer had written: remembered at the end of an operation, and used when it is lost.
import {describe, expect, it} from 'vitest';
import type {Snapshot} from '../../../../source/observation/snapshot.ts';
import {
  lastKnownPosition,
  positionSeen,
  writerPositionAnnotation,
  writerPositionIn,
} from '../../../../source/observation/role/writer-position.ts';

const at = '2026-01-02T03:04:05.000Z';
const remembered = (secret: object, more: object = {}) =>
  lastKnownPosition({secret, ...more} as unknown as Snapshot)?.bytes ?? null;
const move = (when: string) => ({kind: 'failover', at: when, timeline: {before: 1, after: 2}});

describe('where the writer was', () => {
  it('is what it said of its readers', () => {
    const stream = {pod: 'orders-postgresql-read-0', state: 'streaming', lagBytes: 0, lagMs: 0, sync: 'async'};
    const seen = (streams: readonly object[]) =>
      positionSeen({database: [{kind: 'replication', at: 7, streams}]} as unknown as Snapshot);
    expect(seen([{...stream, writtenBytes: 5000}])).toEqual({bytes: 5000, at: 7});
    expect([seen([]), seen([stream])]).toEqual([null, null]);
  });
  it('is what it answered itself, where no reader streams, unless it is another database', () => {
    const result = {answered: true, inRecovery: false, walBytes: 6000, systemIdentifier: '1'};
    const writer = {kind: 'endpoint', role: 'writer', at: 7, result};
    const seen = (systemIdentifier: string) =>
      positionSeen({database: [writer], secret: {systemIdentifier}} as unknown as Snapshot);
    expect(seen('1')).toEqual({bytes: 6000, at: 7});
    expect(seen('2')).toBeNull();
  });
  it('is read back, and nothing where somebody else wrote', () => {
    const read = (text: string) => writerPositionIn({[writerPositionAnnotation]: text});
    expect(read(JSON.stringify({bytes: 5000, at}))).toEqual({bytes: 5000, at});
    expect(['', 'null', '{}', '[]', '{"bytes":"5"}'].map(read)).toEqual([null, null, null, null, null]);
    expect(writerPositionIn()).toBeNull();
  });
  it('is of the writer that there is: a role that moved since begins another timeline', () => {
    const writerPosition = {bytes: 5000, at};
    expect(remembered({writerPosition})).toBe(5000);
    expect(remembered({writerPosition, roleMoves: [move('2026-01-02T03:00:00Z')]})).toBe(5000);
    expect(remembered({writerPosition, roleMoves: [move('2026-01-02T04:00:00Z')]})).toBeNull();
    expect(remembered({})).toBeNull();
  });
  it('is what this program has seen last where that is more, and of the present writer', () => {
    const writerPosition = {bytes: 5000, at};
    const writerSeen = {bytes: 7000, at: '2026-01-02T05:00:00Z'};
    const roleMoves = [move('2026-01-02T04:00:00Z')];
    expect(remembered({writerPosition}, {writerSeen})).toBe(7000);
    expect(remembered({writerPosition, roleMoves}, {writerSeen})).toBe(7000);
    expect(remembered({}, {writerSeen})).toBe(7000);
    expect(remembered({roleMoves: [move('2026-01-02T06:00:00Z')]}, {writerSeen})).toBeNull();
    expect(remembered({writerPosition: {bytes: 9000, at}}, {writerSeen})).toBe(9000);
  });
});
