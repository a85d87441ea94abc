// A node threw the pod out: it ran short of memory or disk, or something more important came.
import {kubectl} from '../../commands/kubectl.ts';
import {cause} from '../../core/cause.ts';
import type {Pod} from '../kubernetes.ts';
import type {Snapshot} from '../snapshot.ts';
import {databasePods} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {capitalised} from '../../core/capitalised.ts';
import {evidence, nameOf, refTo} from './messages.ts';

/** Not certain: the StatefulSet recreates it, here or on another node. */
export function podEvicted(snapshot: Snapshot): FoundCause | null {
  for (const subject of databasePods(snapshot)) {
    const sign = signOf(subject.pod);
    if (!sign) continue;
    const node = subject.pod.spec.nodeName ?? 'its node';
    return {
      certain: false,
      cause: cause(
        'POD_EVICTED',
        `${capitalised(nameOf(subject))} was thrown out by ${node}: ${sign.words}. Its StatefulSet recreates it; its ` +
          'volume stays.',
        {
          object: refTo('Pod', subject.pod.metadata, snapshot),
          firstSeen: sign.since,
          evidence: evidence(sign.words),
          remedies: [
            {
              title: 'See what the nodes have and what is taken',
              command: kubectl(snapshot.target, 'describe', 'nodes'),
            },
            {
              title: 'Where it comes again: give the node room, or have the database run where there is some',
            },
          ],
        },
      ),
    };
  }
  return null;
}

/** Kubernetes API: status.reason of evicted pods, and the condition DisruptionTarget. */
function signOf({status}: Pod): {readonly words: string; readonly since: string | null} | null {
  if (status?.phase !== 'Failed') return null;
  const target = status.conditions?.find(({type, status: state}) => type === 'DisruptionTarget' && state === 'True');
  if (status.reason !== 'Evicted' && !target) return null;
  const said = [status.message, target?.message, target?.reason].find(Boolean) ?? 'it was evicted';
  return {words: said.trim().replace(/\.$/, ''), since: target?.lastTransitionTime ?? null};
}
