// The last words of containers in trouble: the reason for a crash is there and nowhere else.
import {isProxy} from '../chart/parameters/service-mesh.ts';
import type {ContainerStatus, Pod} from '../observation/kubernetes.ts';
import type {Api} from './api.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';

const tailLines = 25;
/** Kubelet answers with its own trouble as if it were the log. */
const kubeletWords = /^(failed to try resolving symlinks|unable to retrieve container logs|failed to open log file)/;

/** The lines of a log that a container has written. */
export function linesOfLog(text: string | null): readonly string[] {
  return (text ?? '').split('\n').filter((line) => line !== '' && !kubeletWords.test(line));
}

/**
 * Lines by pod name: for containers that ended at least once and are not ready, and for the `doubtful` pods. Of a pod
 * with several in trouble, those of the database.
 */
export async function readLogTails(
  api: Api,
  namespace: string,
  pods: readonly Pod[],
  doubtful: readonly string[],
): Promise<Record<string, readonly string[]>> {
  const concerned = pods.flatMap(({metadata, status}) =>
    [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
      .filter((container) => hasEnded(container) || (doubtful.includes(metadata.name) && isDatabase(container)))
      .map((container) => ({pod: metadata.name, container}))
      .sort((a, b) => Number(isDatabase(a.container)) - Number(isDatabase(b.container))),
  );
  const tails = await Promise.all(
    concerned.map(async ({pod, container}) => {
      // What a server that runs says now is why it does not stream, not what it said when it ended.
      const previous =
        hasEnded(container) && container.state?.running !== undefined && !(container.ready && doubtful.includes(pod));
      const query = {container: container.name, tailLines, ...(previous ? {previous: true} : {})};
      const text = await ifAllowed(api.text(`${paths.pods(namespace)}/${pod}/log`, query)).catch(() => null);
      return [pod, linesOfLog(text)] as const;
    }),
  );
  return Object.fromEntries(tails.filter(([, lines]) => lines.length > 0));
}

function isDatabase({name}: ContainerStatus): boolean {
  return name === 'postgresql';
}

/** Of a pod with one container of its own: a mesh may have put a proxy beside it, and then none is the default. */
export async function lastWordsOf(
  api: Api,
  namespace: string,
  {metadata: {name}, spec}: Pod,
  most: number,
): Promise<readonly string[]> {
  const container = spec.containers.find((one) => !isProxy(one.name))?.name;
  const query = {tailLines: most, ...(container === undefined ? {} : {container})};
  const text = await ifAllowed(api.text(`${paths.pods(namespace)}/${name}/log`, query)).catch(() => null);
  return linesOfLog(text);
}

/** Of pods with one container of their own: how far it is. */
export async function readLastLines(
  api: Api,
  namespace: string,
  pods: readonly Pod[],
): Promise<Record<string, readonly string[]>> {
  const tails = await Promise.all(
    pods.map(async (pod) => [pod.metadata.name, await lastWordsOf(api, namespace, pod, tailLines)] as const),
  );
  return Object.fromEntries(tails.filter(([, lines]) => lines.length > 0));
}

function hasEnded({ready, restartCount, lastState, state}: ContainerStatus): boolean {
  return !ready && (restartCount > 0 || lastState?.terminated !== undefined || state?.terminated !== undefined);
}
