// `log` of a pod: lines of one container, a part of them, or as they come.
import type {ServerResponse} from 'node:http';
import {kinds} from '../../store/kinds.ts';
import type {KubeObject} from '../../store/objects.ts';
import {notFound, type Store} from '../../store/store.ts';
import type {LogLine, PodRuntime} from '../pod-runtime.ts';
import type {ApiRequest} from '../request.ts';
import type {Place} from '../routing.ts';
import {badRequest} from '../status-answer.ts';

/** @throws StatusError 400 for a container that is not named, not there or not started; 404 */
export async function log(
  store: Store,
  pods: PodRuntime,
  {namespace, name}: Place,
  {query}: ApiRequest,
  answer: ServerResponse,
): Promise<void> {
  const pod = store.get(kinds.pod, namespace, name ?? '');
  if (!pod) throw notFound(kinds.pod, name ?? '');
  const flag = (key: string) => ['true', '1'].includes(query.get(key) ?? '');
  const container = containerOf(pod, query.get('container'));
  const [follow, previous] = [flag('follow'), flag('previous')];
  checkStarted(pod, container, previous);
  const gone = new AbortController();
  answer.on('close', () => gone.abort());
  const sinceTime = query.get('sinceTime');
  const since = sinceTime
    ? Date.parse(sinceTime)
    : query.has('sinceSeconds')
      ? Date.now() - Number(query.get('sinceSeconds')) * 1000
      : 0;
  const text = ({time, line}: LogLine) =>
    `${flag('timestamps') ? `${time.toISOString().replace('Z', '000000Z')} ` : ''}${line}\n`;
  const tail = query.has('tailLines') ? Number(query.get('tailLines')) : null;
  const limit = Number(query.get('limitBytes') ?? 0) || Infinity;
  const of = {namespace: namespace ?? '', name: name ?? '', container};

  answer.writeHead(200, {'content-type': 'text/plain', 'cache-control': 'no-cache, private'});
  answer.flushHeaders();
  // Where a pod runs nowhere there is nothing to read, and the API server says so by saying nothing.
  if (!(pod['spec'] as {nodeName?: string}).nodeName) return void answer.end();
  let skip = 0;
  if (tail !== null) {
    // The last lines of now are counted first; what is followed continues behind them.
    let there = 0;
    for await (const {time} of pods.logs(of, {follow: false, previous, signal: gone.signal}))
      if (time.getTime() >= since) there++;
    skip = Math.max(0, there - tail);
  }
  let sent = 0;
  for await (const line of pods.logs(of, {follow, previous, signal: gone.signal})) {
    if (line.time.getTime() < since || skip-- > 0) continue;
    const bytes = Buffer.from(text(line)).subarray(0, limit - sent);
    sent += bytes.length;
    if (!answer.write(bytes) && !gone.signal.aborted)
      await new Promise((resolve) => answer.once('drain', resolve).once('close', resolve));
    if (gone.signal.aborted || sent >= limit) break;
  }
  answer.end();
}

interface Named {
  readonly name: string;
}
interface Status extends Named {
  readonly state?: {readonly waiting?: {readonly reason?: string; readonly message?: string}};
  readonly lastState?: {readonly terminated?: object};
}

/** The one that is named, or the only one. */
export function containerOf(pod: KubeObject, asked: string | null): string {
  const {containers = [], initContainers = []} = pod['spec'] as {containers?: Named[]; initContainers?: Named[]};
  const {name} = pod.metadata;
  if (asked) {
    if ([...containers, ...initContainers].some((one) => one.name === asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const [only, second] = containers;
  if (only && !second) return only.name;
  const list = (ones: readonly Named[]) => ones.map((one) => one.name).join(' ');
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: ` +
      `[${list(containers)}]` +
      `${initContainers.length > 0 ? ` or one of the init containers: [${list(initContainers)}]` : ''}`,
  );
}

function checkStarted(pod: KubeObject, container: string, previous: boolean): void {
  const {containerStatuses = [], initContainerStatuses = []} = (pod['status'] ?? {}) as {
    containerStatuses?: Status[];
    initContainerStatuses?: Status[];
  };
  const status = [...containerStatuses, ...initContainerStatuses].find((one) => one.name === container);
  if (previous && !status?.lastState?.terminated)
    throw badRequest(`previous terminated container "${container}" in pod "${pod.metadata.name}" not found`);
  const waiting = status?.state?.waiting;
  if (previous || !waiting || status.lastState?.terminated) return;
  const reason = waiting.reason ?? 'ContainerCreating';
  const words = /^(ErrImagePull|ImagePullBackOff)$/.test(reason)
    ? `trying and failing to pull image`
    : reason === 'ContainerCreating'
      ? 'ContainerCreating'
      : reason;
  throw badRequest(`container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${words}`);
}
