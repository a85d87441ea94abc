// What is told of the readers that may become the writer.
import {expect, test} from 'vitest';
import type {Status} from '../../../../../source/client/questions/status.ts';
import {readersOf} from '../../../../../source/tui/screens/switchover/switchover-state.ts';

const seen = (proven: boolean, replication: readonly object[]) =>
  readersOf({
    pods: [
      {name: 'orders-postgresql-primary-0', role: 'writer', node: 'a'},
      {name: 'orders-postgresql-read-0', role: 'reader', node: 'b'},
    ],
    replication,
    endpoints: {writer: {proven}},
  } as unknown as Status).map(({text}) => text);
const stream = {pod: 'orders-postgresql-read-0', state: 'streaming', lagBytes: 0};

test.each([
  ['before the writer was asked nobody knows', false, [], 'on b, not looked at yet'],
  ['the writer does not know it', true, [], 'on b, does not stream'],
  ['it copies', true, [{...stream, state: 'backup'}], 'on b, does not stream'],
  ['it streams', true, [stream], 'on b, has all of it'],
  [
    'it streams, and does not say how far it is',
    true,
    [{...stream, lagBytes: null}],
    'on b, behind by an unknown amount',
  ],
] as const)('%s', (_what, proven, replication, text) => expect(seen(proven, replication)).toEqual([text]));
