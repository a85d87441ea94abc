// A reader's volume holds a copy of another database than the writer's.
import {cause} from '../../core/cause.ts';
import {isReady, viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {isAnotherDatabase, systemIdentifiersOf, writerIsKnown} from '../system-identifier.ts';
import {cloneAgain} from './clone-again.ts';
import {databasePods, isCurrent, readerSaying, type DatabasePod} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {evidence, nameOf, refTo} from './messages.ts';

/**
 * Certain: the two never become one. The reader may be Ready all the same and answer what the earlier database held.
 * Which of both is the right one its words do not tell; where the writer is known to be the wrong one, that is the
 * cause.
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

/** Said while something else answered in the writer's place: the reader tries again by itself, every five seconds. */
function isAboutAnotherWriter(snapshot: Snapshot, detail: readonly string[]): boolean {
  const said = /The primary's identifier is (\d+)/.exec(detail.join('\n'))?.[1];
  const {writer, remembered} = systemIdentifiersOf(snapshot);
  const now = writer ?? remembered;
  return said !== undefined && now !== null && said !== now;
}

function found(snapshot: Snapshot, reader: DatabasePod, words: readonly string[]): FoundCause['cause'] {
  const claim = `data-${reader.pod.metadata.name}`;
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

/** The reader that was asked is one of them: what streams has the writer's identifier. */
function notStreaming(snapshot: Snapshot): DatabasePod | null {
  const streaming = new Set(viewOf(snapshot).streams.flatMap(({pod, state}) => (state === 'streaming' ? [pod] : [])));
  return (
    databasePods(snapshot).find(
      ({role, pod}) => role === 'reader' && isReady(pod) && !streaming.has(pod.metadata.name),
    ) ?? null
  );
}
