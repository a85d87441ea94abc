// The writer's StatefulSet is asked for no pod.
import {cause} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import type {FoundCause} from './rule.ts';
import {evidence, kubectl, refTo} from './messages.ts';

/** Certain where nobody is at work: a switchover asks for none while the writer moves. */
export function writerStopped(snapshot: Snapshot): FoundCause | null {
  const {writerSet, newest} = viewOf(snapshot);
  if (writerSet?.spec.replicas !== 0 || newest?.status !== 'deployed' || snapshot.operation?.holderIsAlive) return null;
  const {name} = writerSet.metadata;
  return {
    certain: true,
    cause: cause(
      'WRITER_STOPPED',
      `There is no writer: its StatefulSet ${name} is asked for 0 pods. Somebody scaled it to 0, or an operation ` +
        'that stops the writer for a moment was interrupted. Its data is untouched.',
      {
        object: refTo('StatefulSet', writerSet.metadata, snapshot),
        evidence: evidence(`StatefulSet ${name}: spec.replicas 0`),
        remedies: [
          propose('Go on from there: the writer is started again', {kind: 'recover', ...releaseRef(snapshot.target)}),
          {title: 'See who set the number of pods', command: kubectl(snapshot, `get statefulset ${name} -o yaml`)},
        ],
      },
    ),
  };
}
