// The release's name is so long that Kubernetes refuses a label of every pod.
import {cause} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {longestFullname} from '../../chart/names.ts';
import type {Snapshot} from '../snapshot.ts';
import {failedCreate} from './failed-create.ts';
import type {FoundCause} from './rule.ts';
import {evidence, refTo} from './messages.ts';

/**
 * Certain. Kubernetes API: a label's value has at most 63 characters, and controller-revision-hash is the StatefulSet's
 * name and 11 more.
 */
export function nameTooLong(snapshot: Snapshot): FoundCause | null {
  const failed = failedCreate(snapshot, /must be no more than 63 (characters|bytes)/);
  if (!failed) return null;
  const {fullname} = snapshot.target;
  return {
    certain: true,
    cause: cause(
      'NAME_TOO_LONG',
      `The StatefulSet ${failed.set.metadata.name} can never have a pod: the names that start with ${fullname} ` +
        `(${fullname.length} characters) may have ${longestFullname} at most.`,
      {
        object: refTo('StatefulSet', failed.set.metadata, snapshot),
        firstSeen: failed.firstSeen,
        evidence: evidence(failed.words),
        remedies: [
          propose(
            'Remove the release, which never had a pod, and install it under a name that is ' +
              `${fullname.length - longestFullname} characters shorter`,
            {kind: 'uninstall', ...releaseRef(snapshot.target), deleteData: false, dumpTo: null},
          ),
        ],
      },
    ),
  };
}
