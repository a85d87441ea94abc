// How far the writer had written when it was seen last: by an operation, which leaves an annotation of the Secret (kept
// as long as the data), or by this program since it was started.
import type {Snapshot, WriterPosition} from '../snapshot.ts';
import {answerOf, isAnotherDatabase} from '../system-identifier.ts';

export const writerPositionAnnotation = 'pg-helm-install/writer-position';

/** Null for what somebody else wrote there. */
export function writerPositionIn(annotations: Readonly<Record<string, string>> = {}): WriterPosition | null {
  try {
    const read = JSON.parse(annotations[writerPositionAnnotation] ?? 'null') as Partial<WriterPosition> | null;
    return typeof read?.bytes === 'number' && typeof read.at === 'string' ? {bytes: read.bytes, at: read.at} : null;
  } catch {
    return null;
  }
}

/**
 * How far the writer had written, by its own answer and by its report on readers; null: it did not answer, or it is
 * another database than the release's. `at`: ms since the epoch.
 */
export function positionSeen(
  seen: Pick<Snapshot, 'database' | 'secret'>,
): {readonly bytes: number; readonly at: number} | null {
  if (isAnotherDatabase(seen, 'writer')) return null;
  const answer = answerOf(seen, 'writer');
  const said = [
    ...(answer?.result.walBytes === undefined ? [] : [{bytes: answer.result.walBytes, at: answer.at}]),
    ...seen.database.flatMap((fact) =>
      fact.kind === 'replication'
        ? fact.streams.flatMap(({writtenBytes: bytes}) => (bytes === undefined ? [] : [{bytes, at: fact.at}]))
        : [],
    ),
  ];
  return said.sort((a, b) => b.bytes - a.bytes)[0] ?? null;
}

/** Last known position of the present writer, or null. A position from before a role move is of another timeline. */
export function lastKnownPosition({secret, writerSeen = null}: Snapshot): WriterPosition | null {
  const moved = secret?.roleMoves?.at(-1);
  const known = [secret?.writerPosition ?? null, writerSeen].filter((one) => one !== null);
  const [furthest] = known
    .filter(({at}) => !moved || Date.parse(moved.at) <= Date.parse(at))
    .sort((a, b) => b.bytes - a.bytes);
  return furthest ?? null;
}
