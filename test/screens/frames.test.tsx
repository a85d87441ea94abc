// Every screen at three sizes, as files to be read: what a person sees, line by line.
import {describe, expect, it} from 'vitest';
import {everyScreen} from '../support/every-screen.ts';
import {foreignControls} from '../support/poison.ts';
import {sizes} from '../support/screen.tsx';

describe.each(Object.entries(sizes))('%s', (_name, size) => {
  it.each(Object.keys(everyScreen))('%s', async (name) => {
    const wizard = await everyScreen[name]?.({size});
    // What was asked for at once is there.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const frame = wizard?.frame() ?? '';
    const lines = frame.split('\n');
    expect(lines).toHaveLength(size.rows - 1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(size.columns);
    await expect(`${frame}\n`).toMatchFileSnapshot(`frames/${name}-${size.columns}x${size.rows}.txt`);
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
