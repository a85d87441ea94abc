// The kernel killed PostgreSQL because the container reached its memory limit.
import {cause, type Remedy} from '../../core/cause.ts';
import type {Snapshot} from '../snapshot.ts';
import {crashesOf, isCurrent, wordsOf, type Crash} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {askFor, evidence, nameOf, refTo} from './messages.ts';

/**
 * The log line about a killed child of PostgreSQL or initdb. Only the kernel kills it like that, and the container then
 * ends with an exit code of its own.
 */
const killedChild = /terminated by signal 9: Killed/;

/** Certain when it happened again after a restart: once may have been one large query. */
export function outOfMemory(snapshot: Snapshot): FoundCause | null {
  const crash = crashesOf(snapshot).find(
    (one) => one.ended.reason === 'OOMKilled' || killedLine(snapshot, one) !== undefined,
  );
  if (!crash) return null;
  const {pod, container, ended} = crash;
  const resources = pod.spec.containers?.find(({name}) => name === container.name)?.resources;
  const limit = resources?.limits?.memory;
  return {
    certain: container.restartCount >= 1 && isCurrent(snapshot, crash, ended.finishedAt),
    cause: cause(
      'OUT_OF_MEMORY',
      `The kernel killed ${nameOf(crash)} for want of memory: its container reached ` +
        `${limit ? `the limit of ${limit}` : 'its limit'}. ` +
        `The ${crash.role} and all its sessions end each time it happens.`,
      {
        object: refTo('Pod', pod.metadata, snapshot),
        firstSeen: ended.finishedAt ?? null,
        evidence: evidence(
          `container ${container.name} terminated: ${ended.reason ?? 'Error'}, exit code ${ended.exitCode}, ` +
            `restarts ${container.restartCount}`,
          killedLine(snapshot, crash) ?? wordsOf(snapshot, pod).findLast((line) => /killed|137/i.test(line)),
        ),
        remedies: [moreMemory(snapshot, limit)],
      },
    ),
  };
}

function killedLine(snapshot: Snapshot, {pod}: Crash): string | undefined {
  return wordsOf(snapshot, pod).findLast((line) => killedChild.test(line));
}

/** Resizes the release that exists; a pod that cannot start is then recreated with more memory. */
function moreMemory(snapshot: Snapshot, limit: string | undefined): Remedy {
  const more = `more memory: --memory larger than ${limit ?? 'now'}, and 512Mi at least`;
  return askFor(snapshot, {kind: 'resize', title: `Give it ${more}`, blanks: '--memory QUANTITY', flags: more});
}
