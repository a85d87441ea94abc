// An image is tried in a throw-away pod before anything depends on it: what that pod shows, judged.
import {cause, type Cause, type CauseCode, type ObjectRef, type Remedy} from '../../core/cause.ts';
import {problemOf, waitsForImage, type ImageProblem} from '../causes/image-failure.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import type {ClusterEvent, ContainerStatus, Pod} from '../kubernetes.ts';
import {otherRegistry} from '../../parameters/image-source.ts';
import type {Target} from '../snapshot.ts';

type TrialState =
  | {readonly state: 'pulling'}
  | {readonly state: 'pulled'}
  /** `lasting`: trying again does not heal it. */
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
  absent: [{title: 'Name another one with --image-tag'}, {title: `Name a registry that has it with ${otherRegistry}`}],
  forbidden: [
    {
      title:
        'Install again with --pull-secret, naming a Secret that may pull it, or name another registry with ' +
        otherRegistry,
    },
  ],
  limited: [{title: `Wait and run the same command again, or name another registry with ${otherRegistry}`}],
  other: [{title: 'Run the same command again when the way from the nodes to the registry is repaired', again: true}],
};

/** The trial's own container. Others may stand beside it, or even before it, such as the proxy of a service mesh. */
export const trialContainerName = 'image';

export function trialContainer(pod: Pod | null): ContainerStatus | undefined {
  return pod?.status?.containerStatuses?.find(({name}) => name === trialContainerName);
}

/** `pod`: as it is now; null while it is not there yet. `events`: those about it. */
export function trialState(
  pod: Pod | null,
  events: readonly ClusterEvent[],
  image: string,
  target: Target,
): TrialState {
  if (!pod) return {state: 'pulling'};
  const container = trialContainer(pod);
  if (container && hasImage(container)) return {state: 'pulled'};
  if (pod.status?.phase === 'Failed') return refusedByNode(pod, image, target);
  const waiting = container?.state?.waiting;
  if (!waiting || !waitsForImage(waiting)) return {state: 'pulling'};
  return notPulled(pod, problemOf(waiting, failureText(events, image), image), image, target);
}

/** Empty where there is no such event. */
function failureText(events: readonly ClusterEvent[], image: string): string {
  const event = events.findLast(({reason, message}) => reason === 'Failed' && message?.includes(image));
  return event?.message ?? '';
}

/** The container was started, or failed to start for another reason: kubelet pulls the image before that. */
function hasImage({state, lastState}: ContainerStatus): boolean {
  if (state?.running || state?.terminated || lastState?.terminated) return true;
  return /^(RunContainerError|CreateContainerError|CrashLoopBackOff)$/.test(state?.waiting?.reason ?? '');
}

/** `beside`: the pod whose node was to pull it. `why`: as wantOfRoom says it. */
export function noRoomToTry(image: string, beside: Pod, why: string, words: string, target: Target): Cause {
  return cause(
    'QUOTA_EXCEEDED',
    `The image ${image} could not be tried on ${nodeOf(beside)} in a pod of its own: ${why}. Nothing was changed.`,
    {
      object: objectOf(beside, target),
      evidence: [words],
      remedies: [
        {
          title: 'Have room made for one small pod that runs for seconds, then run the same command again',
          command: kubectlHere(target, 'describe', 'limitrange,resourcequota'),
        },
      ],
    },
  );
}

function refusedByNode(pod: Pod, image: string, target: Target): TrialState {
  const node = nodeOf(pod);
  const text = [pod.status?.reason, pod.status?.message].filter(Boolean).join(': ');
  return {
    state: 'failed',
    lasting: true,
    cause: cause(
      'UNSCHEDULABLE',
      `The image ${image} could not be tried on ${node}: the node does not take another pod. Nothing was changed.`,
      {
        object: objectOf(pod, target),
        evidence: text ? [text] : [],
        remedies: [
          {title: 'See what the node has and what is taken', command: kubectlHere(target, 'describe', 'node', node)},
        ],
      },
    ),
  };
}

function notPulled(
  pod: Pod,
  {problem, words}: {readonly problem: ImageProblem; readonly words: string},
  image: string,
  target: Target,
): TrialState {
  return {
    state: 'failed',
    lasting: problem !== 'other',
    cause: cause(
      codes[problem],
      `The image ${image} cannot be pulled on ${nodeOf(pod)}: ${said[problem]}. Nothing was changed; the database ` +
        'runs on with the image it has.',
      {
        object: objectOf(pod, target),
        firstSeen: pod.metadata.creationTimestamp ?? null,
        evidence: [words.slice(0, 500)],
        remedies: remedies[problem],
      },
    ),
  };
}

function nodeOf({spec}: Pod): string {
  return spec.nodeName ?? 'its node';
}

function objectOf({metadata}: Pod, {namespace}: Target): ObjectRef {
  return {kind: 'Pod', namespace, name: metadata.name};
}

/** Says which library of ICU the server is linked with, in the official image and in Bitnami's. */
export const icuScript = [
  'for d in /opt/bitnami/postgresql/bin /usr/lib/postgresql/*/bin; do PATH=$PATH:$d; done',
  'ldd "$(readlink -f "$(command -v postgres)")" 2> /dev/null || :',
].join('; ');

/** What the trial's pod runs. Where `getconf` says nothing, the image does not have the GNU C library (glibc). */
export const trialCommand: readonly string[] = [
  'sh',
  '-c',
  `postgres --version; getconf GNU_LIBC_VERSION || :; ${icuScript}`,
];

/** The ICU library in the output of ldd, which sorts text: `libicui18n.so.72`; null where there is none. */
export function icuIn(output: string): string | null {
  return /\b(libicui18n\.so\.\d+)/.exec(output)?.[1] ?? null;
}

/** `glibc 2.36` → `2.36`, as PostgreSQL writes it down; null when the image does not say. */
export function libraryIn(output: string): string | null {
  return /^glibc (\d+(?:\.\d+)+)$/m.exec(output)?.[1] ?? null;
}

/** `postgres (PostgreSQL) 17.6 (Debian …)` → `17.6`; null when it is something else. */
export function versionIn(output: string): string | null {
  return /\(PostgreSQL\) (\d+(?:\.\d+)?)/.exec(output)?.[1] ?? null;
}
