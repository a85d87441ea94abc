// Whether a release exists at all, and what it has.
import {cause, UserError} from '../../core/cause.ts';
import {adoptAsIs, releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {lacksRecord} from '../../observation/state.ts';
import type {Snapshot, Target} from '../../observation/snapshot.ts';

/** @throws UserError RELEASE_NOT_FOUND when helm has no record of it */
export function requireRelease(snapshot: Snapshot): Snapshot {
  const {target, release, unreadable} = snapshot;
  if (release.revisions.length > 0 && release.revisions.at(-1)?.status !== 'uninstalled') return snapshot;
  if (unreadable.includes('releases') || unreadable.includes('secrets')) {
    throw new UserError(
      cause(
        'FORBIDDEN',
        `You may not read Secrets in namespace ${target.namespace}, and helm keeps its releases there.`,
        {
          remedies: [{title: 'See what you may do', command: kubectlHere(target, 'auth', 'can-i', '--list')}],
        },
      ),
    );
  }
  if (lacksRecord(snapshot)) throw withoutRecord(target);
  throw notFound(target);
}

function withoutRecord(target: Target): UserError {
  const {release, namespace} = target;
  return new UserError(
    cause(
      'RELEASE_NOT_FOUND',
      `Helm has no record of ${release} in namespace ${namespace}, though a database of that name runs there.`,
      {
        remedies: [
          propose(
            'Have it recorded and taken over; the plan says first what becomes of it',
            adoptAsIs(releaseRef(target)),
          ),
          propose('See what it is, and what stands in the way', {kind: 'doctor', ...releaseRef(target)}),
        ],
      },
    ),
  );
}

export function notFound({release, namespace}: Target): UserError {
  return new UserError(
    cause('RELEASE_NOT_FOUND', `There is no release ${release} in namespace ${namespace}.`, {
      remedies: [propose('See which there are', {kind: 'list'})],
    }),
  );
}
