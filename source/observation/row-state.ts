// How a list shows the state of a release, that one of its operations is paused, and that it is not ours.

interface Row {
  readonly state: string;
  readonly managedBy: string;
  readonly shape: string;
  readonly insideChart?: string;
  readonly operation: {readonly kind: string; readonly alive: boolean} | null;
}

/**
 * `ready`, `ready, scale paused`, or `ready, helm standalone`: that one is not ours, and adopt takes it over. One that
 * is `inside` the chart of an application is taken out of it first.
 */
export function stateWords(row: Row): string {
  const more = pausedWords(row) ?? foreignWords(row);
  return more === null ? row.state : `${row.state}, ${more}`;
}

/** `ready`, or `scale paused` alone: for narrow terminals. */
export function shortStateWords(row: Row): string {
  return pausedWords(row) ?? row.state;
}

/** Null: it is ours. */
function foreignWords({managedBy, shape, insideChart}: Row): string | null {
  if (managedBy === 'pg-helm-install') return null;
  if (insideChart !== undefined) return `inside ${insideChart}`;
  return shape === 'standalone' ? `${managedBy} standalone` : managedBy;
}

/** Null: no operation, or one whose holder is alive. */
function pausedWords({operation}: Row): string | null {
  return operation && !operation.alive ? `${operation.kind} paused` : null;
}
