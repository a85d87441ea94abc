// The operations' tests run on a cluster and on the sandbox, from the same files: where this is, and what cannot be
// there.
import type {TestContext} from 'vitest';
import {helm3, helm4} from './paths.ts';

/** Set by sandbox-place.ts. */
export const onSandbox = process.env['PGHI_TEST_PLACE'] === 'sandbox';

const helm4Only = [['helm 4', helm4]] as const;
/**
 * With one helm where minutes count: how both differ is seen on a cluster, and by
 * sandbox/test/integration/api.test.ts.
 */
export const helms: readonly (readonly [name: string, program: string])[] = onSandbox
  ? helm4Only
  : [['helm 3', helm3], ...helm4Only];

/** Where helm's version makes no difference to what is shown: each of both has one of the two places. */
export const oneHelm: typeof helms = onSandbox ? helm4Only : [['helm 3', helm3]];

/** Skips the test there, saying why. */
export function notInSandbox({skip}: Pick<TestContext, 'skip'>, why: string): void {
  skip(onSandbox, `not in the sandbox: ${why}`);
}
