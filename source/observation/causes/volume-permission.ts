// PostgreSQL may not write to its volume, or the volume may not be mounted.
import {kubectlHere} from '../../commands/kubectl.ts';
import {cause, type Remedy} from '../../core/cause.ts';
import {claimOfPod} from '../../chart/names.ts';
import {isDatabaseRunning} from '../pods/pod-template.ts';
import type {Snapshot} from '../snapshot.ts';
import {timeOf} from '../event-time.ts';
import {crashSaying, databasePods, eventsAbout, firstSeenOf, isCurrent, momentOf} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {capitalised} from '../../core/capitalised.ts';
import {askFor, evidence, nameOf, refTo} from './messages.ts';

const refused = /permission denied|operation not permitted|read-only file system/i;
/**
 * The mounted volume, or a path that PostgreSQL gives relative to its data directory. Chart 16.7.26:
 * persistence.mountPath.
 */
const inVolume = /\/bitnami\/postgresql(?!\/conf)|data directory|could not \w+ (?:file|directory) "(?!\/)/;
const ownership = /data directory "[^"]*" has (?:wrong ownership|invalid permissions)/;

/** Certain: the volume's owner and mode do not change by themselves. */
export function volumePermission(snapshot: Snapshot): FoundCause | null {
  const crash = crashSaying(snapshot, (line) => ownership.test(line) || (refused.test(line) && inVolume.test(line)));
  if (crash) {
    return found(
      snapshot,
      crash,
      [crash.line],
      crash.ended.finishedAt ?? null,
      isCurrent(snapshot, crash, crash.ended.finishedAt),
    );
  }
  for (const subject of databasePods(snapshot)) {
    if (isDatabaseRunning(subject.pod)) continue;
    const event = eventsAbout(snapshot, 'Pod', subject.pod).findLast(({reason}) => reason === 'FailedMount');
    if (!event || !/permission denied|access denied/i.test(event.message ?? '')) continue;
    const since = momentOf(snapshot.operation?.startedAt);
    return found(
      snapshot,
      subject,
      [event.message],
      firstSeenOf(event),
      isCurrent(snapshot, subject) && timeOf(event) >= since - 1000,
    );
  }
  return null;
}

function found(
  snapshot: Snapshot,
  subject: Parameters<typeof nameOf>[0],
  words: readonly (string | undefined)[],
  firstSeen: string | null,
  certain: boolean,
): FoundCause {
  const claim = claimOfPod(snapshot.target, subject.pod.metadata.name);
  return {
    certain,
    cause: cause(
      'VOLUME_PERMISSION',
      `${capitalised(nameOf(subject))} may not use its volume (claim ${claim}): the owner or the mode of the files ` +
        'does not allow it. PostgreSQL runs as user 1001 and cannot start there.',
      {
        object: refTo('Pod', subject.pod.metadata, snapshot),
        firstSeen,
        evidence: evidence(...words),
        remedies: [
          {
            title: 'See which volume it is and where its files are',
            command: kubectlHere(snapshot.target, 'describe', 'pvc', claim),
          },
          {
            title:
              'Give the volume to user and group 1001 where it is kept (NFS export, folder of the node); the pod ' +
              'tries again by itself',
          },
          ownerByRoot(snapshot),
        ],
      },
    ),
  };
}

function ownerByRoot(snapshot: Snapshot): Remedy {
  const where = 'volumePermissions.enabled: true, where the namespace allows pods that run as root';
  return askFor(snapshot, {
    kind: 'set',
    title: `Or have a container of the pod set the owner: a file for --values with ${where}`,
    blanks: '--values FILE',
    flags: `--values FILE with ${where}`,
  });
}
