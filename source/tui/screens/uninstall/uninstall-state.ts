// Confirming an uninstall: the state of the screen, its request, its entry in the menu. Pure.
import type {Result} from '../../../plan/progress.ts';
import type {RequestOf} from '../../../commands/operation.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface UninstallState {
  readonly name: 'uninstall';
  readonly deleteData: boolean;
  /** A file for a last dump; empty for none. */
  readonly dumpTo: string;
  /** Which field takes keys. */
  readonly row: 'dump' | 'name';
  /** The release's name, typed to confirm. */
  readonly typed: string;
}

export const uninstallEntry: ScreenEntry<UninstallState> = {
  key: 'x',
  label: 'uninstall',
  does: {show: {name: 'uninstall', deleteData: false, dumpTo: '', row: 'name', typed: ''}},
};

export function uninstallAsked({
  deleteData,
  dumpTo,
}: Pick<UninstallState, 'deleteData' | 'dumpTo'>): RequestOf<'uninstall'> {
  return {kind: 'uninstall', deleteData, dumpTo: dumpTo === '' ? null : dumpTo};
}

/** Identifies what a plan is for: with another key the plan is void. */
export function uninstallKeyOf({deleteData, dumpTo}: UninstallState): string {
  return `uninstall ${deleteData} ${dumpTo}`;
}

/** Why the file cannot be used, or not now; it can then be corrected in its field. Null: the file is no problem. */
export function dumpProblem(planned: Result | null, dumpTo: string): string | null {
  const cause = planned?.cause;
  if (!cause || dumpTo === '') return null;
  return cause.code === 'BAD_INPUT' || cause.code === 'DUMP_FAILED' ? cause.message.replace(/^--dump-to: /, '') : null;
}
