// A pod has a node and does not start there: one of its volumes is not attached or not mounted.
import {kubectl, kubectlHere} from '../../commands/kubectl.ts';
import {cause} from '../../core/cause.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import type {Snapshot} from '../snapshot.ts';
import {databasePods, eventsAbout, firstSeenOf, isCurrent, momentOf, type DatabasePod} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {changeValues, evidence, nameOf, refTo} from './messages.ts';

/** Kubernetes: kubelet/events/event.go and the attach/detach controller. */
const failed = /^(FailedMount|FailedAttachVolume|FailedMapVolume)$/;
/** Detaching a disk from the earlier node takes some seconds. */
const graceMs = 10_000;

interface Meaning {
  readonly pattern: RegExp;
  readonly words: string;
  /** Nothing changes by itself. */
  readonly lasts: boolean;
}

const meanings: readonly Meaning[] = [
  {
    pattern: /Multi-Attach error/,
    words: 'its disk is still attached to another node, and Kubernetes waits until that node lets it go',
    lasts: false,
  },
  {
    pattern: /(secret|configmap) "[^"]*" not found|references non-existent (secret|config) key/,
    words: 'a Secret or ConfigMap that it mounts is not there, or lacks a key',
    lasts: true,
  },
];

/** A mount that fails for want of permission belongs to another rule (volume-permission.ts). */
export function volumeNotMounted(snapshot: Snapshot): FoundCause | null {
  for (const subject of databasePods(snapshot)) {
    if (hasStarted(subject)) continue;
    const events = eventsAbout(snapshot, 'Pod', subject.pod).filter(({reason}) => failed.test(reason ?? ''));
    const newest = events.at(-1);
    const since = firstSeenOf(events[0]);
    if (!newest || clusterTimeOf(snapshot) - momentOf(since) < graceMs) continue;
    const text = newest.message ?? newest.reason ?? '';
    const meaning = meanings.find(({pattern}) => pattern.test(text));
    return {
      certain: meaning?.lasts === true && isCurrent(snapshot, subject),
      cause: cause(
        'VOLUME_NOT_MOUNTED',
        `A volume of ${nameOf(subject)} is not there on ${subject.pod.spec.nodeName ?? 'its node'}: ` +
          `${meaning?.words ?? 'the cluster says why below'}. The pod starts when it is.`,
        {
          object: refTo('Pod', subject.pod.metadata, snapshot),
          firstSeen: since,
          evidence: evidence(text),
          remedies: remediesOf(snapshot, subject, meaning),
        },
      ),
    };
  }
  return null;
}

function remediesOf(snapshot: Snapshot, {pod}: DatabasePod, meaning: Meaning | undefined) {
  const describe = {
    title: 'See what the pod waits for',
    command: kubectlHere(snapshot.target, 'describe', 'pod', pod.metadata.name),
  };
  if (meaning?.lasts) {
    return [
      {
        title: 'Make the Secret or ConfigMap that it names: the pod tries again by itself. See what there is',
        command: kubectlHere(snapshot.target, 'get', 'secrets,configmaps'),
      },
      changeValues(snapshot, 'what names it'),
    ];
  }
  return [
    describe,
    {title: 'See to which nodes disks are attached', command: kubectl(snapshot.target, 'get', 'volumeattachments')},
    {
      title: 'See whether the driver of the storage class runs',
      command: kubectl(snapshot.target, 'get', 'pods', '--all-namespaces'),
    },
  ];
}

function hasStarted({pod}: DatabasePod): boolean {
  const all = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return all.some(({state, lastState}) => state?.running ?? state?.terminated ?? lastState?.terminated);
}
