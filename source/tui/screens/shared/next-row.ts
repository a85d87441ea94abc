// Moving between the fields of a screen. Pure.
import type {Key} from '../../keys/key.ts';

/** The field that the key leads to, in a circle; null: it is no key for moving. */
export function nextRow<Row>(rows: readonly Row[], row: Row, key: Key['name']): Row | null {
  const by = key === 'down' || key === 'tab' ? 1 : key === 'up' || key === 'shift-tab' ? -1 : 0;
  return by === 0 ? null : (rows[(rows.indexOf(row) + by + rows.length) % rows.length] ?? row);
}
