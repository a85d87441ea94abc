// Day 2 as the writer's clients see it: one client writes every 20 ms and 80 hold idle connections, while our command
// and while plain helm changes the release.
import {bundled, removeBundles} from './bundle.mjs';
import {installed, operations} from './day2-operations.mjs';
import {installOurs, installTheirs, installToAdopt, writerPod} from './day2-releases.mjs';
import {removeAllNamespaces} from './place.mjs';
import {gapRow} from './table.mjs';

const idleSessions = 80;
const maxMs = {nothing: null, restart: 1000, 'new pod': 3000};

export const day2 = {
  needsCluster: true,
  onlyByName: true,
  async run({n = 3, only, report}) {
    if (['scale-out', 'reader-away', 'sizing'].includes(only)) return [];
    if (only && !Object.hasOwn(operations, only))
      throw new Error(
        `--only: there is no operation ${only}. There are: ${Object.keys(operations).join(', ')}, scale-out, ` +
          'reader-away, sizing.',
      );
    const clients = await import(await bundled('steady-writer.ts'));
    try {
      const sides = {
        ours: {release: await installOurs(installed), wanted: installed},
        theirs: {release: await installTheirs(installed), wanted: installed},
      };
      const rows = [];
      for (const [name, operation] of Object.entries(operations)) {
        if (only && only !== name) continue;
        rows.push(await compared(clients, sides, {name, operation, n, report}));
      }
      return rows;
    } finally {
      removeBundles();
      await removeAllNamespaces();
    }
  },
};

/** Both sides do the operation `n` times, in turns. */
async function compared(clients, sides, {name, operation, n, report}) {
  for (const step of operation.prepare ?? []) for (const state of Object.values(sides)) await prepared(state, step);
  const runs = {ours: [], theirs: []};
  for (let round = 0; round < n; round += 1) {
    for (const [side, state] of Object.entries(sides)) {
      if (operation.isOneWay && side === 'theirs')
        state.release = await installTheirs(state.wanted, `${name}-${round}`);
      const seen =
        operation.isAdoption && side === 'ours'
          ? {...state, release: await installToAdopt(state.wanted, `${name}-ours-${round}`)}
          : state;
      const one = await observed(clients, seen, operation, round);
      runs[side].push(one);
      report(`${round + 1}/${n} ${name}, ${side}: ${said(one)}`);
    }
  }
  return gapRow(operation.title, runs.ours, runs.theirs, {
    maxMs: maxMs[operation.may],
    problems: runs.ours.flatMap((one) => problems(operation.may, one)),
  });
}

async function prepared(state, {change, ours}) {
  state.wanted = {...state.wanted, ...change};
  await state.release.apply(state.wanted, ours);
}

/**
 * What the clients saw of one change, and what became of the pods. A change that is refused leaves `state.wanted` as it
 * was.
 */
async function observed({startSteadyWriter, holdIdleSessions, missingRows, steadyTable}, state, operation, round) {
  const {release} = state;
  const changed = operation.change(round);
  const wanted = {...state.wanted, ...changed};
  const writer = await startSteadyWriter(release.server);
  const idle = holdIdleSessions(release.server, operation.idleSessions ?? idleSessions);
  try {
    await idle.allOpen();
    const before = await release.pods();
    const stretch = await writer.during(() =>
      release.apply(wanted, operation.ours(changed), operation.theirs).then(
        () => null,
        (error) => error,
      ),
    );
    if (stretch.result === null) state.wanted = wanted;
    else if (!operation.refused?.test(stretch.result.message)) throw stretch.result;
    const rows = [...writer.acknowledged()];
    const there = await release.sql(`select string_agg(n::text, e'\\n') from ${steadyTable}`);
    return {
      ...stretch,
      lostRows: missingRows(rows, there).length,
      refused: stretch.result !== null,
      before,
      after: await release.pods(),
      clean: await release.wasCleanlyShutDown(),
    };
  } finally {
    await idle.stop();
    await writer.stop();
  }
}

/**
 * What clients cannot see but operators would: more restarts than needed, or a new pod where the old one would have
 * done.
 */
function problems(may, {before, after, failedWrites, clean, refused, lostRows}) {
  const kept = Object.keys(before).filter((name) => after[name]);
  const restarted = kept.filter(
    (name) => after[name].uid !== before[name].uid || after[name].restarts !== before[name].restarts,
  );
  const replaced = kept.filter((name) => after[name].uid !== before[name].uid);
  const again = kept.filter((name) => after[name].restarts > before[name].restarts + 1);
  return [
    ...(refused ? ['refused'] : []),
    ...(lostRows > 0 ? [`${lostRows} acknowledged rows lost`] : []),
    ...(clean ? [] : ['the writer was not shut down cleanly']),
    ...(may === 'nothing' && failedWrites > 0 ? [`${failedWrites} writes failed`] : []),
    ...(may === 'nothing' && restarted.length > 0 ? [`restarted: ${restarted.join(', ')}`] : []),
    ...(may === 'restart' && replaced.includes(writerPod) ? ['the writer got a new pod'] : []),
    ...(again.length > 0 ? [`restarted more than once: ${again.join(', ')}`] : []),
  ];
}

function said({refused, longestGapMs, failedWrites, lostRows}) {
  const gap = `longest gap ${Math.round(longestGapMs)} ms, ${failedWrites} failed writes`;
  return `${refused ? 'refused, ' : ''}${gap}, ${lostRows} acknowledged rows lost`;
}
