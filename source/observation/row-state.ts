// How a list shows the state of a release, that one of its operations is paused, and that it is not ours.

interface Row {
  readonly state: string;
  readonly managedBy: string;
  readonly operation: {readonly kind: string; readonly alive: boolean} | null;
}

/** `ready`, `ready, scale paused`, or `ready, helm`: that one is not ours, and adopt takes it over. */
export function stateWords(row: Row): string {
  const more = pausedWords(row) ?? (row.managedBy === 'helm' ? 'helm' : null);
  return more === null ? row.state : `${row.state}, ${more}`;
}

/** `ready`, or `scale paused` alone: for narrow terminals. */
export function shortStateWords(row: Row): string {
  return pausedWords(row) ?? row.state;
}

/** Null: no operation, or one whose holder is alive. */
function pausedWords({operation}: Row): string | null {
  return operation && !operation.alive ? `${operation.kind} paused` : null;
}
