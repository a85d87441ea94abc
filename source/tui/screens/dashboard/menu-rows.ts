// The entries of the menu in rows; where not all have room, one of them shows the others. Pure.
import {cells} from '../../keys/graphemes.ts';
import type {Entry} from './dashboard-menu.ts';

type Shown = Pick<Entry, 'key' | 'label'>;
const unfold: Shown = {key: 'm', label: 'more'};

/** As many entries in a row as there is room for, and as many rows as there are entries for. */
export function menuRows(menu: readonly Shown[], width: number, between: number): Shown[][] {
  const rows: Shown[][] = [];
  let used = Infinity;
  for (const entry of menu) {
    const needs = cells(entry.label) + 2 + between;
    if (used + needs > width + between) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(entry);
    used += needs;
  }
  return rows;
}

/** In so many rows, or one: the first entries, and `m` for all of them. */
export function foldedMenu(menu: readonly Shown[], width: number, between: number, most: number): Shown[][] {
  const room = Math.max(1, most);
  const all = menuRows(menu, width, between);
  if (all.length <= room) return all;
  for (let count = menu.length - 1; count > 0; count -= 1) {
    const rows = menuRows([...menu.slice(0, count), unfold], width, between);
    if (rows.length <= room) return rows;
  }
  return [[unfold]];
}
