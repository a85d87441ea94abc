// After a switchover every operation works as before.
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {OperatedRelease} from '../support/clusters/operated-release.ts';
import {
  expectAsBefore,
  expectWhole,
  operationsAfterMove,
  releaseToMove,
  uninstalled,
} from '../support/clusters/operations-after-move.ts';

let release: OperatedRelease;
beforeAll(async () => {
  release = await releaseToMove('after-switchover');
  await release.done('switchover');
  await expectWhole(release);
});
afterAll(() => release.namespace.remove());

describe('after a switchover', () => {
  test.each(operationsAfterMove)('$name', async (operation) => {
    await expectAsBefore(release, operation);
  });

  test('uninstall', async () => {
    expect(await uninstalled(release)).toEqual([]);
  });
});
