// --help, timed beside a Node that does nothing: the difference is what is loaded before the first line is seen.
import {interleaved, measure} from './measure.mjs';
import {ours} from './place.mjs';
import {ratioRow} from './table.mjs';

export const help = {
  needsCluster: false,
  async run({n}) {
    const programs = {ours: () => ours(['--help']), node: () => measure(process.execPath, ['-e', '0'])};
    // The first round reads the files from disk.
    await interleaved(1, programs);
    const runs = await interleaved(Math.max(15, n ?? 31), programs);
    return [ratioRow('--help : node -e 0', runs.ours, runs.node, 1.3)];
  },
};
