// How far the writer had written: remembered at the end of an operation, and used when it is lost.
import {describe, expect, it} from 'vitest';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {
  lastKnownBytes,
  positionSeen,
  writerPositionAnnotation,
  writerPositionIn,
} from '../../../source/observation/writer-position.ts';

const at = '2026-01-02T03:04:05.000Z';
const remembered = (secret: object) => lastKnownBytes({secret} as unknown as Snapshot);
const move = (when: string) => ({kind: 'failover', at: when, timeline: {before: 1, after: 2}});

describe('where the writer was', () => {
  it('is what it said of its readers', () => {
    const stream = {pod: 'orders-postgresql-read-0', state: 'streaming', lagBytes: 0, lagMs: 0, sync: 'async'};
    const seen = (streams: readonly object[]) =>
      positionSeen({database: [{kind: 'replication', at: 7, streams}]} as unknown as Snapshot);
    expect(seen([{...stream, writtenBytes: 5000}])).toEqual({bytes: 5000, at: 7});
    expect([seen([]), seen([stream])]).toEqual([null, null]);
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
});
