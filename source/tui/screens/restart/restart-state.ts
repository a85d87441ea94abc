// A restart: the state of its screen, what it asks for, its entry in the menu. Pure.
import type {Status} from '../../../client/questions/status.ts';
import type {RequestOf} from '../../../commands/operation.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface RestartState {
  readonly name: 'restart';
}

/** Null: plain helm made the release, so it is not ours. */
export function restartEntry({parameters}: Status): ScreenEntry<RestartState> | null {
  return parameters && {key: 't', label: 'restart', does: {show: {name: 'restart'}}};
}

export const restartAsked: RequestOf<'restart'> = {kind: 'restart'};
