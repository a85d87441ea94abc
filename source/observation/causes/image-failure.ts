// Why an image cannot be pulled, from what kubelet says while the container waits for it.
import type {ContainerStatus} from '../kubernetes.ts';
import type {Snapshot} from '../snapshot.ts';
import {containersOf, databasePods, eventsAbout, firstSeenOf, isCurrent, type DatabasePod} from './database-pods.ts';

const forbidden =
  /\b40[13]\b|unauthorized|forbidden|\bdenied\b|authorization failed|authentication required|no basic auth credentials/i;

export type ImageProblem = 'limited' | 'forbidden' | 'absent' | 'other';

interface ImageFailure extends DatabasePod {
  readonly problem: ImageProblem;
  readonly image: string;
  readonly words: string;
  readonly firstSeen: string | null;
  /** The image is the one that is wanted now. */
  readonly current: boolean;
}

type Waiting = NonNullable<NonNullable<ContainerStatus['state']>['waiting']>;

/** Kubernetes: kubelet/images/types.go. */
export function waitsForImage({reason}: Waiting): boolean {
  return /^(ErrImagePull|ImagePullBackOff|InvalidImageName|RegistryUnavailable|ImageInspectError)$/.test(reason ?? '');
}

/** The first pod that waits for an image for this reason. */
export function imageFailure(snapshot: Snapshot, problem: ImageProblem): ImageFailure | null {
  for (const subject of databasePods(snapshot)) {
    for (const container of containersOf(subject.pod)) {
      const failure = failureOf(snapshot, subject, container);
      if (failure?.problem === problem) return failure;
    }
  }
  return null;
}

function failureOf(snapshot: Snapshot, subject: DatabasePod, container: ContainerStatus): ImageFailure | null {
  const waiting = container.state?.waiting;
  if (!waiting || !waitsForImage(waiting)) return null;
  const image = subject.pod.spec.containers?.find(({name}) => name === container.name)?.image ?? container.image ?? '';
  const event = eventsAbout(snapshot, 'Pod', subject.pod).findLast(
    ({reason, message}) => reason === 'Failed' && message?.includes(`"${image}"`),
  );
  return {
    ...subject,
    ...problemOf(waiting, event?.message ?? '', image),
    image,
    firstSeen: firstSeenOf(event),
    current: isCurrent(snapshot, subject),
  };
}

/**
 * What keeps a container waiting for its image, and the text that says it. Before Kubernetes 1.31 a backed-off
 * container says nothing but its image; then the event has the reason. `eventText`: empty where there is no event.
 */
export function problemOf(
  {reason = '', message = ''}: Waiting,
  eventText: string,
  image: string,
): {readonly problem: ImageProblem; readonly words: string} {
  const own = reason === 'InvalidImageName' ? 'absent' : problemIn(message, image);
  const fromEvent = own === 'other' ? problemIn(eventText, image) : 'other';
  if (fromEvent !== 'other') return {problem: fromEvent, words: eventText};
  return {problem: own, words: message || eventText || reason};
}

/** Names and digests may hold any word or number, so they are taken out before the text is read. */
function problemIn(message: string, image: string): ImageProblem {
  const text = (image ? message.replaceAll(image, ' ') : message)
    .replace(/https?:\/\/\S+/g, ' ')
    .replace(/"[^"]*"|\bsha256:\w+|\[manifests [^\]]*\]/g, ' ');
  if (/\b429\b|too ?many ?requests|rate limit/i.test(text)) return 'limited';
  if (forbidden.test(text)) return 'forbidden';
  if (/not found|\b404\b|manifest unknown|name unknown|repository does not exist/i.test(text)) return 'absent';
  return 'other';
}
