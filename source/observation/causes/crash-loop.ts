// PostgreSQL ends again and again, and no other rule knows why: its last log lines are the evidence.
import {cause, type Remedy} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import type {Snapshot} from '../snapshot.ts';
import {isCurrent, momentOf, ownCrashesOf, wordsOf} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {askFor, evidence, nameOf, refTo} from './messages.ts';
import {isRefusedByWriter} from './reader-not-streaming.ts';
import {replaceWriter, restoreInstead} from './replace-writer.ts';

/** Kubelet forgets earlier crashes of a container that has run for this long. */
const forgottenAfterMs = 600_000;
const maxLines = 7;

/** What PostgreSQL says of a setting that it will refuse every time. Source: PostgreSQL 17, guc.c and guc-file.l. */
const refusedSetting =
  /FATAL:\s+(configuration file .* contains errors|invalid value for parameter|unrecognized configuration parameter|parameter .* (requires|cannot be))/;

/**
 * Certain from the second restart on, when the last run was short; at once when the words say that it will not heal.
 */
export function crashLoop(snapshot: Snapshot): FoundCause | null {
  const crash = ownCrashesOf(snapshot).find((one) => !isRefusedByWriter(snapshot, one));
  if (!crash) return null;
  const {pod, container, ended} = crash;
  const ranFor = momentOf(ended.finishedAt) - momentOf(ended.startedAt);
  const looping =
    (container.restartCount >= 2 || wordsOf(snapshot, pod).some((line) => refusedSetting.test(line))) &&
    ended.exitCode !== 0 &&
    ranFor < forgottenAfterMs;
  const times = container.restartCount === 1 ? 'once' : `${container.restartCount} times`;
  const restarts = container.restartCount === 0 ? '' : ` and was restarted ${times}`;
  return {
    certain: looping && isCurrent(snapshot, crash, ended.finishedAt),
    cause: cause(
      'CRASH_LOOP',
      `The container ${container.name} of ${nameOf(crash)} ended with exit code ${ended.exitCode}${restarts}. It ` +
        'stays away until what its last lines say is put right.',
      {
        object: refTo('Pod', pod.metadata, snapshot),
        firstSeen: ended.finishedAt ?? null,
        evidence: evidence(
          `container ${container.name} terminated: ${ended.reason ?? 'Error'}, exit code ${ended.exitCode}, ` +
            `restarts ${container.restartCount}`,
          ended.message,
          ...wordsOf(snapshot, pod).slice(-maxLines),
        ),
        remedies: [
          propose('Read the whole log', {kind: 'logs', ...releaseRef(snapshot.target), role: crash.role}),
          otherSetting(snapshot),
          ...(crash.role === 'writer'
            ? [
                ...replaceWriter(
                  snapshot,
                  'When its disk is spoilt: have a reader become the writer; it says what is lost',
                ),
                ...restoreInstead(snapshot, 'When its disk is spoilt'),
              ]
            : []),
        ],
      },
    ),
  };
}

/** Changes the setting of the release that exists, whose pods are then recreated with it. */
function otherSetting(snapshot: Snapshot): Remedy {
  return askFor(snapshot, {
    kind: 'set',
    title: 'Change the setting that the log complains about: by its flag, or in the file of --values where it is there',
    blanks: '--postgres-config NAME=VALUE',
    flags: 'the setting changed that the log complains about',
  });
}
