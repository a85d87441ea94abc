// Whether a release exists at all, and what it has.
import {cause, UserError} from '../core/cause.ts';
import {propose} from '../commands/command-line.ts';
import type {Snapshot, Target} from '../observation/snapshot.ts';

/** @throws UserError RELEASE_NOT_FOUND when helm has no record of it */
export function mustExist(snapshot: Snapshot): Snapshot {
  const {target, release, unreadable} = snapshot;
  if (release.revisions.length > 0 && release.revisions.at(-1)?.status !== 'uninstalled') return snapshot;
  if (unreadable.includes('releases') || unreadable.includes('secrets')) {
    throw new UserError(
      cause(
        'FORBIDDEN',
        `You may not read Secrets in namespace ${target.namespace}, and helm keeps its releases there.`,
        {
          remedies: [{title: 'See what you may do', command: `kubectl auth can-i --list -n ${target.namespace}`}],
        },
      ),
    );
  }
  throw notFound(target);
}

export function notFound({release, namespace}: Target): UserError {
  return new UserError(
    cause('RELEASE_NOT_FOUND', `There is no release ${release} in namespace ${namespace}.`, {
      remedies: [propose('See which there are', {kind: 'list'})],
    }),
  );
}
