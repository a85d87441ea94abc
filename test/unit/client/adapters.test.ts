// The contract of the ports: whatever an adapter does, a drop of the connection is a cause for the operations.
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createAdapters} from '../../../source/client/adapters/index.ts';
import {UserError} from '../../../source/core/cause.ts';
import type {Ports} from '../../../source/operations/ports/index.ts';
import {connectTo} from '../../support/fakes/cluster.ts';
import {fakeApi, type FakeApi} from '../../support/fakes/fake-api.ts';
import {targetFor} from '../../support/fakes/survey.ts';

let fake: FakeApi;
let ports: Ports;
let close: () => void;

beforeEach(async () => {
  fake = await fakeApi();
  const connection = connectTo(fake);
  close = () => connection.api.close();
  ports = createAdapters(connection, () => Promise.reject(new Error('no helm is asked')), targetFor());
});
afterEach(async () => {
  close();
  await fake.stop();
});

/** Of each port some that only ask the cluster, and need no more to be asked. */
const asked: readonly (keyof Ports)[] = [
  'look',
  'revisions',
  'pauseLease',
  'endLease',
  'confirmLease',
  'createNamespace',
];

test.each(asked)('%s: a connection that drops is CONNECTION_LOST', async (name) => {
  await fake.stop();
  const call = ports[name] as (...args: unknown[]) => Promise<unknown>;
  const error: unknown = await call().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).reason.code).toBe('CONNECTION_LOST');
});
