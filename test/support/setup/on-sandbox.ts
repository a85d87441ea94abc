// The operations' tests run on a cluster and on the sandbox, from the same files: which of the two this is, and what
// the sandbox cannot show.
import type {TestContext} from 'vitest';

/** Set by sandbox-place.ts. */
export const onSandbox = process.env['PGHI_TEST_PLACE'] === 'sandbox';

/** Skips the test on the sandbox, saying why. */
export function notInSandbox({skip}: Pick<TestContext, 'skip'>, why: string): void {
  skip(onSandbox, `not in the sandbox: ${why}`);
}
