// Every screen at three sizes, as files to be read: what a person sees, line by line.
import {readFile} from 'node:fs/promises';
import {setTimeout as pause} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {everyScreen} from '../support/every-screen.ts';
import {foreignControls} from '../support/poison.ts';
import {sizes} from '../support/screen.tsx';

/** What a key asked for is drawn a moment later. A frame that never is as recorded is told by the comparison. */
async function isAsRecorded(file: string, frame: () => string): Promise<void> {
  const recorded = await readFile(new URL(file, import.meta.url), 'utf8').catch(() => null);
  const until = performance.now() + (recorded === null ? 500 : 5000);
  while (`${frame()}\n` !== recorded && performance.now() < until) await pause(5);
}

describe.each(Object.entries(sizes))('%s', (_name, size) => {
  it.each(Object.keys(everyScreen))('%s', async (name) => {
    const wizard = await everyScreen[name]?.({size});
    const file = `frames/${name}-${size.columns}x${size.rows}.txt`;
    await isAsRecorded(file, () => wizard?.frame() ?? '');
    const frame = wizard?.frame() ?? '';
    const lines = frame.split('\n');
    expect(lines).toHaveLength(size.rows - 1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(size.columns);
    await expect(`${frame}\n`).toMatchFileSnapshot(file);
  });
});

it.each(Object.keys(everyScreen))(
  '%s draws words alone, though every word of the cluster holds escape sequences',
  async (name) => {
    const wizard = await everyScreen[name]?.({size: sizes.usual, isPoisoned: true});
    await new Promise((resolve) => setTimeout(resolve, 20));
    const raw = wizard?.raw() ?? '';
    expect(raw).toContain('pg-helm-install');
    expect(foreignControls(raw)).toEqual([]);
    expect(wizard?.frame().split('\n')).toHaveLength(sizes.usual.rows - 1);
  },
);
