// A helm that was killed in an upgrade leaves a record that is pending, and no helm works on such a release before it
// went back.
import {UserError} from '../../cause.ts';
import type {World} from '../world.ts';

/** The way back was cut off: nothing is known of what helm did, or somebody asked to stop. */
const brokenOff = new Set(['CANCELLED', 'CONNECTION_LOST', 'CLUSTER_UNREACHABLE', 'CREDENTIALS_EXPIRED']);

/**
 * Has helm go back from `pending` to `good`. The cluster may not let it: a StatefulSet that the killed helm made with
 * larger volumes cannot become the old one, whatever words helm has for that. What counts is the record: once helm has
 * written down that the way back failed, nothing is pending, and the next upgrade mends what differs.
 * @returns what to say about it. @throws UserError where the release is pending still
 */
export async function leavePendingUpgrade(
  world: World,
  pending: number,
  good: number,
  signal: AbortSignal,
): Promise<string> {
  const interrupted = `Revision ${pending} was pending-upgrade: helm had been interrupted.`;
  try {
    await world.helm.rollback(good, signal);
    return `${interrupted} Back to revision ${good}.`;
  } catch (error) {
    if (!(error instanceof UserError) || brokenOff.has(error.reason.code)) throw error;
    const newest = (await world.revisions()).at(-1);
    if (!newest || newest.revision <= pending || newest.status.startsWith('pending')) throw error;
    return `${interrupted} The cluster does not let it go back to revision ${good}, so it goes on from what is there.`;
  }
}
