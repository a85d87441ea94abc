// The record that helm gets of what kubectl applied, and how it is told from others.
import type {Revision} from '../observation/snapshot.ts';

/** The description of a record that was written for what kubectl applied. */
export const recordedAsApplied = 'Recorded as kubectl applied it';

export function isRecordedAsApplied(newest: Pick<Revision, 'description'> | null): boolean {
  return newest?.description === recordedAsApplied;
}
