// Every screen of the wizard at one size, as files to be read: what a person sees, line by line. Each size is a test
// file of its own, so that they run at the same time: they wait more than they draw.
import {readFile} from 'node:fs/promises';
import {setTimeout as pause} from 'node:timers/promises';
import {expect, it} from 'vitest';
import {everyScreen} from './every-screen.ts';
import type {sizes} from './screen.tsx';

/**
 * Waits, because what a key asked for is drawn a moment later. A frame that never is as recorded fails in the
 * comparison.
 */
async function isAsRecorded(file: string, frame: () => string): Promise<void> {
  const recorded = await readFile(new URL(file, new URL('../../screens', import.meta.url)), 'utf8').catch(() => null);
  const until = performance.now() + (recorded === null ? 500 : 5000);
  while (`${frame()}\n` !== recorded && performance.now() < until) await pause(5);
}

/** Each frame is as recorded, and fills the lines and columns that there are. */
export function framesAreAsRecorded(size: (typeof sizes)[keyof typeof sizes]): void {
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
}
