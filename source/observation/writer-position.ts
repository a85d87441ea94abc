// How far the writer had written when an operation saw it last: an annotation of the Secret, which is kept as long as
// the data.
import type {Snapshot, WriterPosition} from './snapshot.ts';

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
 * How far the writer had written, by its report on readers; null: none streams, or no report. `at`: ms since the epoch.
 */
export function positionSeen({database}: Snapshot): {readonly bytes: number; readonly at: number} | null {
  const fact = database.find((one) => one.kind === 'replication');
  const said = fact?.streams.flatMap(({writtenBytes}) => writtenBytes ?? []) ?? [];
  return fact && said.length > 0 ? {bytes: Math.max(...said), at: fact.at} : null;
}

/** Last known position of the present writer, or null. A position from before a role move is of another timeline. */
export function lastKnownBytes({secret}: Snapshot): number | null {
  const known = secret?.writerPosition ?? null;
  const moved = secret?.roleMoves?.at(-1);
  if (!known || (moved && Date.parse(moved.at) > Date.parse(known.at))) return null;
  return known.bytes;
}
