// The last log lines of containers in trouble, because the reason for a crash is there and nowhere else.
import {databaseContainer} from '../chart/names.ts';
import {isProxy} from '../chart/parameters/service-mesh.ts';
import type {ContainerStatus, Pod} from '../observation/kubernetes.ts';
import type {Api} from './api.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';

const tailLines = 25;
/** The kubelet reports its own errors as if they were the log. */
const kubeletWords = /^(failed to try resolving symlinks|unable to retrieve container logs|failed to open log file)/;

/** The lines of a log that a container has written. */
export function linesOfLog(text: string | null): readonly string[] {
  return (text ?? '').split('\n').filter((line) => line !== '' && !kubeletWords.test(line));
}

/**
 * Lines by pod name: for containers that ended at least once and are not ready, and for the `withoutStream` pods. Where
 * several containers of a pod are in trouble, those of the database are taken.
 */
export async function readLogTails(
  api: Api,
  namespace: string,
  pods: readonly Pod[],
  withoutStream: readonly string[],
): Promise<Record<string, readonly string[]>> {
  const concerned = pods.flatMap(({metadata, status}) =>
    [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
      .filter((container) => hasEnded(container) || (withoutStream.includes(metadata.name) && isDatabase(container)))
      .map((container) => ({pod: metadata.name, container}))
      .sort((a, b) => Number(isDatabase(a.container)) - Number(isDatabase(b.container))),
  );
  const tails = await Promise.all(
    concerned.map(async ({pod, container}) => {
      // Why a running server does not stream is in its current log, not in the log of its previous container.
      const previous =
        hasEnded(container) &&
        container.state?.running !== undefined &&
        !(container.ready && withoutStream.includes(pod));
      const query = {container: container.name, tailLines, ...(previous ? {previous: true} : {})};
      const text = await ifAllowed(api.text(`${paths.pods(namespace)}/${pod}/log`, query)).catch(() => null);
      return [pod, linesOfLog(text)] as const;
    }),
  );
  return Object.fromEntries(tails.filter(([, lines]) => lines.length > 0));
}

function isDatabase({name}: ContainerStatus): boolean {
  return name === databaseContainer;
}

/**
 * For a pod with one container of its own. A mesh may have put a proxy beside it, and then the API has no default
 * container.
 */
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

/** For pods with one container of their own: the last lines tell how far it has come. */
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
