// Choosing a rollback: the state of the screen, its request, its entry in the menu. Pure.
import type {Status} from '../../../client/questions/status.ts';
import type {EarlierRevision} from '../../../client/types.ts';
import type {RequestOf} from '../../../commands/operation.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface RollbackState {
  readonly name: 'rollback';
  /** Null: the newest revision that a rollback can go to. */
  readonly revision: number | null;
}

/** Null: plain helm made the release and it is not ours, or it has had only one revision. */
export function rollbackEntry({parameters, revision}: Status): ScreenEntry<RollbackState> | null {
  if (!parameters || (revision ?? 1) <= 1) return null;
  return {key: 'b', label: 'roll back', does: {show: {name: 'rollback', revision: null}}};
}

/** Null where there is nothing to go back to, or the history is not read yet. */
export function rollbackAsked(
  state: RollbackState,
  revisions: readonly EarlierRevision[] | null,
): RequestOf<'rollback'> | null {
  const revision = state.revision ?? revisions?.[0]?.revision;
  return revision === undefined ? null : {kind: 'rollback', revision};
}

/** Identifies what a plan is for: with another key the plan is void. */
export function rollbackKeyOf({revision}: RollbackState): string {
  return `rollback ${revision}`;
}
