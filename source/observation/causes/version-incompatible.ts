// The volume holds a database of another PostgreSQL major version.
import {cause} from '../../core/cause.ts';
import {claimOfPod} from '../../chart/names.ts';
import type {Snapshot} from '../snapshot.ts';
import {writerIsKnown} from '../system-identifier.ts';
import {cloneAgain} from './clone-again.ts';
import {crashSaying, isCurrent, wordsOf} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {replaceWriter} from './replace-writer.ts';
import {removeAndInstall, evidence, nameOf, refTo} from './messages.ts';

const versions =
  /initialized by PostgreSQL version (\d+(?:\.\d+)?), which is not compatible with this version (\d+(?:\.\d+)?)/;

/** Certain: PostgreSQL never converts files by itself. It has not touched them. */
export function versionIncompatible(snapshot: Snapshot): FoundCause | null {
  const crash = crashSaying(snapshot, (line) => line.includes('database files are incompatible with server'));
  if (!crash) return null;
  const detail = wordsOf(snapshot, crash.pod).findLast((line) => line.includes('DETAIL:'));
  const [, files, server] = versions.exec(detail ?? '') ?? [];
  const claim = claimOfPod(snapshot.target, crash.pod.metadata.name);
  // Where the writer is known to have the release's database, the reader's volume holds an old copy, and nothing is
  // lost with it.
  const isOldCopy = crash.role === 'reader' && writerIsKnown(snapshot);
  const what = files
    ? `was made by PostgreSQL ${files}, and the image runs ${server}`
    : 'was made by another version of PostgreSQL than the image runs';
  return {
    certain: isCurrent(snapshot, crash, crash.ended.finishedAt),
    cause: cause(
      'VERSION_INCOMPATIBLE',
      `The database on the volume of ${nameOf(crash)} (claim ${claim}) ${what}. It does not start, and the data ` +
        'is untouched.',
      {
        object: refTo('Pod', crash.pod.metadata, snapshot),
        firstSeen: crash.ended.finishedAt ?? null,
        evidence: evidence(crash.line, detail),
        remedies: isOldCopy
          ? cloneAgain(snapshot, crash.pod)
          : [
              removeAndInstall(
                snapshot,
                `an --image-tag of PostgreSQL ${files ?? 'of the version that made the data'}`,
              ),
              {
                title:
                  'To move to the new version: a release under another name, and a dump of this one restored there',
              },
              ...(crash.role === 'writer'
                ? replaceWriter(snapshot, 'When only its disk is wrong: have a reader become the writer')
                : []),
            ],
      },
    ),
  };
}
