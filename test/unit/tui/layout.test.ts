// A terminal's size and the room in it.
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {withoutColour} from '../../../source/tui/colour.ts';
import {gap, layoutOf, windowOf} from '../../../source/tui/layout.ts';
import {themeFrom} from '../../../source/tui/theme.ts';

it.each([
  [120, 40, {width: 120, isWide: true, left: 71, right: 46, rows: 39, body: 35, isTooSmall: false}],
  [100, 24, {width: 100, isWide: true, left: 59, right: 38, rows: 23, body: 19, isTooSmall: false}],
  [99, 24, {width: 80, isWide: false, left: 80, right: 0, rows: 23, body: 19, isTooSmall: false}],
  [40, 10, {width: 40, isWide: false, left: 40, right: 0, rows: 9, body: 5, isTooSmall: false}],
  [39, 10, {width: 40, isWide: false, left: 40, right: 0, rows: 9, body: 5, isTooSmall: true}],
  [0, 0, {width: 80, isWide: false, left: 80, right: 0, rows: 23, body: 19, isTooSmall: false}],
  [undefined, undefined, {width: 80, isWide: false, left: 80, right: 0, rows: 23, body: 19, isTooSmall: false}],
])('%s×%s', (columns, rows, expected) => {
  expect(layoutOf(columns, rows)).toEqual(expected);
});

it('never asks for more than there is', () => {
  fc.assert(
    fc.property(fc.integer({min: 40, max: 400}), fc.integer({min: 10, max: 200}), (columns, rows) => {
      const layout = layoutOf(columns, rows);
      expect(layout.width).toBeLessThanOrEqual(columns);
      expect(layout.rows).toBeLessThan(rows);
      expect(layout.isWide ? layout.left + gap + layout.right : layout.left).toBe(layout.width);
    }),
  );
});

it('a window holds the chosen item and wastes no row', () => {
  fc.assert(
    fc.property(fc.integer({min: 1, max: 50}), fc.nat(49), fc.integer({min: 1, max: 30}), (count, at, rows) => {
      const chosen = Math.min(at, count - 1);
      const {start, end} = windowOf(count, chosen, rows);
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(count);
      expect(end - start).toBe(Math.min(count, rows));
      expect(chosen >= start && chosen < end).toBe(true);
    }),
  );
});

it.each([
  [{NO_COLOR: '1'}, [], true],
  [{NO_COLOR: ''}, [], false],
  [{TERM: 'dumb'}, [], true],
  [{}, ['list', '--no-color'], true],
  [{TERM: 'xterm'}, [], false],
])('colour in %j %j: off is %s', (environment, args, off) => {
  expect(withoutColour(environment, args)).toBe(off);
});

it('signs are ASCII where the locale is not UTF-8, and colours never stand alone', () => {
  const theme = themeFrom({LANG: 'C', TERM: 'vt100'}, true);
  expect(JSON.stringify(theme)).toMatch(/^[\x20-\x7e]*$/);
  for (const look of [theme, themeFrom({LANG: 'de_DE.UTF-8'}, true)])
    expect(
      new Set(
        Object.values(look.signs)
          .filter(({colour}) => colour)
          .map(({text}) => text),
      ).size,
    ).toBe(4);
  expect(themeFrom({LANG: 'C', NO_COLOR: '1'}, true).colour).toBe(false);
  expect(themeFrom({LANG: 'C', TERM: 'dumb'}, true).animated).toBe(false);
});
