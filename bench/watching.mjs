// How much the dashboard's memory grows in an hour of a release that changes all the time. The program gets as many
// statuses as an hour brings (one each 120 ms, each made from a snapshot of its own), one right after the other, and
// collects garbage before each of the two measurements.
import {bundled, removeBundles} from './bundle.mjs';
import {closeTerminals, openTerminal} from './pseudo-terminal.mjs';
import {limitRow} from './table.mjs';

const maxBytes = 5e6;

export const watching = {
  needsCluster: false,
  async run() {
    const program = await bundled('busy.tsx', {from: 'test/screens/fixtures'});
    try {
      const terminal = openTerminal(process.execPath, ['--expose-gc', program, 'hour'], {rows: 40, columns: 120});
      await terminal.seen('team-a');
      terminal.write('\r');
      await terminal.seen('\u001b]2;grew ');
      const grew = Number(/\]2;grew (-?\d+)/.exec(terminal.output())?.[1]);
      return [
        limitRow(
          'memory after an hour of watching, more',
          grew,
          maxBytes,
          1,
          (bytes) => `${(bytes / 1e6).toFixed(1)} MB`,
        ),
      ];
    } finally {
      closeTerminals();
      removeBundles();
    }
  },
};
