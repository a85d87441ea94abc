// A reader that needs a new copy of the writer's database, and the only place where a volume may be deleted.
import {kubectlHere} from '../../commands/kubectl.ts';
import type {Remedy} from '../../core/cause.ts';
import {claimOfPod, objectNames} from '../../chart/names.ts';
import {beingDeletedUnder} from '../being-deleted.ts';
import type {Pod} from '../kubernetes.ts';
import {proofOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {writerIsKnown} from '../system-identifier.ts';
import {databasesIn, dumpFrom} from './recovery-commands.ts';

/**
 * Deletes the reader's volume where the writer is known to have the release's database, else says how to save what is
 * on it: it may be the only copy.
 * `isCopy`: the reader is known to be a copy of this very writer, so that a writer that answers has all of it.
 */
export function cloneAgain(snapshot: Snapshot, {metadata: {name}}: Pod, {isCopy = false} = {}): readonly Remedy[] {
  const claim = claimOfPod(snapshot.target, name);
  const isKnown = writerIsKnown(snapshot) || (isCopy && proofOf(snapshot, 'writer') !== null);
  if (isKnown && !beingDeletedUnder(`${objectNames(snapshot.target).writer}-0`, snapshot)) {
    return [
      {
        title: `Delete this reader's volume and pod: it copies the writer's database again`,
        command: [
          kubectlHere(snapshot.target, 'delete', 'pvc', claim, '--wait=false'),
          kubectlHere(snapshot.target, 'delete', 'pod', name),
        ].join(' && '),
      },
    ];
  }
  return [
    {
      title:
        `Do not delete this reader's volume (claim ${claim}): whether the writer has all that is on it is not ` +
        'known, and it may be the only copy. See what it holds',
      command: databasesIn(snapshot, name),
    },
    {title: 'Dump it to a safe place', command: dumpFrom(snapshot, name)},
  ];
}
