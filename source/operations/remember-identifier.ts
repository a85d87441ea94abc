// The release remembers which database is its own, so that another one on the writer's volume is never taken for it.
import {UserError} from '../core/cause.ts';
import {objectNames} from '../chart/names.ts';
import {releaseExists} from '../observation/checks/existing-release.ts';
import {findCauses} from '../observation/causes/index.ts';
import {proofOf, viewOf} from '../observation/release-view.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {Survey} from '../observation/survey.ts';
import {isConnectionLoss, mustBeTheirs} from './converge.ts';
import {rememberWriterPosition} from './remember-writer-position.ts';
import type {ObservationPort} from './ports/observation.ts';
import type {SecretPort} from './ports/secret.ts';

/**
 * Once, when the writer is proven; releases that were made before this was remembered get it with their next change.
 * Not where a reader says that it is of another database: which of both is right is for a person to say.
 * Never throws for want of a right or of an answer: the readers' identifiers are compared all the same.
 */
export async function rememberIdentifier(ports: SecretPort, snapshot: Snapshot | null): Promise<void> {
  const identifier = snapshot ? proofOf(snapshot, 'writer')?.result.systemIdentifier : null;
  if (!snapshot?.secret || !identifier || snapshot.secret.systemIdentifier) return;
  if (findCauses(snapshot).some(({cause: {code}}) => code === 'LEFTOVER_VOLUME')) return;
  await withoutFailing(ports.rememberSystemIdentifier(identifier));
}

/** At the end of an operation. `snapshot`: null where it did not end well. Never throws, as `rememberIdentifier`. */
export async function rememberDatabase(ports: SecretPort, snapshot: Snapshot | null): Promise<void> {
  await rememberIdentifier(ports, snapshot);
  await rememberWriterPosition(ports, snapshot);
}

/**
 * Before an operation has brought the readers up: one that does not stream may have the rows that an empty writer has
 * not, so the writer is remembered only where every reader that is wanted follows it.
 */
export async function rememberIfFollowed(ports: SecretPort, snapshot: Snapshot): Promise<void> {
  const {streaming, readersWanted} = viewOf(snapshot);
  if (streaming >= readersWanted) await rememberIdentifier(ports, snapshot);
}

/** A Secret that was made anew has forgotten it. The same rules, as of now; where nobody can look, it stays so. */
export async function rememberRestored(ports: SecretPort & ObservationPort): Promise<void> {
  const snapshot = await withoutFailing(ports.look());
  if (snapshot) await rememberIfFollowed(ports, snapshot);
}

/**
 * Where the Secret was kept and the writer's volume was not, a new database is made, and it is the one that was asked
 * for. Readers' volumes without the writer's were refused. Where claims may not be listed nobody knows that, so it is
 * kept, and the cause says so when the database is another one.
 */
export function isStale({claims, secret, ...survey}: Survey): boolean {
  const writersClaim = objectNames(survey.target).writerClaim;
  const isNew = claims?.every(({metadata}) => metadata.name !== writersClaim) ?? false;
  return !releaseExists(survey) && isNew && Boolean(secret?.systemIdentifier);
}

/** @throws ConnectionError: what was not forgotten would be compared with the new database. */
export async function forgetIdentifier(ports: SecretPort): Promise<void> {
  await ports.rememberSystemIdentifier(null).catch((error: unknown) => {
    if (!(error instanceof UserError) || isConnectionLoss(error)) throw error;
  });
}

async function withoutFailing<T>(asked: Promise<T>): Promise<T | null> {
  return asked.catch((error: unknown) => {
    mustBeTheirs(error);
    return null;
  });
}
