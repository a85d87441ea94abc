// The release remembers which database is its own, so that another one on the writer's volume is never taken for it.
import {objectNames} from '../chart/names.ts';
import {releaseExists} from '../observation/checks/existing-release.ts';
import {findCauses} from '../observation/causes/index.ts';
import {proofOf, viewOf} from '../observation/release-view.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {Survey} from '../observation/survey.ts';
import {rethrowBug, rethrowUnlessRefused} from './converge.ts';
import {rememberWriterPosition} from './role/remember-writer-position.ts';
import type {ObservationPort} from './ports/observation.ts';
import type {SecretPort} from './ports/secret.ts';

/**
 * Remembers it once, when the writer is proven; releases that were made before this was remembered get it with their
 * next change. Nothing is remembered where a reader says that it belongs to another database, because a person has to
 * say which of the two is right. Never throws for a missing right or answer: the readers' identifiers are compared all
 * the same.
 */
export async function rememberIdentifier(ports: SecretPort, snapshot: Snapshot | null): Promise<void> {
  const identifier = snapshot ? proofOf(snapshot, 'writer')?.result.systemIdentifier : null;
  if (!snapshot?.secret || !identifier || snapshot.secret.systemIdentifier) return;
  if (findCauses(snapshot).some(({cause: {code}}) => code === 'LEFTOVER_VOLUME')) return;
  await withoutFailing(ports.rememberSystemIdentifier(identifier));
}

/**
 * At the end of an operation. `snapshot`: null where the operation did not end well. Never throws, as
 * `rememberIdentifier`.
 */
export async function rememberDatabase(ports: SecretPort, snapshot: Snapshot | null): Promise<void> {
  await rememberIdentifier(ports, snapshot);
  await rememberWriterPosition(ports, snapshot);
}

/**
 * For the time before an operation has brought the readers up: a reader that does not stream may have rows that an
 * empty writer lacks, so the writer is remembered only where every reader that is wanted follows it.
 */
export async function rememberIfFollowed(ports: SecretPort, snapshot: Snapshot): Promise<void> {
  const {streaming, desiredReaders} = viewOf(snapshot);
  if (streaming >= desiredReaders) await rememberIdentifier(ports, snapshot);
}

/**
 * Remembers it again in a Secret that was recreated, by the same rules. Where no look is possible, the Secret stays
 * without it.
 */
export async function rememberRestored(ports: SecretPort & ObservationPort): Promise<void> {
  const snapshot = await withoutFailing(ports.look());
  if (snapshot) await rememberIfFollowed(ports, snapshot);
}

/**
 * Whether the remembered identifier is stale. Where the Secret was kept and the writer's volume was not, a new database
 * is made, and it is the one that was asked for; readers' volumes without the writer's were refused. Where claims may
 * not be listed nobody knows that, so the identifier is kept, and a cause says so when the database is another one.
 */
export function isStale({claims, secret, ...survey}: Survey): boolean {
  const writersClaim = objectNames(survey.target).writerClaim;
  const isNew = claims?.every(({metadata}) => metadata.name !== writersClaim) ?? false;
  return !releaseExists(survey) && isNew && Boolean(secret?.systemIdentifier);
}

/** @throws UserError CONNECTION_LOST: an identifier that was not forgotten would be compared with the new database. */
export async function forgetIdentifier(ports: SecretPort): Promise<void> {
  await ports.rememberSystemIdentifier(null).catch(rethrowUnlessRefused);
}

async function withoutFailing<T>(asked: Promise<T>): Promise<T | null> {
  return asked.catch((error: unknown) => {
    rethrowBug(error);
    return null;
  });
}
