// The remedy of a writer that is lost: a reader takes its role.
import type {Remedy} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';

/** Empty where there is no reader. `nodeIsOff`: the operator has to make sure of that first, which the title says. */
export function replaceWriter(
  snapshot: Snapshot,
  title: string,
  {nodeIsOff = false}: {readonly nodeIsOff?: boolean} = {},
): readonly Remedy[] {
  if (viewOf(snapshot).readersWanted === 0) return [];
  return [propose(title, {kind: 'failover', ...releaseRef(snapshot.target), to: null, nodeIsOff})];
}
