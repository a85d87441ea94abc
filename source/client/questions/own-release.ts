// What a release that is ours is made of, for files that are made from it.
import {fromValues, type Values} from '../../chart/values.ts';
import {badInput, UserError} from '../../core/cause.ts';
import {heldIn, ownershipRefusal} from '../../operations/ownership.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {requireRelease} from './existing-release.ts';
import type {Session} from '../session.ts';

export interface OwnRelease {
  readonly parameters: Parameters;
  readonly values: Values;
  /** Empty: helm's record does not say. */
  readonly chartVersion: string;
}

/** @throws UserError RELEASE_NOT_FOUND, NOT_OURS, BAD_INPUT */
export async function ownRelease({ports, target}: Pick<Session, 'ports' | 'target'>): Promise<OwnRelease> {
  const snapshot = requireRelease(await ports.look());
  const foreign = await ownershipRefusal(heldIn(snapshot), (revision) => ports.record(revision));
  if (foreign) throw new UserError(foreign);
  const {values, revisions} = snapshot.release;
  const parameters = fromValues(values);
  if (!parameters)
    throw badInput(`${target.release} has values that are not ours: its parameters are not known. See: values.`);
  return {parameters, values: values ?? {}, chartVersion: revisions.at(-1)?.chartVersion ?? ''};
}
