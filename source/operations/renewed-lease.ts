// Keeps the Lease of an operation that runs outside of `converge` while one of its steps is at work.
import type {LeasePort} from './ports/lease.ts';

/** A third of the time after which a Lease that is not renewed counts as dead. */
const renewEveryMs = 10_000;

/**
 * Confirms the Lease, and renews it until the work ends, because helm may take longer than the Lease lasts. A renewal
 * that fails does not stop the work: the Lease is confirmed again before the next step.
 * @throws UserError RELEASE_LOCKED where the Lease is not ours any more; and as the work does
 */
export async function withRenewedLease<T>(
  ports: Pick<LeasePort, 'confirmLease' | 'renewLease'>,
  work: () => Promise<T>,
): Promise<T> {
  await ports.confirmLease();
  const timer = setInterval(() => void ports.renewLease().catch(() => undefined), renewEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
