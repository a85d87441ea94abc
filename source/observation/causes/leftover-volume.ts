// A reader's volume holds a copy of another database than the writer's.
import {cause} from '../../core/cause.ts';
import {claimOfPod} from '../../chart/names.ts';
import {isReady, viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {isAnotherDatabase, systemIdentifiersOf, writerIsKnown} from '../system-identifier.ts';
import {cloneAgain} from './clone-again.ts';
import {databasePods, isCurrent, readerSaying, type DatabasePod} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {evidence, nameOf, refTo} from './messages.ts';

/**
 * Certain: two databases never become one. The reader may be Ready all the same and answer with the rows of the earlier
 * database. Its log does not tell which of the two is the right one; where the writer is known to be the wrong one,
 * that is the cause.
 */
export function leftoverVolume(snapshot: Snapshot): FoundCause | null {
  if (isAnotherDatabase(snapshot, 'writer')) return null;
  const reader = readerSaying(snapshot, /database system identifier differs between the primary and standby/);
  if (reader) {
    const detail = reader.after.filter((line) => line.includes('DETAIL'));
    if (isAboutAnotherWriter(snapshot, detail)) return null;
    return {certain: isCurrent(snapshot, reader), cause: found(snapshot, reader, [reader.line, ...detail])};
  }
  const other = isAnotherDatabase(snapshot, 'reader') ? notStreaming(snapshot) : null;
  if (!other) return null;
  const {writer, reader: its} = systemIdentifiersOf(snapshot);
  const words = [`writer: system identifier ${writer}`, `reader: system identifier ${its}`];
  return {certain: isCurrent(snapshot, other), cause: found(snapshot, other, words)};
}

/** The reader met another server in the writer's place; it tries again by itself, every five seconds. */
function isAboutAnotherWriter(snapshot: Snapshot, detail: readonly string[]): boolean {
  const said = /The primary's identifier is (\d+)/.exec(detail.join('\n'))?.[1];
  const {writer, remembered} = systemIdentifiersOf(snapshot);
  const now = writer ?? remembered;
  return said !== undefined && now !== null && said !== now;
}

function found(snapshot: Snapshot, reader: DatabasePod, words: readonly string[]): FoundCause['cause'] {
  const claim = claimOfPod(snapshot.target, reader.pod.metadata.name);
  const which = writerIsKnown(snapshot)
    ? ''
    : " Which of both is the right one cannot be told from that: the writer's may be the newer and empty one.";
  return cause(
    'LEFTOVER_VOLUME',
    `The volume of ${nameOf(reader)} (claim ${claim}) holds another database than the writer's. ` +
      `The reader cannot follow the writer, and what it answers is that other database's.${which}`,
    {
      object: refTo('Pod', reader.pod.metadata, snapshot),
      evidence: evidence(...words),
      remedies: cloneAgain(snapshot, reader.pod),
    },
  );
}

/** The Ready reader that gave another identifier is among those that do not stream: a stream has the writer's. */
function notStreaming(snapshot: Snapshot): DatabasePod | null {
  const streaming = new Set(viewOf(snapshot).streams.flatMap(({pod, state}) => (state === 'streaming' ? [pod] : [])));
  return (
    databasePods(snapshot).find(
      ({role, pod}) => role === 'reader' && isReady(pod) && !streaming.has(pod.metadata.name),
    ) ?? null
  );
}
