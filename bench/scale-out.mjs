// One more reader by our command, until it is proven, beside `kubectl scale` until that reader is ready and streams: both copy the same database.
import {setTimeout as pause} from 'node:timers/promises';
import {installOurs} from './day2-releases.mjs';
import {installed} from './day2-operations.mjs';
import {interleaved} from './measure.mjs';
import {removeAllNamespaces} from './place.mjs';
import {ratioRow} from './table.mjs';

const patienceMs = 300_000;
/** About 100 MB, on the disk: neither side waits for the writer's checkpoint. */
const filling = "create table filling as select g, repeat('x', 300) as t from generate_series(1, 300000) g; checkpoint";

export const scaleOut = {
  needsCluster: true,
  onlyByName: true,
  async run({n, report}) {
    try {
      const [mine, theirs] = [await installOurs(installed, 'scale-ours'), await installOurs(installed, 'scale-kubectl')];
      for (const release of [mine, theirs]) await release.sql(filling);
      const runs = await interleaved(
        n ?? 5,
        {
          ours: async () => {
            const one = await mine.apply(installed, ['scale', '--read-replicas', '2']);
            await mine.apply(installed, ['scale', '--read-replicas', '1', '--delete-volumes', '--confirm', mine.name]);
            return one;
          },
          'kubectl scale': async () => {
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
      return [ratioRow("scale out, proven : kubectl scale and the reader's own copy", runs.ours, runs['kubectl scale'], 1.15)];
    } finally {
      await removeAllNamespaces();
    }
  },
};

/** Each round begins with one reader, and the second one's copy with nothing. */
async function backByKubectl({kubectl, readers}) {
  await kubectl(['scale', 'statefulset', readers, '--replicas=1']);
  await kubectl(['wait', '--for=delete', `pod/${readers}-1`, '--timeout=2m']);
  await kubectl(['delete', 'pvc', `data-${readers}-1`, '--timeout=2m']);
}

async function streamingAndReady(release, count) {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const ready = Number(await release.kubectl(['get', 'statefulset', release.readers, '-o', 'jsonpath={.status.readyReplicas}']));
    if (ready === count && (await release.sql("select count(*) from pg_stat_replication where state = 'streaming'")) === String(count)) return;
    if (performance.now() > deadline) throw new Error(`${count} readers do not stream in ${patienceMs} ms; ${ready} are ready`);
    await pause(50);
  }
}
