// Somebody deleted a StatefulSet or a Service of the release, or a run that replaced one was killed in between.
import {cause} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {listed} from '../checks/messages.ts';
import {missingObjects, type MissingObject} from '../missing-objects.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import type {FoundCause} from './rule.ts';
import {evidence, refTo} from './messages.ts';

/** Certain where nobody is at work: helm makes them again only when it is told to. */
export function objectMissing(snapshot: Snapshot): FoundCause | null {
  const missing = missingObjects(snapshot);
  const [first] = missing;
  if (!first || snapshot.operation?.holderIsAlive) return null;
  const {release} = snapshot.target;
  const are = missing.length === 1 ? 'is' : 'are';
  return {
    certain: true,
    cause: cause(
      'OBJECT_MISSING',
      `${listed(missing.map(({kind, name}) => `the ${kind} ${name}`)).replace(/^t/, 'T')} of ${release} ${are} not ` +
        `there, although helm made ${missing.length === 1 ? 'it' : 'them'}. ${meaningOf(snapshot, first)}`,
      {
        object: refTo(first.kind, first, snapshot),
        evidence: evidence(...missing.map(({kind, name}) => `${kind} ${name}: not found`)),
        remedies: [
          propose('Have helm make what is missing; data and passwords stay', {
            kind: 'recover',
            ...releaseRef(snapshot.target),
          }),
        ],
      },
    ),
  };
}

function meaningOf(snapshot: Snapshot, {kind, name}: MissingObject): string {
  if (kind === 'Service') return 'Clients have no address to go to; the pods run on.';
  const {writerPod, readerPods} = viewOf(snapshot);
  const runs = [writerPod, ...readerPods].some((pod) => pod?.metadata.name.startsWith(`${name}-`));
  return runs ? 'Its pods run on, and nobody recreates them when they end.' : 'Nobody makes its pods.';
}
