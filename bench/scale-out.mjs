// Adding a reader with our command, until it is proven, beside `kubectl scale`, until that reader is ready and streams.
// Both copy the same database.
import {setTimeout as pause} from 'node:timers/promises';
import {installOurs} from './day2-releases.mjs';
import {installed} from './day2-operations.mjs';
import {interleaved} from './measure.mjs';
import {removeAllNamespaces} from './place.mjs';
import {ratioRow} from './table.mjs';

const timeoutMs = 300_000;
/** About 100 MB. */
const filling = "create table filling as select g, repeat('x', 300) as t from generate_series(1, 300000) g";

export const scaleOut = {
  needsCluster: true,
  onlyByName: true,
  async run({n, only, report}) {
    if (only && only !== 'scale-out') return [];
    try {
      const [mine, theirs] = [
        await installOurs(installed, 'scale-ours'),
        await installOurs(installed, 'scale-kubectl'),
      ];
      for (const release of [mine, theirs]) await release.sql(filling);
      const runs = await interleaved(
        n ?? 5,
        {
          ours: async () => {
            await allOnDisk(mine);
            const one = await mine.apply(installed, ['scale', '--read-replicas', '2']);
            await mine.apply(installed, ['scale', '--read-replicas', '1', '--delete-volumes', '--confirm', mine.name]);
            return one;
          },
          'kubectl scale': async () => {
            await allOnDisk(theirs);
            const began = performance.now();
            await theirs.kubectl(['scale', 'statefulset', theirs.readers, '--replicas=2']);
            await streamingAndReady(theirs, 2);
            const one = {ms: performance.now() - began};
            await backByKubectl(theirs);
            return one;
          },
        },
        report,
      );
      return [
        ratioRow("scale out, proven : kubectl scale and the reader's own copy", runs.ours, runs['kubectl scale'], 1.15),
      ];
    } finally {
      await removeAllNamespaces();
    }
  },
};

/**
 * A copy begins with the writer's checkpoint, which takes minutes unless it is a fast one or finds nothing to write.
 * This makes it find nothing, on both sides.
 */
async function allOnDisk(release) {
  await release.sql('checkpoint');
}

/** Each round begins with one reader, and the second reader begins its copy with an empty volume. */
async function backByKubectl({kubectl, readers}) {
  await kubectl(['scale', 'statefulset', readers, '--replicas=1']);
  await kubectl(['wait', '--for=delete', `pod/${readers}-1`, '--timeout=2m']);
  await kubectl(['delete', 'pvc', `data-${readers}-1`, '--timeout=2m']);
}

async function streamingAndReady(release, count) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const ready = Number(
      await release.kubectl(['get', 'statefulset', release.readers, '-o', 'jsonpath={.status.readyReplicas}']),
    );
    if (
      ready === count &&
      (await release.sql("select count(*) from pg_stat_replication where state = 'streaming'")) === String(count)
    )
      return;
    if (performance.now() > deadline)
      throw new Error(`${count} readers do not stream in ${timeoutMs} ms; ${ready} are ready`);
    await pause(50);
  }
}
