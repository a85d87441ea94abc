// The activity of a release's writer, once a second, with how full its volume is.
import {setTimeout as pause} from 'node:timers/promises';
import {objectNames} from '../chart/names.ts';
import {clock} from '../core/time.ts';
import type {Activity, DiskSeen} from '../observation/activity.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {ActivityPort} from '../operations/ports/activity.ts';
import type {ObservationPort} from '../operations/ports/observation.ts';
import {bytesOf} from '../parameters/quantity.ts';

/** Asking how full a volume is counts its files, in the worst case. */
const diskEveryMs = 30_000;
/** Two hours. */
const maxDisk = 240;

/**
 * One question at a time, at most one in `everyMs`. `lost`: there was no answer; the next one may come. Ends with the
 * signal.
 */
export async function* watchActivity(
  ports: ActivityPort & ObservationPort,
  signal: AbortSignal,
  everyMs = 1000,
): AsyncGenerator<Activity | {readonly lost: string}> {
  let disk: readonly DiskSeen[] = [];
  let lookedAt = -Infinity;
  const lookAtDisk = async () => {
    lookedAt = clock.now();
    const seen = diskIn(await ports.look());
    if (seen) disk = [...disk, seen].slice(-maxDisk);
  };
  while (!signal.aborted) {
    const began = clock.now();
    // Nobody waits for it, and what it fails with the question below fails with too.
    if (began - lookedAt > diskEveryMs) void lookAtDisk().catch(() => undefined);
    const answer = await ports.activity().then(
      (activity) => activity ?? {lost: 'the writer does not answer'},
      (error: unknown) => ({lost: error instanceof Error ? error.message : String(error)}),
    );
    if (signal.aborted) return;
    yield 'lost' in answer ? answer : {...answer, disk};
    await pause(Math.max(0, everyMs - (clock.now() - began)), undefined, {signal}).catch(() => undefined);
  }
}

/** The writer's; null: it could not be asked. */
function diskIn({target, claims, database, takenAt}: Snapshot): DiskSeen | null {
  const name = objectNames(target).writerClaim;
  const usage = database.flatMap((fact) => (fact.kind === 'usage' ? fact.volumes : []));
  const usedBytes = usage.find(({claim}) => claim === name)?.usedBytes;
  const capacity = claims.find(({metadata}) => metadata.name === name)?.status?.capacity?.['storage'];
  const capacityBytes = capacity === undefined ? null : bytesOf(capacity);
  return usedBytes === undefined || !capacityBytes ? null : {at: takenAt, usedBytes, capacityBytes};
}
