// An image is tried in a throw-away pod before anything depends on it: what that pod shows, judged.
import {cause, type Cause, type CauseCode, type Remedy} from '../core/cause.ts';
import {problemIn, waitingForImage, type ImageProblem} from './causes/image-failure.ts';
import {kubectlHere} from './checks/messages.ts';
import type {ClusterEvent, Pod} from './kubernetes.ts';
import type {Target} from './snapshot.ts';

export type TrialState =
  | {readonly state: 'pulling'}
  | {readonly state: 'pulled'}
  /** `lasting`: trying on does not heal it. */
  | {readonly state: 'failed'; readonly cause: Cause; readonly lasting: boolean};

const codes: Readonly<Record<ImageProblem, CauseCode>> = {
  absent: 'IMAGE_NOT_FOUND',
  forbidden: 'IMAGE_FORBIDDEN',
  limited: 'IMAGE_RATE_LIMITED',
  other: 'IMAGE_NOT_FOUND',
};
const said: Readonly<Record<ImageProblem, string>> = {
  absent: 'the registry has no such image',
  forbidden: 'the registry does not give it to this cluster',
  limited: 'the registry counts pulls and refuses more for now',
  other: 'its registry does not answer as it should',
};
const remedies: Readonly<Record<ImageProblem, readonly Remedy[]>> = {
  absent: [
    {title: 'Name another one with --image-tag'},
    {title: 'Name a registry that has it with --image-source mirror:REGISTRY[/PATH]'},
  ],
  forbidden: [
    {
      title:
        'Install again with --pull-secret, naming a Secret that may pull it, or name another registry with ' +
        '--image-source mirror:REGISTRY[/PATH]',
    },
  ],
  limited: [
    {title: 'Wait and run the same command again, or name another registry with --image-source mirror:REGISTRY[/PATH]'},
  ],
  other: [{title: 'Run the same command again when the way from the nodes to the registry is repaired', again: true}],
};

/** `pod`: as it is now; null while it is not there yet. `events`: those about it. */
export function trialState(
  pod: Pod | null,
  events: readonly ClusterEvent[],
  image: string,
  target: Target,
): TrialState {
  const node = pod?.spec.nodeName ?? 'its node';
  const [container] = pod?.status?.containerStatuses ?? [];
  if (container?.state?.running || container?.state?.terminated || container?.lastState?.terminated)
    return {state: 'pulled'};
  const {reason = '', message = ''} = container?.state?.waiting ?? {};
  if (/^(RunContainerError|CreateContainerError|CrashLoopBackOff)$/.test(reason)) return {state: 'pulled'};
  const about = {object: {kind: 'Pod', namespace: target.namespace, name: pod?.metadata.name ?? ''}};
  if (pod?.status?.phase === 'Failed') {
    const text = [pod.status.reason, pod.status.message].filter(Boolean).join(': ');
    return {
      state: 'failed',
      lasting: true,
      cause: cause(
        'UNSCHEDULABLE',
        `The image ${image} could not be tried on ${node}: the node does not take another pod. Nothing was changed.`,
        {
          ...about,
          evidence: text ? [text] : [],
          remedies: [
            {title: 'See what the node has and what is taken', command: kubectlHere(target, 'describe', 'node', node)},
          ],
        },
      ),
    };
  }
  if (!waitingForImage.test(reason)) return {state: 'pulling'};
  const event =
    events.findLast(({reason: why, message: text}) => why === 'Failed' && text?.includes(image))?.message ?? '';
  // A container that is backed off may say nothing but its image; then the event has the reason.
  const own = reason === 'InvalidImageName' ? 'absent' : problemIn(message, image);
  const problem = own === 'other' ? problemIn(event, image) : own;
  return {
    state: 'failed',
    lasting: problem !== 'other',
    cause: cause(
      codes[problem],
      `The image ${image} cannot be pulled on ${node}: ${said[problem]}. Nothing was changed; the database runs ` +
        'on with the image it has.',
      {
        ...about,
        firstSeen: pod?.metadata.creationTimestamp ?? null,
        evidence: [
          ...new Set([own === 'other' && problem !== 'other' ? event : message || event || reason].filter(Boolean)),
        ].map((text) => text.slice(0, 500)),
        remedies: remedies[problem],
      },
    ),
  };
}

/** `postgres (PostgreSQL) 17.6 (Debian …)` → `17.6`; null when it is something else. */
export function versionIn(output: string): string | null {
  return /\(PostgreSQL\) (\d+(?:\.\d+)?)/.exec(output)?.[1] ?? null;
}
