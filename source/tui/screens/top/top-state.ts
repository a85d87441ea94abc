// What the writer is doing: the state of its screen, its entry in the menu. Pure.
import type {Status} from '../../../client/status.ts';
import type {Session} from '../../../observation/activity.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface TopState {
  readonly name: 'top';
  /** Which session is chosen, by its place in the list. */
  readonly chosen: number;
  /** The one that is looked at, as it was when it was opened; null: the list is shown. */
  readonly session: Session | null;
  /** What is asked about it; null: nothing. */
  readonly ends: 'query' | 'session' | null;
  /** What was done last, in a sentence. */
  readonly note: string | null;
}

export const top: TopState = {name: 'top', chosen: 0, session: null, ends: null, note: null};

/** Null: helm installed it, not we, so that its password is not known. */
export function topEntry({parameters}: Status): ScreenEntry<TopState> | null {
  return parameters && {key: 'a', label: 'top', does: {show: top}};
}
