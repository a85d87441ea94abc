// How long a key takes to be on the screen while 1,000 events of a cluster a second arrive, measured outside the
// pseudo-terminal.
import {setTimeout as sleep} from 'node:timers/promises';
import {bundled, removeBundles} from './bundle.mjs';
import {closeTerminals, openTerminal} from './pseudo-terminal.mjs';
import {limitRow} from './table.mjs';

const maxMs = 16;

export const keys = {
  needsCluster: false,
  async run({n, report}) {
    const program = await bundled('busy.tsx', {from: 'test/screens/fixtures'});
    try {
      const terminal = openTerminal(process.execPath, [program, 'busy'], {rows: 24});
      await terminal.seen('Readiness probe failed');
      const count = Math.max(200, n ?? 500);
      const began = Date.now();
      const taken = [];
      for (let key = 1; key <= count; key += 1) {
        const at = performance.now();
        terminal.write('k');
        await terminal.written(`typed=${key};`);
        taken.push(performance.now() - at);
        // A random pause, so that the keys are not in step with what the screen draws by itself.
        await sleep(20 + Math.random() * 40);
      }
      const seconds = (Date.now() - began) / 1000;
      terminal.write('\r');
      await terminal.ended;
      const {text, events} = JSON.parse(/ended with (\{.*\})/.exec(terminal.output())?.[1] ?? '{}');
      if (text !== 'k'.repeat(count)) throw new Error(`${text?.length} of ${count} keys arrived.`);
      if (events < 900 * seconds) throw new Error(`Only ${events} events in ${seconds.toFixed(0)} s.`);
      taken.sort((a, b) => a - b);
      const at = (part) => taken[Math.min(taken.length - 1, Math.ceil(part * taken.length) - 1)];
      report(
        `${events} events, ${count} keys, none lost; median ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ` +
          `ms, most ${at(1).toFixed(1)} ms`,
      );
      return [
        limitRow('key to frame, p99, 1,000 events a second', at(0.99), maxMs, count, (ms) => `${ms.toFixed(1)} ms`),
      ];
    } finally {
      closeTerminals();
      removeBundles();
    }
  },
};
