// The writer's StatefulSet is scaled to 0.
import {kubectlHere} from '../../commands/kubectl.ts';
import {cause} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {viewOf} from '../release-view.ts';
import type {OperationRecord, Snapshot} from '../snapshot.ts';
import type {FoundCause} from './rule.ts';
import {evidence, refTo} from './messages.ts';

/** Certain where nobody is at work: a switchover scales it to 0 while the writer moves. */
export function writerStopped(snapshot: Snapshot): FoundCause | null {
  const {writerSet, newest} = viewOf(snapshot);
  if (writerSet?.spec.replicas !== 0 || newest?.status !== 'deployed' || snapshot.operation?.holderIsAlive) return null;
  const {name} = writerSet.metadata;
  return {
    certain: true,
    cause: cause(
      'WRITER_STOPPED',
      `There is no writer: its StatefulSet ${name} is asked for 0 pods. ${whyStopped(snapshot.operation?.kind)}`,
      {
        object: refTo('StatefulSet', writerSet.metadata, snapshot),
        evidence: evidence(`StatefulSet ${name}: spec.replicas 0`),
        remedies: [
          propose(goesOn(snapshot.operation?.kind), {kind: 'recover', ...releaseRef(snapshot.target)}),
          {
            title: 'See who set the number of pods',
            command: kubectlHere(snapshot.target, 'get', 'statefulset', name, '-o', 'yaml'),
          },
        ],
      },
    ),
  };
}

function whyStopped(kind: OperationRecord['kind'] | undefined): string {
  if (kind === 'failover')
    return 'A failover was begun and broken off: the earlier writer is cut off, and no reader has taken its role yet.';
  if (kind === 'switchover') return "A switchover was begun and broken off while the writer's role was on its way.";
  return (
    'Somebody scaled it to 0, or an operation that stops the writer for a moment was interrupted. Its data is ' +
    'untouched.'
  );
}

/** The title of the remedy: what recover does next. */
function goesOn(kind: OperationRecord['kind'] | undefined): string {
  if (kind === 'failover') return "Go on with the failover: a reader takes the writer's role";
  if (kind === 'switchover')
    return 'Go on with the switchover: the writer starts in its new place, or in the earlier one';
  return 'Go on from there: the writer is started again';
}
