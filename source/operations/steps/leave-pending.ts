// A helm that was killed leaves a pending record, and no helm works on such a release until it has been rolled back, or
// a rollback that was cut off has been completed.
import {UserError} from '../../core/cause.ts';
import type {Revision} from '../../observation/snapshot.ts';
import type {HelmPort} from '../ports/helm.ts';

/** How long a helm whose run is gone or unknown may still be at work. A run without --wait takes seconds. */
export const helmMayWorkMs = 15_000;

/** Codes of a rollback that was cut off: nothing is known of what helm did, or somebody asked to stop. */
const brokenOff = new Set(['CANCELLED', 'CONNECTION_LOST', 'CLUSTER_UNREACHABLE', 'CREDENTIALS_EXPIRED']);

/**
 * Has helm roll back from the pending revision to `goBackTo`, an earlier one; where a rollback or an install was cut
 * off it is the pending revision itself, which is then completed. The cluster may refuse: a StatefulSet that the killed
 * helm made with larger volumes cannot become the old one, however helm words that. What counts is the record: once
 * helm has recorded that the rollback failed, nothing is pending, and the next upgrade mends what differs.
 * @returns what to say about it.
 * @throws UserError where the release is still pending
 */
export async function leavePending(
  ports: HelmPort,
  {revision: pending, status}: Pick<Revision, 'revision' | 'status'>,
  goBackTo: number,
  signal: AbortSignal,
): Promise<string> {
  const interrupted = `Revision ${pending} was ${status}: helm had been interrupted.`;
  try {
    await ports.helm.rollback(goBackTo, signal);
    return goBackTo === pending ? `${interrupted} It was completed.` : `${interrupted} Back to revision ${goBackTo}.`;
  } catch (error) {
    if (!(error instanceof UserError) || brokenOff.has(error.reason.code)) throw error;
    const newest = (await ports.revisions()).at(-1);
    if (!newest || newest.revision <= pending || newest.status.startsWith('pending')) throw error;
    return `${interrupted} The cluster does not let it go to revision ${goBackTo}, so it goes on from what is there.`;
  }
}
