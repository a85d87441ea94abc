// Adds a rollback to the remedies of a change that failed after helm had applied it.
import {releaseRef} from '../commands/operation.ts';
import {propose} from '../commands/command-line.ts';
import type {Remedy} from '../core/cause.ts';
import {viewOf} from '../observation/release-view.ts';
import type {ChangeKind, Snapshot} from '../observation/snapshot.ts';
import type {Ending} from './converge.ts';

export function withRollbackRemedy(ending: Ending, kind: ChangeKind, before: Snapshot): Ending {
  const {snapshot} = ending;
  if (ending.how !== 'failed' || !ending.cause || !snapshot || kind === 'restart' || kind === 'rollback') return ending;
  // What was before is not ours: the plan of an adoption says how to go back there.
  if (kind === 'adopt') return ending;
  const remedy = rollbackRemedy(before, snapshot);
  if (!remedy) return ending;
  const others = ending.cause.remedies.filter(({action}) => action?.kind !== 'rollback');
  return {...ending, cause: {...ending.cause, remedies: [...others, remedy]}};
}

/** Null where helm applied nothing, and no earlier run that was interrupted may have. */
function rollbackRemedy(before: Snapshot, snapshot: Snapshot): Remedy | null {
  const was = viewOf(before).newest;
  const isApplied = was?.revision !== viewOf(snapshot).newest?.revision;
  if (!isApplied && !before.operation) return null;
  const revision = isApplied && was?.status === 'deployed' ? was.revision : null;
  return propose(
    `Go back to what it was${revision === null ? '' : ` in revision ${revision}`}: pods that are broken are ` +
      'replaced, data and passwords stay',
    {kind: 'rollback', ...releaseRef(snapshot.target), revision},
  );
}
