// What sized settings are worth: transactions a second of pgbench in one pod of 2 GiB, with them and with the chart's
// own settings, in turns.
import {installed} from './day2-operations.mjs';
import {installOurs, writerPod} from './day2-releases.mjs';
import {removeAllNamespaces} from './place.mjs';
import {median, spread} from './table.mjs';

const scale = 50;
const clients = 8;
const seconds = 60;
const least = 1.3;

export const sizing = {
  needsCluster: true,
  onlyByName: true,
  async run({n = 3, only, report}) {
    if (only && only !== 'sizing') return [];
    const wanted = {...installed, readReplicaCount: 0, memory: '2Gi', storageSize: '20Gi'};
    const tps = {auto: [], off: []};
    try {
      const release = await installOurs(wanted, 'sizing');
      await pgbench(release, ['-q', '-i', '-s', String(scale)]);
      for (let round = 0; round < n; round += 1) {
        for (const how of ['off', 'auto']) {
          await release.apply(wanted, ['set', '--sizing', how]);
          tps[how].push(await transactions(release));
          report(`${round + 1}/${n} pgbench, --sizing ${how}: ${Math.round(tps[how].at(-1))} a second`);
        }
      }
    } finally {
      await removeAllNamespaces();
    }
    const ratios = tps.auto.map((one, index) => one / tps.off[index]);
    const whole = (one) => `${Math.round(one)} tps`;
    return [
      {
        name: `pgbench, scale ${scale}, ${clients} clients, 2 GiB: sized settings`,
        cells: [spread(tps.auto, whole), spread(tps.off, whole), spread(ratios, (ratio) => ratio.toFixed(2))],
        target: `≥ ${least}`,
        n,
        met: median(ratios) >= least,
      },
    ];
  },
};

async function transactions(release) {
  // Each run begins in the same state: nothing is left to write out, and the same tables are in memory.
  await release.sql('checkpoint');
  const said = await pgbench(release, ['-c', String(clients), '-j', '2', '-T', String(seconds)]);
  const tps = Number(/tps = ([\d.]+)/.exec(said)?.[1]);
  if (!(tps > 0)) throw new Error(`pgbench did not say how fast it was:\n${said}`);
  return tps;
}

function pgbench({kubectl}, words) {
  const command =
    'PGPASSWORD=$(cat "$POSTGRES_POSTGRES_PASSWORD_FILE" 2> /dev/null || cat "$POSTGRES_PASSWORD_FILE") ' +
    'exec pgbench -h 127.0.0.1 -U postgres "$@" postgres';
  return kubectl(['exec', writerPod, '-c', 'postgresql', '--', 'sh', '-c', command, 'pgbench', ...words]);
}
