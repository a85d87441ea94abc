// A new release from a backup: the state of the screen and its request. Pure.
import type {RequestOf} from '../../../commands/operation.ts';
import {releaseNameProblem} from '../../../parameters/identifiers.ts';

export interface RestoreState {
  readonly name: 'restore';
  /** The backup's name. */
  readonly backup: string;
  /** The name of the release that the restore makes. */
  readonly as: string;
}

export function restoreOf(release: string, backup: string): RestoreState {
  return {name: 'restore', backup, as: `${release}-restored`};
}

export function restoreAsked({backup, as}: RestoreState): RequestOf<'backup'> {
  return {kind: 'backup', action: 'restore', backup, as};
}

/** Identifies what a plan is for: with another key the plan is void. */
export function restoreKeyOf({backup, as}: RestoreState): string {
  return `restore ${backup} ${as}`;
}

/** What is wrong with the name; null when it is right. */
export function asProblem({as}: RestoreState): string | null {
  return as === '' ? 'A restore makes a new release: give it a name.' : releaseNameProblem(as);
}
