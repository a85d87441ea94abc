// After a failover every operation works as before, and the volume that it kept stays.
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Status} from '../../source/client/questions/status.ts';
import {type OperatedRelease, writerPod} from '../support/clusters/operated-release.ts';
import {
  expectAsBefore,
  expectWhole,
  operationsAfterMove,
  releaseToMove,
  uninstalled,
} from '../support/clusters/operations-after-move.ts';
import {spoilt} from '../support/clusters/spoilt.ts';
import {waitFor} from '../support/wait-for.ts';

let release: OperatedRelease;
let kept: string;
beforeAll(async () => {
  release = await releaseToMove('after-failover');
  await release.namespace.kubectl(['exec', writerPod, '-c', 'postgresql', '--', 'sh', '-c', spoilt]).catch(() => null);
  const seen = () => release.read<Status>('status');
  await waitFor('the writer to be away', seen, ({pods}) => pods.some(({name, ready}) => name === writerPod && !ready));
  const {failover} = await release.done('failover', '--confirm', 'orders');
  kept = failover?.keptClaim ?? '';
  await expectWhole(release);
});
afterAll(() => release.namespace.remove());

describe('after a failover', () => {
  test.each(operationsAfterMove)('$name', async (operation) => {
    await expectAsBefore(release, operation);
    expect((await release.read<Status>('status')).keptVolumes).toMatchObject([{claim: kept}]);
  });

  test('uninstall', async () => {
    expect(await uninstalled(release)).toEqual([kept]);
  });
});
