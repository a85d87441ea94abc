// Every screen, in a cluster whose every word holds escape sequences.
import {expect, it} from 'vitest';
import {everyScreen} from '../support/screens/every-screen.ts';
import {foreignControls} from '../support/screens/poison.ts';
import {sizes} from '../support/screens/screen.tsx';

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
