// Remedies that would be refused, because another operation was begun and has to be ended first.
import {propose} from '../../commands/command-line.ts';
import {operationNoun} from '../../commands/operation-words.ts';
import {isOperation, releaseRef} from '../../commands/operation.ts';
import type {Remedy} from '../../core/cause.ts';
import {goesOnWith, mayBegin} from '../may-begin.ts';
import {isChange, type Snapshot} from '../snapshot.ts';

/** In the place of the first one that would be refused stand the ways to end what was begun. */
export function remediesThatMayBegin(snapshot: Snapshot, remedies: readonly Remedy[]): readonly Remedy[] {
  const isRefused = (remedy: Remedy) => !mayBegin(snapshot, kindOf(remedy) ?? 'recover');
  const first = remedies.findIndex(isRefused);
  if (first < 0) return remedies;
  const rest = remedies.filter((remedy) => !isRefused(remedy));
  const ways = waysToEnd(snapshot).filter((way) => !rest.some((remedy) => kindOf(remedy) === kindOf(way)));
  return [...rest.slice(0, first), ...ways, ...rest.slice(first)];
}

/** Null for what is no operation of ours. */
function kindOf({action, begins}: Remedy): string | null {
  if (begins !== undefined) return begins;
  return action && isOperation(action) ? action.kind : null;
}

function waysToEnd({operation, release, target}: Snapshot): readonly Remedy[] {
  const recover = {kind: 'recover', ...releaseRef(target)} as const;
  if (operation === null) return [propose('When no helm is at work on it any more: first complete it', recover)];
  const finish = propose(`First finish the ${operationNoun(operation.kind)} that was begun`, recover);
  const isTakenBack =
    isChange(operation.kind) &&
    !['restart', 'rollback', 'adopt'].includes(operation.kind) &&
    release.revisions.length > 1 &&
    goesOnWith(operation.kind, release.revisions.at(-1), 'rollback');
  const rollback = {kind: 'rollback', ...releaseRef(target), revision: null} as const;
  return [finish, ...(isTakenBack ? [propose('Or take it back; data and passwords stay', rollback)] : [])];
}
