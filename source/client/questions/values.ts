// The values that helm was given for a release. The passwords are not in them; they live in a Secret.
import type {Values} from '../../chart/tree.ts';
import {readSnapshot} from '../../cluster/snapshot.ts';
import {requireRelease} from './existing-release.ts';
import type {ReleaseAccess} from '../session.ts';

/** Does not wait for the database to answer. @throws UserError RELEASE_NOT_FOUND */
export async function valuesOf({connection, target}: ReleaseAccess): Promise<Values> {
  const {snapshot} = await readSnapshot(connection, target);
  return requireRelease({...snapshot, database: []}).release.values ?? {};
}
