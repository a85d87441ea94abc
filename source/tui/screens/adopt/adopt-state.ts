// Adopting a release that plain helm made: the state of the screen, its request, its entry in the menu. Pure.
import type {Status} from '../../../client/status.ts';
import {asItIs, type AskedOf} from '../../../commands/operation.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface AdoptState {
  readonly name: 'adopt';
  /** When the one restart happens that an adoption takes. */
  readonly restart: RestartTime;
}

export type RestartTime = 'now' | 'later';

/** Null: the release is ours already, or somebody else decides what it is. */
export function adoptEntry({parameters, managedBy, steeredBy}: Status): ScreenEntry<AdoptState> | null {
  if (parameters !== null || managedBy !== 'helm' || steeredBy !== null) return null;
  return {key: 'a', label: 'adopt', does: {show: {name: 'adopt', restart: 'now'}}};
}

export function adoptAsked({restart}: AdoptState): AskedOf<'adopt'> {
  return {...asItIs, restartsLater: restart === 'later'};
}

/** A plan is for one time of the restart: with another one it is void. */
export function adoptKeyOf({restart}: AdoptState): string {
  return `adopt ${restart}`;
}

export const restartTimes: readonly {readonly id: RestartTime; readonly label: string; readonly text: string}[] = [
  {id: 'now', label: 'now', text: 'the writer is out for a few seconds, once, when all else is done'},
  {id: 'later', label: 'later', text: 'nothing restarts; restart does it when it suits'},
];
