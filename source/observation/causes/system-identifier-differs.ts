// The writer serves another database than the release's: its volume was emptied, or replaced by a new one.
import {kubectl, kubectlHere} from '../../commands/kubectl.ts';
import {cause, type Remedy} from '../../core/cause.ts';
import {claimOfPod, objectNames} from '../../chart/names.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {isAnotherDatabase, systemIdentifierAnnotation, systemIdentifiersOf} from '../system-identifier.ts';
import {databasesIn, dumpFrom, restoreInto} from './recovery-commands.ts';
import {replaceWriter} from './replace-writer.ts';
import type {FoundCause} from './rule.ts';
import {evidence, refTo} from './messages.ts';

/** Certain: a system identifier never changes. What answers may be empty, and must not be taken for the data. */
export function systemIdentifierDiffers(snapshot: Snapshot): FoundCause | null {
  if (!isAnotherDatabase(snapshot, 'writer')) return null;
  const {remembered, writer, reader} = systemIdentifiersOf(snapshot);
  const names = objectNames(snapshot.target);
  const pod = `${names.writer}-0`;
  return {
    certain: true,
    cause: cause('SYSTEM_IDENTIFIER_DIFFERS', messageOf(snapshot, pod), {
      object: refTo('Pod', {name: pod}, snapshot),
      evidence: evidence(
        `writer: system identifier ${writer}`,
        remembered && `Secret ${names.secret}, annotation ${systemIdentifierAnnotation}: ${remembered}`,
        reader && `reader: system identifier ${reader}`,
      ),
      remedies: remediesOf(snapshot, pod, writer ?? ''),
    }),
  };
}

function messageOf(snapshot: Snapshot, pod: string): string {
  const {remembered, writer, reader} = systemIdentifiersOf(snapshot);
  const claim = claimOfPod(snapshot.target, pod);
  if (remembered === null)
    return (
      `The writer and its readers are two databases: the writer's (claim ${claim}) has the system identifier ` +
      `${writer}, a reader's ${reader}. Which of both is the right one cannot be told from that; the writer's may ` +
      `be new and empty, and a reader's volume the only copy.`
    );
  const rest =
    reader === remembered
      ? 'The readers still hold the database of before, and their volumes may be its only copy.'
      : reader === null && viewOf(snapshot).readerPods.length > 0
        ? 'Whether a reader still holds the database of before is not known: its volume may be the only copy.'
        : 'No reader is known to hold the database of before.';
  return (
    `The volume of the writer (claim ${claim}) holds another database than before: its system identifier is ` +
    `${writer}, and ${snapshot.target.release} had ${remembered}. A new one was made there, without the rows of ` +
    `before. ${rest}${unlistedClaims(snapshot)}`
  );
}

/** An install forgets the earlier database when its writer has no claim: see operations/remember-identifier.ts. */
function unlistedClaims({unreadable, release}: Snapshot): string {
  if (!unreadable.includes('persistentvolumeclaims') || release.revisions.length !== 1) return '';
  return (
    ' This user may not list claims, so the install could not tell whether there was a volume before it: if there ' +
    'was none, nothing is lost, and the Secret, which was kept, only has to remember the new database.'
  );
}

function remediesOf(snapshot: Snapshot, pod: string, writer: string): Remedy[] {
  const {remembered, reader} = systemIdentifiersOf(snapshot);
  // A reader that does not answer just now may still hold the earlier database.
  const holds = remembered === null || reader === null || reader === remembered;
  const from = holds ? viewOf(snapshot).readerPods[0]?.metadata.name : undefined;
  const {secret} = objectNames(snapshot.target);
  return [
    {
      title:
        'Delete no claim, volume, pod or release, and scale no reader away, before the rows of before are in a ' +
        'safe place',
    },
    ...(remembered !== null && reader === remembered
      ? replaceWriter(snapshot, 'Have the reader, which has the database of before, become the writer')
      : []),
    ...(from === undefined
      ? []
      : [
          {title: 'See what the reader holds', command: databasesIn(snapshot, from)},
          {title: 'See what the writer holds', command: databasesIn(snapshot, pod)},
          {title: 'Dump what the reader holds', command: dumpFrom(snapshot, from)},
          {title: "Then restore that dump into the writer's new database", command: restoreInto(snapshot, pod, from)},
        ]),
    {
      title: "See whether the writer's earlier volume was kept: it is Released then, and has all rows",
      command: kubectl(snapshot.target, 'get', 'pv'),
    },
    {
      title:
        'When the writer has what is wanted, have the release remember its new database; its readers are then ' +
        'told to copy it',
      command: kubectlHere(
        snapshot.target,
        'annotate',
        'secret',
        secret,
        `${systemIdentifierAnnotation}=${writer}`,
        '--overwrite',
      ),
    },
  ];
}
