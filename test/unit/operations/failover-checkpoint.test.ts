// Before a lost writer is replaced, the readers write their caches to disk, however large these are.
import {expect, it} from 'vitest';
import {cause, UserError} from '../../../source/core/cause.ts';
import type {FailoverPhase} from '../../../source/observation/role/failover.ts';
import type {Ports} from '../../../source/operations/ports/index.ts';
import {performFailover, type FailoverRun} from '../../../source/operations/role/perform-failover.ts';

const readers = {'orders-postgresql-read-0': {}, 'orders-postgresql-read-1': {}};

/** The pods that were asked for a checkpoint by a run that loses its Lease at once. */
async function asked(phase: FailoverPhase): Promise<readonly string[]> {
  const pods: string[] = [];
  const ports = {
    now: () => 0,
    confirmLease: () => Promise.reject(new UserError(cause('RELEASE_LOCKED', 'Somebody took it over.'))),
    checkpointOn: async (pod: string) => void pods.push(pod),
  } as unknown as Ports;
  await expect(performFailover(ports, {record: {phase, readers}} as unknown as FailoverRun)).rejects.toThrow();
  return pods;
}

it('each reader that could be chosen does so as soon as the writer is being cut off', async () => {
  expect(await asked('fence')).toEqual(Object.keys(readers));
});

it('none does once one of them is chosen: that would hold up its promotion', async () => {
  expect(await asked('promote')).toEqual([]);
  expect(await asked('back')).toEqual([]);
});
