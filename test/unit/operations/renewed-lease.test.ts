// The Lease of a step that takes longer than a Lease lasts.
import {afterEach, expect, it, vi} from 'vitest';
import {withRenewedLease} from '../../../source/operations/renewed-lease.ts';

afterEach(() => void vi.useRealTimers());

it('is renewed until the step ends, whatever becomes of a renewal', async () => {
  vi.useFakeTimers();
  const renewLease = vi.fn(async () => {
    throw new Error('no answer');
  });
  let end = (): void => undefined;
  const work = () => new Promise<void>((resolve) => (end = resolve));
  const done = withRenewedLease({confirmLease: async () => undefined, renewLease}, work);
  await vi.advanceTimersByTimeAsync(35_000);
  expect(renewLease).toHaveBeenCalledTimes(3);
  end();
  await done;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(renewLease).toHaveBeenCalledTimes(3);
});
