// `log` of a pod: the lines of one container, some of them or as they come.
import type {ServerResponse} from 'node:http';
import {kinds} from '../../store/kinds.ts';
import type {KubeObject} from '../../store/objects.ts';
import {notFound, type Store} from '../../store/store.ts';
import type {LogLine, PodRuntime} from '../../pod-runtime.ts';
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
  const options = optionsIn(query);
  const container = containerOf(pod, query.get('container'));
  checkStarted(pod, container, options.previous);
  const gone = new AbortController();
  answer.on('close', () => gone.abort());

  answer.writeHead(200, {'content-type': 'text/plain', 'cache-control': 'no-cache, private'});
  answer.flushHeaders();
  // A pod that is on no node has no log, and the API server then answers with an empty text.
  if ((pod['spec'] as {nodeName?: string}).nodeName) {
    const {previous} = options;
    const read = (follow: boolean) =>
      pods.logs({namespace: namespace ?? '', name: name ?? '', container}, {follow, previous, signal: gone.signal});
    await sendLines(read, options, answer, gone.signal);
  }
  answer.end();
}

interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** Milliseconds since 1970: older lines are left out. */
  readonly since: number;
  /** The last lines; null for all. */
  readonly tail: number | null;
  /** Bytes. */
  readonly limit: number;
}

function optionsIn(query: URLSearchParams): LogOptions {
  const flag = (key: string) => ['true', '1'].includes(query.get(key) ?? '');
  return {
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    since: sinceIn(query),
    tail: query.has('tailLines') ? Number(query.get('tailLines')) : null,
    limit: Number(query.get('limitBytes') ?? 0) || Infinity,
  };
}

function sinceIn(query: URLSearchParams): number {
  const sinceTime = query.get('sinceTime');
  if (sinceTime) return Date.parse(sinceTime);
  return query.has('sinceSeconds') ? Date.now() - Number(query.get('sinceSeconds')) * 1000 : 0;
}

/** Sends lines until there are no more, the limit is reached, or the client is gone. */
async function sendLines(
  read: (follow: boolean) => AsyncIterable<LogLine>,
  {follow, since, tail, limit, timestamps}: LogOptions,
  answer: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  // The last lines are counted among those that are there now; following continues after them.
  let skip = tail === null ? 0 : Math.max(0, (await countLines(read(false), since)) - tail);
  let sent = 0;
  for await (const line of read(follow)) {
    if (line.time.getTime() < since || skip-- > 0) continue;
    const bytes = Buffer.from(textOf(line, timestamps)).subarray(0, limit - sent);
    sent += bytes.length;
    if (!answer.write(bytes) && !gone.aborted)
      await new Promise((resolve) => answer.once('drain', resolve).once('close', resolve));
    if (gone.aborted || sent >= limit) break;
  }
}

async function countLines(lines: AsyncIterable<LogLine>, since: number): Promise<number> {
  let count = 0;
  for await (const {time} of lines) if (time.getTime() >= since) count++;
  return count;
}

function textOf({time, line}: LogLine, timestamps: boolean): string {
  return `${timestamps ? `${time.toISOString().replace('Z', '000000Z')} ` : ''}${line}\n`;
}

interface Named {
  readonly name: string;
}
interface Status extends Named {
  readonly state?: {readonly waiting?: {readonly reason?: string; readonly message?: string}};
  readonly lastState?: {readonly terminated?: object};
}

/** The container that is asked for, or the only one. */
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
  const status = statusOf(pod, container);
  if (previous && !status?.lastState?.terminated)
    throw badRequest(`previous terminated container "${container}" in pod "${pod.metadata.name}" not found`);
  const waiting = status?.state?.waiting;
  if (previous || !waiting || status.lastState?.terminated) return;
  const text = waitingText(waiting.reason ?? 'ContainerCreating');
  throw badRequest(`container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${text}`);
}

function waitingText(reason: string): string {
  return /^(ErrImagePull|ImagePullBackOff)$/.test(reason) ? 'trying and failing to pull image' : reason;
}

function statusOf(pod: KubeObject, container: string): Status | undefined {
  const {containerStatuses = [], initContainerStatuses = []} = (pod['status'] ?? {}) as {
    containerStatuses?: Status[];
    initContainerStatuses?: Status[];
  };
  return [...containerStatuses, ...initContainerStatuses].find((one) => one.name === container);
}
