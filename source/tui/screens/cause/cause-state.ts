// What is wrong with a release: the state of its screen, its entry in the menu, and what else is told. Pure.
import {operationNoun} from '../../../commands/operation-words.ts';
import {warningsBeside} from '../../../core/cause.ts';
import type {Status} from '../../../client/questions/status.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface CauseState {
  readonly name: 'cause';
}

/** The warnings that an operator should see without asking; the others are shown before an install. */
const told: readonly string[] = ['TWO_WRITERS', 'DEFINITION_PENDING', 'LOAD_BALANCER_PENDING', 'PUBLIC_ENDPOINT'];

/** Null: nothing is wrong. */
export function causeEntry(status: Status): ScreenEntry<CauseState> | null {
  if (status.cause === null && shownWarnings(status).length === 0) return null;
  return {key: 'i', label: status.cause ? 'what is wrong' : 'warnings', does: {show: {name: 'cause'}}};
}

/** Warnings that the dashboard shows without being asked. */
export function shownWarnings(status: Pick<Status, 'cause' | 'warnings'>): Status['warnings'] {
  return otherWarnings(status).filter(({code}) => told.includes(code));
}

/** The warnings beside the cause, which may be told as a warning too. */
export function otherWarnings({cause, warnings}: Pick<Status, 'cause' | 'warnings'>): Status['warnings'] {
  return warningsBeside(cause ? [cause] : [], warnings);
}

/** Who works on the release; or that nobody does any more, followed by `then`. */
export function underWay(operation: Status['operation'], then: string): string[] {
  if (!operation) return [];
  const {kind, holder, alive, movesRole} = operation;
  const by = holder.split('/')[0] || 'somebody';
  if (alive) return [`${by} is at work on it: ${operationNoun(kind)}.`];
  const half = kind === 'switchover' ? ', with which a resize ends' : "; the writer's role has not moved yet";
  return [`The ${operationNoun(kind)} that ${by} began pauses${movesRole ? half : ''}${then}.`];
}
