// Whether there is anything that an uninstall could remove.
import {leftByHelm} from '../../operations/steps/left-objects.ts';
import {isLeftByUs} from '../../observation/ownership.ts';
import {requireRelease} from './existing-release.ts';
import type {Session} from '../session.ts';

/**
 * A release that is gone is no error where an earlier uninstall left something. Its leftovers can still be deleted, an
 * interrupted uninstall goes on, and one that ended but was killed before it said so is done.
 * @throws UserError RELEASE_NOT_FOUND
 */
export async function assertRemovable(
  {ports}: Pick<Session, 'ports'>,
  {deleteData}: {readonly deleteData: boolean},
): Promise<void> {
  if (deleteData) return;
  const seen = await ports.look();
  if (!isLeftByUs(seen) && (await leftByHelm(ports, seen)).length === 0) requireRelease(seen);
}
