// How a list shows the state of a release, that one of its operations is paused, that it is not ours, and that a backup
// failed or is late.
import {operationNoun} from '../commands/operation-words.ts';

interface Row {
  readonly state: string;
  readonly managedBy: string;
  readonly shape: string;
  readonly insideChart?: string;
  readonly operation: {readonly kind: string; readonly alive: boolean} | null;
  readonly backupProblem?: 'failed' | 'late';
}

/**
 * `ready`, `ready, scaling paused`, `ready, backup late`, or `ready, helm standalone`: that one is not ours, and adopt
 * takes it over. One that is `inside` the chart of an application is taken out of it first.
 */
export function stateWords(row: Row): string {
  const more = pausedWords(row) ?? foreignWords(row) ?? backupWords(row);
  return more === null ? row.state : `${row.state}, ${more}`;
}

/** `ready`, or `scaling paused` or `backup late` alone: for narrow terminals. */
export function shortStateWords(row: Row): string {
  return pausedWords(row) ?? (row.state === 'ready' ? backupWords(row) : null) ?? row.state;
}

/** Null: nothing is known to be wrong with its backups. */
function backupWords({backupProblem}: Row): string | null {
  return backupProblem === undefined ? null : `backup ${backupProblem}`;
}

/** Null: it is ours. */
function foreignWords({managedBy, shape, insideChart}: Row): string | null {
  if (managedBy === 'pg-helm-install') return null;
  if (insideChart !== undefined) return `inside ${insideChart}`;
  return shape === 'standalone' ? `${managedBy} standalone` : managedBy;
}

/** Null: no operation, or one whose holder is alive. */
function pausedWords({operation}: Row): string | null {
  return operation && !operation.alive ? `${operationNoun(operation.kind)} paused` : null;
}

/**
 * The release that is meant by its name: the only one of that name, else the one in the namespace. Undefined: there is
 * none.
 */
export function releaseNamed<Row extends {readonly name: string; readonly namespace: string}>(
  rows: readonly Row[],
  {release, namespace}: {readonly release: string; readonly namespace: string},
): Row | undefined {
  const named = rows.filter(({name}) => name === release);
  return named.length === 1 ? named[0] : named.find((row) => row.namespace === namespace);
}
