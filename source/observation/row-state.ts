// How a list says the state of a release, and that an operation of it pauses.

interface Row {
  readonly state: string;
  readonly operation: {readonly kind: string; readonly alive: boolean} | null;
}

/** `ready`, or `ready, scale paused`. */
export function stateWords(row: Row): string {
  const paused = pausedWords(row);
  return paused === null ? row.state : `${row.state}, ${paused}`;
}

/** `ready`, or `scale paused` alone: for narrow terminals. */
export function shortStateWords(row: Row): string {
  return pausedWords(row) ?? row.state;
}

/** Null: no operation, or one whose holder is alive. */
function pausedWords({operation}: Row): string | null {
  return operation && !operation.alive ? `${operation.kind} paused` : null;
}
