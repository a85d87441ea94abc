// An open dashboard has seen how far the writer had written: a failover that is begun from it knows that.
import {expect, it} from 'vitest';
import type {Api} from '../../../source/cluster/api.ts';
import {noteWriterPosition, writerPositionSeen} from '../../../source/cluster/writer-sightings.ts';
import type {Fact} from '../../../source/observation/snapshot.ts';
import {targetFor} from '../../support/fakes/survey.ts';

const target = targetFor('orders');
const at = Date.parse('2026-01-02T03:04:05Z');
const writerAt = (walBytes: number): Fact => ({
  kind: 'endpoint',
  role: 'writer',
  from: 'cluster',
  at,
  result: {answered: true, inRecovery: false, serverVersion: '17.6', latencyMs: 1, walBytes},
});

it('what was seen last through a connection is known, by the cluster’s clock, of that release alone', () => {
  const [api, other] = [{} as Api, {} as Api];
  const seen = {target, secret: null, clusterAheadMs: 60_000};
  expect(writerPositionSeen(api, {target})).toBeNull();
  noteWriterPosition(api, {...seen, database: [writerAt(5000)]});
  noteWriterPosition(api, {...seen, database: [writerAt(7000)]});
  // A look that does not reach the writer takes nothing back.
  noteWriterPosition(api, {...seen, database: []});
  expect(writerPositionSeen(api, {target})).toEqual({bytes: 7000, at: '2026-01-02T03:05:05.000Z'});
  expect(writerPositionSeen(api, {target: targetFor('invoices')})).toBeNull();
  expect(writerPositionSeen(other, {target})).toBeNull();
});
