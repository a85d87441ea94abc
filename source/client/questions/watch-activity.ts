// The activity of a release's writer, once a second, with how full its volume is and how many readers there are to be.
import {setTimeout as pause} from 'node:timers/promises';
import {objectNames} from '../../chart/names.ts';
import {clock} from '../../core/time.ts';
import type {Activity, DiskSeen} from '../../observation/activity.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {ActivityPort} from '../../operations/ports/activity.ts';
import type {ObservationPort} from '../../operations/ports/observation.ts';
import {bytesOf} from '../../parameters/quantity.ts';

/** In the worst case, asking how full a volume is means counting its files. */
const lookEveryMs = 30_000;
/** Two hours of looks at the disk. */
const maxDisk = 240;

/**
 * Asks one question at a time, at most one in `everyMs`. `lost`: there was no answer this time; the next one may come.
 * Ends with the signal.
 */
export async function* watchActivity(
  ports: ActivityPort & ObservationPort,
  signal: AbortSignal,
  everyMs = 1000,
): AsyncGenerator<Activity | {readonly lost: string}> {
  let disk: readonly DiskSeen[] = [];
  let desiredReaders: number | null = null;
  let lookedAt = -Infinity;
  const lookAtRelease = async () => {
    lookedAt = clock.now();
    const snapshot = await ports.look();
    ({desiredReaders} = viewOf(snapshot));
    const seen = diskIn(snapshot);
    if (seen) disk = [...disk, seen].slice(-maxDisk);
  };
  while (!signal.aborted) {
    const began = clock.now();
    // The activity does not wait for this look; whatever makes it fail makes the question below fail too.
    if (began - lookedAt > lookEveryMs) void lookAtRelease().catch(() => undefined);
    const answer = await ports.activity().then(
      (activity) => activity ?? {lost: 'the writer does not answer'},
      (error: unknown) => ({lost: error instanceof Error ? error.message : String(error)}),
    );
    if (signal.aborted) return;
    yield 'lost' in answer ? answer : {...answer, disk, desiredReaders};
    await pause(Math.max(0, everyMs - (clock.now() - began)), undefined, {signal}).catch(() => undefined);
  }
}

/** How full the writer's volume is; null: it could not be asked. */
function diskIn({target, claims, database, takenAt}: Snapshot): DiskSeen | null {
  const name = objectNames(target).writerClaim;
  const usage = database.flatMap((fact) => (fact.kind === 'usage' ? fact.volumes : []));
  const usedBytes = usage.find(({claim}) => claim === name)?.usedBytes;
  const capacity = claims.find(({metadata}) => metadata.name === name)?.status?.capacity?.['storage'];
  const capacityBytes = capacity === undefined ? null : bytesOf(capacity);
  return usedBytes === undefined || !capacityBytes ? null : {at: takenAt, usedBytes, capacityBytes};
}
