// What readers are asked in a failover: nobody waits for a writer because a release has many databases.
import {expect, test} from 'vitest';
import {askReaders} from '../../../../source/operations/role/failover-candidates.ts';
import type {SwitchoverPort} from '../../../../source/operations/ports/switchover.ts';

const [first, second] = ['orders-postgresql-read-0', 'orders-postgresql-read-1'];
const server = {timeline: 1, isReader: true, isSynchronous: false, settings: {}, slots: []};

test('tables that take too long to list are left out, and what the servers said is not', async () => {
  const ports = {
    unloggedTables: () => new Promise<never>(() => undefined),
    serverFacts: async (pod: string) => (pod === first ? server : null),
  } as unknown as SwitchoverPort;
  expect(await askReaders([first, second], ports)).toEqual({unlogged: null, servers: {[first]: server}});
});

test('one reader is asked for the tables, because all have the same', async () => {
  const asked: string[] = [];
  const ports = {
    unloggedTables: async (pod: string) => {
      asked.push(pod);
      return ['shop: carts'];
    },
    serverFacts: async () => null,
  } as unknown as SwitchoverPort;
  expect(await askReaders([first, second], ports)).toEqual({unlogged: ['shop: carts'], servers: {}});
  expect(asked).toEqual([first]);
});
