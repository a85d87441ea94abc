// A text about a release: the state of its screen, its entries in the menu. Pure.
import type {Status} from '../../../client/questions/status.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export type Panel = 'connect' | 'logs' | 'values' | 'history';

export interface PanelState {
  readonly name: 'panel';
  readonly panel: Panel;
  /** The index of the first line on the screen. */
  readonly top: number;
}

/** Null: plain helm made the release and it is not ours, or it has no endpoint yet. */
export function connectEntry({parameters, endpoints}: Status): ScreenEntry<PanelState> | null {
  return parameters && endpoints && entry('n', 'connect');
}

export const textEntries: readonly ScreenEntry<PanelState>[] = [
  entry('l', 'logs'),
  entry('v', 'values'),
  entry('h', 'history'),
];

function entry(key: string, panel: Panel): ScreenEntry<PanelState> {
  return {key, label: panel, does: {show: {name: 'panel', panel, top: 0}}};
}
