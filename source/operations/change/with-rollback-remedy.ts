// Adds a rollback to the remedies of a change that failed after helm had applied it; to those of an adoption, the way
// back.
import {fromValues} from '../../chart/values.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import type {Remedy} from '../../core/cause.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {ChangeKind, Snapshot} from '../../observation/snapshot.ts';
import {nothingChanged, wayBack} from '../../plan/way-back.ts';
import type {Ending} from '../converge.ts';

export function withRollbackRemedy(ending: Ending, kind: ChangeKind, before: Snapshot): Ending {
  const {snapshot} = ending;
  if (ending.how !== 'failed' || !ending.cause || !snapshot || kind === 'restart' || kind === 'rollback') return ending;
  const remedies = kind === 'adopt' ? wayBackRemedies(before, snapshot) : rollbackRemedies(before, snapshot);
  if (remedies.length === 0) return ending;
  const others = ending.cause.remedies.filter(({action}) => action?.kind !== 'rollback');
  return {...ending, cause: {...ending.cause, remedies: [...others, ...remedies]}};
}

/** What was before is not ours. Where an earlier run has applied the adoption, helm's history says what was before. */
function wayBackRemedies(before: Snapshot, snapshot: Snapshot): readonly Remedy[] {
  const {target} = snapshot;
  const was = viewOf(before).newest;
  const isApplied = was?.revision !== viewOf(snapshot).newest?.revision;
  if (was && isApplied && fromValues(before.release.values) === null) return wayBack(target, was, nothingChanged);
  if (!isApplied && !before.operation) return [];
  return [propose('See the way back to what plain helm made', {kind: 'history', ...releaseRef(target)})];
}

/** Empty where helm applied nothing, and no earlier run that was interrupted may have. */
function rollbackRemedies(before: Snapshot, snapshot: Snapshot): readonly Remedy[] {
  const was = viewOf(before).newest;
  const isApplied = was?.revision !== viewOf(snapshot).newest?.revision;
  if (!isApplied && !before.operation) return [];
  const revision = isApplied && was?.status === 'deployed' ? was.revision : null;
  return [
    propose(
      `Go back to what it was${revision === null ? '' : ` in revision ${revision}`}: pods that are broken are ` +
        'replaced, data and passwords stay',
      {kind: 'rollback', ...releaseRef(snapshot.target), revision},
    ),
  ];
}
