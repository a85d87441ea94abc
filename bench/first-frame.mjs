// The wizard's first words in a pseudo-terminal, timed beside a bundled Ink program that says hello and nothing else.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {bundled, removeBundles} from './bundle.mjs';
import {interleaved} from './measure.mjs';
import {program} from './place.mjs';
import {closeTerminals, openTerminal} from './pseudo-terminal.mjs';
import {ratioRow} from './table.mjs';

export const firstFrame = {
  needsCluster: false,
  async run({n, report}) {
    const hello = await bundled('hello.tsx', {bare: true});
    // The home has no kubeconfig, so that no answer of a cluster is measured.
    const home = mkdtempSync(join(tmpdir(), 'pghi-bench-home-'));
    const env = {...process.env, HOME: home, KUBECONFIG: undefined};
    const until = (path, text) => async () => {
      const terminal = openTerminal(process.execPath, [path], {env});
      const ms = await terminal.seen(text);
      terminal.kill();
      await terminal.ended;
      return {ms};
    };
    // The footer is the last line of the frame; an error message does not have it.
    const programs = {ours: until(program, 'ctrl-c'), hello: until(hello, 'hello')};
    try {
      // The first round reads the files from disk.
      await interleaved(1, programs);
      const runs = await interleaved(Math.max(15, n ?? 25), programs, report);
      return [ratioRow('first frame : Ink hello, bundled', runs.ours, runs.hello, 1.15)];
    } finally {
      closeTerminals();
      removeBundles();
      rmSync(home, {recursive: true, force: true});
    }
  },
};
