// The node under a pod does not answer any more.
import {kubectl} from '../../commands/kubectl.ts';
import {cause} from '../../core/cause.ts';
import type {Pod} from '../kubernetes.ts';
import {outOfServiceCommand} from '../role/failover.ts';
import {isReady, viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {timeOf} from '../event-time.ts';
import {containersOf, eventsAbout, firstSeenOf, isOnReadyNode, isOverdue, momentOf} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {aloneText, replaceWriter, restoreInstead} from './replace-writer.ts';
import {evidence, nameOf, refTo} from './messages.ts';

const failoverTitle =
  'Only when the machine is certainly off, and its disk does not come back soon: have a reader become the writer. It ' +
  'says first what would be lost';

/** Not certain: the node may come back, and then the pod goes on as if nothing had happened. */
export function nodeLost(snapshot: Snapshot): FoundCause | null {
  const {writerPod, readerPods, writerSet, readerSet} = viewOf(snapshot);
  for (const pod of [writerPod, ...readerPods]) {
    const sign = pod ? signOf(snapshot, pod) : null;
    if (!pod || !sign) continue;
    const role = pod === writerPod ? 'writer' : 'reader';
    const node = pod.spec.nodeName ?? 'its node';
    const restored = restoreInstead(snapshot, 'When neither the node nor its disk comes back');
    const subject = {pod, role, set: role === 'writer' ? writerSet : readerSet} as const;
    return {
      certain: false,
      cause: cause(
        'NODE_LOST',
        `The node ${node} does not answer, so ${nameOf(subject)} is away. Kubernetes recreates it elsewhere ` +
          'only when it knows that it no longer runs there: two pods on one volume would destroy it.' +
          (role === 'writer' ? aloneText(snapshot) : ''),
        {
          object: refTo('Pod', pod.metadata, snapshot),
          firstSeen: sign.since,
          evidence: evidence(sign.words),
          remedies: pod.spec.nodeName
            ? [
                {
                  title: 'See how the node is; when it comes back, the pod does too',
                  command: kubectl(snapshot.target, 'describe', 'node', node),
                },
                {
                  title:
                    'Only when the machine is certainly off: say so, and the pod is recreated on another node ' +
                    'that reaches the volume',
                  command: outOfServiceCommand(snapshot.target, node),
                },
                ...(role === 'writer'
                  ? [...replaceWriter(snapshot, failoverTitle, {nodeIsOff: true}), ...restored]
                  : []),
              ]
            : [],
        },
      ),
    };
  }
  return null;
}

interface Sign {
  readonly words: string;
  readonly since: string | null;
}

/**
 * Source: the node lifecycle controller, the taint manager and the pod garbage collector of Kubernetes 1.20 to 1.34.
 */
function signOf(snapshot: Snapshot, pod: Pod): Sign | null {
  if (!pod.spec.nodeName || isOnReadyNode(snapshot, pod)) return null;
  return reportedLost(pod) ?? endlessDeletion(snapshot, pod) ?? notReady(snapshot, pod);
}

function reportedLost({status}: Pod): Sign | null {
  if (status?.reason !== 'NodeLost' && status?.phase !== 'Unknown') return null;
  return {words: status.message ?? status.reason ?? 'phase Unknown', since: null};
}

/** The cluster took the pod away from its node, or somebody deleted it, and no kubelet carries that out. */
function endlessDeletion(snapshot: Snapshot, pod: Pod): Sign | null {
  const {deletionTimestamp} = pod.metadata;
  if (!deletionTimestamp) return null;
  const evicted = pod.status?.conditions?.find(
    ({type, reason}) => type === 'DisruptionTarget' && /^Deletion(ByTaintManager|ByPodGC)$/.test(reason ?? ''),
  );
  if (!evicted && !isOverdue(snapshot, pod)) return null;
  return {
    words:
      evicted?.message ?? `the pod should have been gone at ${deletionTimestamp}, and its node does not confirm it`,
    since: evicted?.lastTransitionTime ?? deletionTimestamp,
  };
}

function notReady(snapshot: Snapshot, pod: Pod): Sign | null {
  if (isReady(pod)) return null;
  const event = eventsAbout(snapshot, 'Pod', pod).findLast(({reason}) => reason === 'NodeNotReady');
  if (!event || timeOf(event) <= heardFrom(snapshot, pod)) return null;
  return {words: event.message ?? 'Node is not ready', since: firstSeenOf(event)};
}

/**
 * When the node's kubelet last said anything of the pod, in milliseconds since the epoch: a container that was started
 * or has ended since, or an event of its own, proves that the node answers again.
 */
function heardFrom(snapshot: Snapshot, pod: Pod): number {
  const containers = containersOf(pod).flatMap(({state, lastState}) => [
    state?.running?.startedAt,
    ...[state?.terminated, lastState?.terminated].flatMap((ended) => [ended?.startedAt, ended?.finishedAt]),
  ]);
  const events = eventsAbout(snapshot, 'Pod', pod).filter(({source}) => source?.component === 'kubelet');
  return Math.max(0, ...containers.map(momentOf), ...events.map(timeOf));
}
