// A change that failed after helm had applied it: the way back is among the remedies.
import {releaseRef} from '../commands/operation.ts';
import {propose} from '../commands/command-line.ts';
import {viewOf} from '../observation/release-view.ts';
import type {ChangeKind, Snapshot} from '../observation/snapshot.ts';
import type {Ending} from './converge.ts';

export function withRollbackRemedy(ending: Ending, kind: ChangeKind, before: Snapshot): Ending {
  const {snapshot} = ending;
  if (ending.how !== 'failed' || !ending.cause || !snapshot || kind === 'restart' || kind === 'rollback') return ending;
  const [was, is] = [viewOf(before).newest, viewOf(snapshot).newest];
  const isApplied = was?.revision !== is?.revision;
  if (!isApplied && !before.operation) return ending;
  const revision = isApplied && was?.status === 'deployed' ? was.revision : null;
  const remedy = propose(
    `Go back to what it was${revision === null ? '' : ` in revision ${revision}`}: pods that are broken are ` +
      'replaced, data and passwords stay',
    {kind: 'rollback', ...releaseRef(snapshot.target), revision},
  );
  return {...ending, cause: {...ending.cause, remedies: [...ending.cause.remedies, remedy]}};
}
