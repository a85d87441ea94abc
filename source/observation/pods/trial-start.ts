// The writer's new pod template is started in a throw-away pod before the writer gets it: what that pod shows, judged.
import {cause, type Cause} from '../../core/cause.ts';
import {objectNames} from '../../chart/names.ts';
import {containersOf} from '../causes/database-pods.ts';
import {kubectl} from '../../commands/kubectl.ts';
import type {ContainerStatus, Pod} from '../kubernetes.ts';
import {isReady} from '../release-view.ts';
import type {Target} from '../snapshot.ts';

/** An empty database is made and started within seconds; a slow disk may take its time. */
const graceMs = 180_000;
const maxLines = 8;

/** `words`: the last lines of its log. `elapsedMs`: since it was asked for. */
export function trialStartState(
  pod: Pod | null,
  words: readonly string[],
  elapsedMs: number,
  target: Target,
): 'starting' | 'ready' | Cause {
  if (isReady(pod)) return 'ready';
  if (pod?.status?.phase === 'Failed' && /^OutOf/.test(pod.status.reason ?? '')) return noRoomFor(pod, target);
  const why = whyNot(pod, elapsedMs);
  return why === null ? 'starting' : doesNotStart(target, pod, why, words);
}

/** A scheduler that runs looks at a pod within a second. */
const schedulerGraceMs = 20_000;

/**
 * Whether the scheduler that a pod names is there: it has given the pod a node, or has said why it gives none.
 * `elapsedMs`: since the pod was asked for.
 */
export function schedulerState(
  pod: Pod | null,
  scheduler: string,
  elapsedMs: number,
  target: Target,
): 'awaited' | 'answers' | Cause {
  if (pod?.spec.nodeName || pod?.status?.conditions?.some(({type}) => type === 'PodScheduled')) return 'answers';
  return elapsedMs > schedulerGraceMs ? nobodySchedules(target, scheduler) : 'awaited';
}

function nobodySchedules(target: Target, scheduler: string): Cause {
  return cause(
    'UNSCHEDULABLE',
    `No scheduler named ${scheduler} looked at a pod in ${schedulerGraceMs / 1000} s: the writer would wait for it ` +
      'without end. Nothing was changed; the database runs on as it is.',
    {
      object: {kind: 'Pod', namespace: target.namespace, name: `${objectNames(target).writer}-0`},
      evidence: [`schedulerName: ${scheduler}`],
      remedies: [
        {title: 'See whether it runs', command: kubectl(target, 'get', 'pods', '--all-namespaces')},
        {title: 'Start that scheduler, or name another one (primary.schedulerName), and run the command again'},
      ],
    },
  );
}

/** The kubelet refuses a pod that its node has no room for. Source: Kubernetes, pkg/kubelet/lifecycle/predicate.go. */
function noRoomFor(pod: Pod, target: Target): Cause {
  const node = pod.spec.nodeName ?? 'of the writer';
  return cause(
    'UNSCHEDULABLE',
    `The node ${node} has no room for one more pod, in which what the writer is to become would be tried beside it. ` +
      'Nothing was changed; the database runs on as it is.',
    {
      object: {kind: 'Pod', namespace: target.namespace, name: pod.metadata.name},
      evidence: wordsOfKubernetes(pod),
      remedies: [
        {
          title: 'See what is on it, and make room for a small pod; then run the same command again',
          command: kubectl(target, 'describe', 'node', node),
        },
      ],
    },
  );
}

/** What Kubernetes says about the end of the pod: a line for each container that ended badly, and one for the pod. */
function wordsOfKubernetes(pod: Pod | null): readonly string[] {
  const {reason, message} = pod?.status ?? {};
  const ofPod = [reason, message].filter(Boolean).join(': ');
  return [
    ...(pod ? containersOf(pod) : []).filter(hasFailed).map((container) => {
      const end = container.state?.terminated ?? container.lastState?.terminated;
      const words = end?.message ? `: ${end.message}` : '';
      return `container ${container.name} terminated: ${endOf(container)}${words}`;
    }),
    ...(ofPod === '' ? [] : [`pod: ${ofPod}`]),
  ];
}

/** Why it will not get ready any more, in sentences; null while it may. */
function whyNot(pod: Pod | null, elapsedMs: number): string | null {
  const containers = pod ? containersOf(pod) : [];
  const ended = containers.find(hasFailed);
  if (ended) return `The container ${ended.name} ended: ${endOf(ended)}.`;
  const stuck = containers.find(cannotBeMade);
  if (stuck) {
    const {reason, message} = stuck.state?.waiting ?? {};
    return `The container ${stuck.name} cannot be made: ${message ?? reason ?? ''}.`;
  }
  if (pod?.status?.phase === 'Failed') return [pod.status.reason, pod.status.message].filter(Boolean).join(': ');
  return elapsedMs > graceMs ? `It was not ready after ${graceMs / 1000} s.` : null;
}

function cannotBeMade({state}: ContainerStatus): boolean {
  const reason = state?.waiting?.reason ?? '';
  return /^(CreateContainerError|CreateContainerConfigError|RunContainerError|InvalidImageName)$/.test(reason);
}

/** An init container has to end, and one that ended with 0 has not failed. */
function hasFailed({state, lastState}: ContainerStatus): boolean {
  const end = state?.terminated ?? lastState?.terminated;
  return end !== undefined && end.exitCode !== 0;
}

function endOf({state, lastState}: ContainerStatus): string {
  const end = state?.terminated ?? lastState?.terminated;
  return `${end?.reason ?? 'Error'}, exit code ${end?.exitCode ?? '?'}`;
}

function doesNotStart(target: Target, pod: Pod | null, why: string, words: readonly string[]): Cause {
  return cause(
    'CRASH_LOOP',
    `What the writer was to become does not start: it was tried in a pod of its own beside the writer. ${why} ` +
      'Nothing was changed; the database runs on as it is.',
    {
      object: {kind: 'Pod', namespace: target.namespace, name: pod?.metadata.name ?? ''},
      firstSeen: pod?.metadata.creationTimestamp ?? null,
      evidence: words.length > 0 ? words.slice(-maxLines) : wordsOfKubernetes(pod),
      remedies: [
        {title: 'Change what its last lines complain about (the image, or a setting), and run the command again'},
      ],
    },
  );
}
