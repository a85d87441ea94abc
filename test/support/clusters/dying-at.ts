// A release that is operated on by a program and a helm which both die after one of helm's writes, see dying-helm.mjs.
import {join} from 'node:path';
import type {OperatedRelease} from './operated-release.ts';
import {kubectl, root} from '../paths.ts';

/** `at`: a regular expression for the write's method and path; `nth`: which of the matching writes, counted from 1. */
export function dyingAt(
  release: OperatedRelease,
  helm: string,
  {at, nth}: {readonly at: string; readonly nth: number},
): OperatedRelease {
  return release.with({
    PGHI_HELM: join(root, 'test', 'support', 'clusters', 'dying-helm.mjs'),
    DYING_HELM: helm,
    DYING_HELM_AT: at,
    DYING_HELM_NTH: String(nth),
    DYING_KUBECTL: kubectl,
  });
}
