// What the writer is doing: the state of its screen, its entry in the menu. Pure.
import type {Status} from '../../../client/questions/status.ts';
import type {DatabaseSession} from '../../../observation/activity.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface TopState {
  readonly name: 'top';
  /** The index of the chosen session in the list. */
  readonly chosen: number;
  /** The session that is shown, as it was when it was opened; null: the list is shown. */
  readonly session: DatabaseSession | null;
  /** What the screen asks whether to end; null: it asks nothing. */
  readonly ends: 'query' | 'session' | null;
  /** What was done last, in a sentence. */
  readonly note: string | null;
}

export const top: TopState = {name: 'top', chosen: 0, session: null, ends: null, note: null};

/** Null: plain helm made the release, so its password is not known here. */
export function topEntry({parameters}: Status): ScreenEntry<TopState> | null {
  return parameters && {key: 'a', label: 'top', does: {show: top}};
}
