// A reader is cut off while 2 GB of WAL are written: measures how long it takes until it streams again from what its
// slot kept, without a new copy.
import {setTimeout as pause} from 'node:timers/promises';
import {installed} from './day2-operations.mjs';
import {installOurs} from './day2-releases.mjs';
import {removeAllNamespaces} from './place.mjs';
import {limitRow, median, time} from './table.mjs';

const timeoutMs = 300_000;
const maxMs = 30_000;
/** Each row writes one message, 2 GB in all; random text is not compressed. */
const written =
  "select count(pg_logical_emit_message(false, '', repeat(md5(g::text), 31250))) from generate_series(1, 2000) g";

export const readerAway = {
  needsCluster: true,
  onlyByName: true,
  async run({n, only, report}) {
    if (only && only !== 'reader-away') return [];
    const times = [];
    try {
      const release = await installOurs(installed, 'reader-away');
      for (let round = 0; round < (n ?? 1); round += 1) {
        times.push(await awayAndBack(release));
        report(`${round + 1}/${n ?? 1} reader-away: streams again after ${time(times.at(-1))}`);
      }
    } finally {
      await removeAllNamespaces();
    }
    return [limitRow('a reader back after 2 GB of WAL', median(times), maxMs, times.length, time)];
  },
};

async function awayAndBack({kubectl, readers, sql}) {
  const identity = () => sql('select slot_name from pg_replication_slots');
  const slot = await identity();
  await kubectl(['scale', 'statefulset', readers, '--replicas=0']);
  await kubectl(['wait', '--for=delete', `pod/${readers}-0`, '--timeout=2m']);
  await sql(written);
  // The checkpoint removes the WAL that no slot keeps.
  await sql('checkpoint');
  const began = performance.now();
  await kubectl(['scale', 'statefulset', readers, '--replicas=1']);
  const isBack = () => sql("select count(*) from pg_stat_replication where state = 'streaming'");
  while ((await isBack()) !== '1') {
    if (performance.now() - began > timeoutMs) throw new Error(`The reader does not stream in ${timeoutMs} ms.`);
    await pause(50);
  }
  const ms = performance.now() - began;
  const log = await kubectl(['logs', `${readers}-0`, '-c', 'postgresql']);
  if (!log.includes('Deploying PostgreSQL with persisted data') || (await identity()) !== slot)
    throw new Error(`The reader was copied again:\n${log}`);
  return ms;
}
