// The menu's entries in rows; where not all fit, the last entry shown leads to the others. Pure.
import {cells} from '../../keys/graphemes.ts';
import type {Entry} from './dashboard-menu.ts';

type Shown = Pick<Entry, 'key' | 'label'>;
const more: Shown = {key: 'm', label: 'more'};

/** Fills each row with as many entries as fit, and makes as many rows as the entries need. */
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

/** The entries in at most that many rows, but at least one: the first entries, and `m` for all of them. */
export function foldedMenu(menu: readonly Shown[], width: number, between: number, most: number): Shown[][] {
  const room = Math.max(1, most);
  const all = menuRows(menu, width, between);
  if (all.length <= room) return all;
  for (let count = menu.length - 1; count > 0; count -= 1) {
    const rows = menuRows([...menu.slice(0, count), more], width, between);
    if (rows.length <= room) return rows;
  }
  return [[more]];
}

/** The whole menu in pages of at most that many rows; all pages but the last end with `m`, for the next one. */
export function menuPages(menu: readonly Shown[], width: number, between: number, most: number): Shown[][][] {
  const page = foldedMenu(menu, width, between, most);
  const shown = page.flat().filter((entry) => entry !== more).length;
  return shown === 0 || shown === menu.length ? [page] : [page, ...menuPages(menu.slice(shown), width, between, most)];
}
