// The demo as a newcomer starts it: an empty home, only Node and npm on PATH, helm fetched by one key. How long it
// takes until its first step, and from there to its end.
import {spawnSync} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {placeIn, withDeadline} from './newcomer.mjs';
import {closeTerminals, openTerminal} from './pseudo-terminal.mjs';
import {limitRow} from './table.mjs';

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

export const demo = {
  needsCluster: false,
  onlyByName: true,
  async run({report}) {
    const folder = mkdtempSync(join(tmpdir(), 'pghi-demo-'));
    // When root runs the bench, PostgreSQL runs as another user, who has to get into the folder.
    chmodSync(folder, 0o755);
    const {bin, npx, env} = placeIn(folder);
    try {
      const began = performance.now();
      const terminal = openTerminal(join(bin, 'npx'), [...npx, 'pg-helm-install', 'demo'], {env});
      await withDeadline(terminal, '[Y/n]');
      terminal.write('\r');
      await withDeadline(terminal, 'Space pauses');
      const readyMs = performance.now() - began;
      report(`${seconds(readyMs)} until the first step`);
      const code = await terminal.ended;
      const ms = performance.now() - began - readyMs;
      const [, noticed = ''] = /What the client noticed:\r?\n([^]*?)Nothing is left/.exec(terminal.output()) ?? [];
      for (const line of noticed.trimEnd().split(/\r?\n/)) report(line.trim());
      if (code !== 0) throw new Error(`the demo ended with ${code}:\n${terminal.output().slice(-3000)}`);
      return [
        limitRow('demo: from nothing to its first step', readyMs, 60_000, 1, seconds),
        limitRow('demo: from its first step to its end', ms, 120_000, 1, seconds),
      ];
    } finally {
      closeTerminals();
      spawnSync(join(bin, 'npx'), [...npx, 'pg-helm-install', 'sandbox', 'down', '--delete'], {env});
      rmSync(folder, {recursive: true, force: true});
    }
  },
};
