// The writer's new definition is started in a throw-away pod before the writer gets it: what that pod shows, judged.
import {cause, type Cause} from '../core/cause.ts';
import type {ContainerStatus, Pod} from './kubernetes.ts';
import {isReady} from './release-view.ts';
import type {Target} from './snapshot.ts';

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
  const containers = [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])];
  const ended = containers.find(hasFailed);
  if (ended) return doesNotStart(target, pod, `The container ${ended.name} ended: ${endOf(ended)}.`, words);
  const stuck = containers.find(({state}) =>
    /^(CreateContainerError|CreateContainerConfigError|RunContainerError|InvalidImageName)$/.test(
      state?.waiting?.reason ?? '',
    ),
  );
  if (stuck)
    return doesNotStart(
      target,
      pod,
      `The container ${stuck.name} cannot be made: ` +
        `${stuck.state?.waiting?.message ?? stuck.state?.waiting?.reason ?? ''}.`,
      words,
    );
  if (pod?.status?.phase === 'Failed')
    return doesNotStart(target, pod, [pod.status.reason, pod.status.message].filter(Boolean).join(': '), words);
  return elapsedMs > graceMs
    ? doesNotStart(target, pod, `It was not ready after ${graceMs / 1000} s.`, words)
    : 'starting';
}

/** Init containers end well. */
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
      evidence: words.slice(-maxLines),
      remedies: [
        {title: 'Change what its last lines complain about (the image, or a setting), and run the command again'},
      ],
    },
  );
}
