// The release remembers which database is its own, so that another one on the writer's volume is never taken for it.
import {UserError} from '../cause.ts';
import {claimName, objectNames} from '../chart/names.ts';
import {releaseExists} from '../observation/checks/existing-release.ts';
import {findCauses} from '../observation/causes/index.ts';
import {proofOf} from '../observation/release-view.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {Survey} from '../observation/survey.ts';
import type {World} from './world.ts';

/**
 * Once, when the writer is proven; releases that were made before this was remembered get it with their next change.
 * Not where a reader says that it is of another database: which of both is right is for a person to say.
 * Never throws for want of a right: the readers' identifiers are compared all the same.
 */
export async function rememberIdentifier(world: World, snapshot: Snapshot | null): Promise<void> {
  const identifier = snapshot ? proofOf(snapshot, 'writer')?.result.systemIdentifier : null;
  if (!snapshot?.secret || !identifier || snapshot.secret.systemIdentifier) return;
  if (findCauses(snapshot).some(({cause: {code}}) => code === 'LEFTOVER_VOLUME')) return;
  await write(world, identifier);
}

/**
 * Where the Secret was kept and the writer's volume was not, a new database is made, and it is the one that was asked
 * for. Readers' volumes without the writer's were refused.
 */
export async function forgetIdentifier(world: World, survey: Survey): Promise<void> {
  const writersClaim = claimName(objectNames(survey.target.fullname).writer, 0);
  const isNew = survey.claims?.every(({metadata}) => metadata.name !== writersClaim) ?? false;
  if (releaseExists(survey) || !isNew || !survey.secret?.systemIdentifier) return;
  await write(world, null);
}

async function write(world: World, identifier: string | null): Promise<void> {
  await world.rememberSystemIdentifier(identifier).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
  });
}
