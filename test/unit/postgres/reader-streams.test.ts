// Whose stream it is, where the proxy of a service mesh passes it on from the writer's own pod.
import {describe, expect, it} from 'vitest';
import {readerStreams} from '../../../source/postgres/queries.ts';

const pods = {
  byAddress: {'10.0.0.1': 'a-primary-0', '10.0.0.2': 'a-read-0', '10.0.0.3': 'a-read-1'},
  writer: 'a-primary-0',
  readers: ['a-read-0', 'a-read-1'],
  isProxied: true,
};
const row = (address: string, {state = 'streaming', slot = ''} = {}) => [
  ...[address, state, '0', '', 'async', '0', '1', '1', slot],
];
const whose = (rows: readonly string[][], changes: Partial<typeof pods> = {}) =>
  readerStreams(rows, {...pods, ...changes}).map(({pod}) => pod);

describe('readerStreams', () => {
  it('goes by the address where it is that of a reader', () =>
    expect(whose([row('10.0.0.3'), row('10.0.0.2')])).toEqual(['a-read-1', 'a-read-0']));

  it.each(['127.0.0.6', '10.0.0.1'])('goes by the slot where a proxy asks from %s', (address) =>
    expect(whose([row(address, {slot: 'a_read_1'}), row(address, {slot: 'a_read_0'})])).toEqual([
      'a-read-1',
      'a-read-0',
    ]),
  );

  it('takes as many streams as there are ready readers for theirs', () => {
    expect(whose([row('127.0.0.6'), row('127.0.0.6')])).toEqual(['a-read-0', 'a-read-1']);
    expect(whose([row('127.0.0.6'), row('10.0.0.2')])).toEqual(['a-read-1', 'a-read-0']);
  });

  it('does not guess where one of them does not stream, or another client does', () => {
    expect(whose([row('127.0.0.6')])).toEqual([null]);
    expect(whose([row('127.0.0.6'), row('127.0.0.6'), row('127.0.0.6')])).toEqual([null, null, null]);
    expect(whose([row('127.0.0.6'), row('127.0.0.6', {state: 'backup'})])).toEqual([null, null]);
  });

  it('never takes a client of the writer itself for a reader where there is no proxy', () => {
    expect(whose([row('127.0.0.1'), row('127.0.0.1')], {isProxied: false})).toEqual([null, null]);
  });
});
