// Requests to the Kubernetes API as raw JSON. client-node knows the kubeconfig and its credential plugins; the rest is
// HTTPS.
import {request as httpsRequest} from 'node:https';
import {request as httpRequest} from 'node:http';
import type {ClientRequest, IncomingMessage, RequestOptions} from 'node:http';
import type {Agent} from 'node:https';
import {setTimeout as pause} from 'node:timers/promises';
import type {Metadata} from '../observation/kubernetes.ts';
import {collect, ConnectionError, parsed} from './answer.ts';
import {ClusterClock} from './cluster-clock.ts';
import {credentialsExpired, credentialsUnusable} from './credentials-expired.ts';
import {paths} from './paths.ts';
import type {Query, SendOptions} from './send-options.ts';
import {clock} from '../core/time.ts';

export {ConnectionError} from './answer.ts';

/** What supplies the credentials: client-node's KubeConfig, as far as it is used here. */
export interface CredentialSource {
  applyToHTTPSOptions(options: RequestOptions): Promise<void>;
  /** Called when the server has refused the credentials of a request that was sent then, by the program's clock. */
  forget?(sentAt: number): void;
}

/** The API server answered with a Status other than success. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    /** Such as `NotFound`, `AlreadyExists`, `Conflict`, `Forbidden`. */
    readonly reason: string,
    message: string,
    /** Milliseconds after which the server wants to be asked again; 0: it does not say. */
    readonly retryAfterMs = 0,
    /** Of the kubeconfig; null: not known. */
    readonly context: string | null = null,
  ) {
    super(message);
  }
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

export interface List<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

type PatchType = 'merge-patch' | 'strategic-merge-patch' | 'apply-patch';

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
/** How long the server may be silent, in the middle of an answer too. */
const silenceMs = 10_000;
/**
 * What a server answers that is busy, or changes its leader. The request is sent again: a question changes nothing, a
 * patch or a deletion has the same effect a second time, and an object that was made already is found, see `create`.
 */
const momentary = [429, 500, 502, 503, 504];
/** Six tries: where one request in five fails, only one in fifteen thousand fails six times. */
const pausesMs = [100, 200, 400, 800, 1600];
/** How often an answer or a connection that breaks off is tried again; after that the user is told. */
const maxBroken = 2;
const broken = ['ECONNRESET', 'EPIPE', 'ECONNABORTED'];
/** The longest pause, even where the server asks for a longer one. */
const longestPauseMs = 5000;
/** An unanswered webhook takes up to 30 s to fail, and trying again does not help: somebody has to repair it. */
const isAnothers = /failed calling webhook/;
/** The answer to a list whose next page is asked for too late, and to a watch that begins too far back. */
const goneStatus = 410;
/** The server writes times in seconds. */
const secondMs = 1000;
const questions: readonly string[] = [paths.accessReview, paths.selfReview];
/** How many kept connections in a row may turn out to be closed by the server meanwhile. */
const maxStale = 3;

type Init = RequestOptions & {readonly agent: Agent | undefined};

/** A request that got no answer. */
interface Break {
  readonly error: Error;
  /** The server closed a kept connection just as it was used again: it did not take the request. */
  readonly isStale: boolean;
  /** The connection was there, and broke off. */
  readonly isBroken: boolean;
}

interface NextTry {
  readonly afterMs: number;
  readonly options: SendOptions;
}

function isAlreadyThere(error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'AlreadyExists';
}

/** True of questions, including those that are asked by POST, and of every dry run. */
function changesNothing(method: string, path: string, {query}: SendOptions): boolean {
  return method === 'GET' || query?.['dryRun'] !== undefined || questions.includes(path);
}

function mayResend({resent = 0, signal}: SendOptions): boolean {
  return resent < maxStale && !signal?.aborted;
}

function urlOf(server: string, path: string, query: Query = {}): URL {
  const url = new URL(server.replace(/\/+$/, '') + path);
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) url.searchParams.append(key, String(one));
  }
  return url;
}

export class Api {
  readonly clock = new ClusterClock();
  private agent: Agent | null = null;

  constructor(
    private readonly server: string,
    private readonly credentials: CredentialSource,
    private readonly timeoutMs = silenceMs,
    /** Of the kubeconfig, for commands that are proposed; null: not known. */
    private readonly context: string | null = null,
  ) {}

  async get<T>(path: string, query: Query = {}): Promise<T> {
    return (await this.json('GET', path, {query})) as T;
  }

  /** Null when there is no such object. */
  async find<T>(path: string): Promise<T | null> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  /** All pages. The server's items lack kind and apiVersion, as Kubernetes lists do. */
  async list<T>(path: string, query: Query = {}): Promise<List<T>> {
    return this.pages<T>(path, query, 'application/json');
  }

  /** Lists the metadata only, which for Secrets that hold releases is two orders of magnitude less. */
  async listMetadata(path: string, query: Query = {}): Promise<List<{readonly metadata: Metadata}>> {
    return this.pages(path, query, metadataOnly);
  }

  /**
   * Where an answer got lost, the object may have been made all the same: then the next try finds it.
   * @throws ApiError AlreadyExists where it was there before
   */
  async create(path: string, body: unknown, query: Query = {}): Promise<unknown> {
    const began = this.clock.now();
    let isRepeated = false;
    const onRepeat = () => void (isRepeated = true);
    try {
      return await this.json('POST', path, {query, body, contentType: 'application/json', onRepeat});
    } catch (error) {
      const made = isRepeated && isAlreadyThere(error) ? await this.madeSince(path, body, began) : null;
      if (made) return made;
      throw error;
    }
  }

  private async madeSince(path: string, body: unknown, began: number): Promise<object | null> {
    const {name} = (body as {readonly metadata?: Partial<Metadata>}).metadata ?? {};
    const found = name === undefined ? null : await this.find<{readonly metadata: Metadata}>(`${path}/${name}`);
    const isNew = Date.parse(found?.metadata.creationTimestamp ?? '') >= began - secondMs;
    return isNew && !found?.metadata.deletionTimestamp ? found : null;
  }

  async replace(path: string, body: unknown): Promise<unknown> {
    return this.json('PUT', path, {body, contentType: 'application/json'});
  }

  async patch(path: string, body: unknown, type: PatchType = 'merge-patch', query: Query = {}): Promise<unknown> {
    return this.json('PATCH', path, {query, body, contentType: `application/${type}+json`});
  }

  /** Nothing happens when the object is gone already. */
  async delete(path: string, body: unknown = {}): Promise<void> {
    try {
      await this.json('DELETE', path, {body, contentType: 'application/json'});
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return;
      throw error;
    }
  }

  async text(path: string, query: Query = {}): Promise<string> {
    return this.whole('GET', path, {query});
  }

  /** The body as it arrives, for following a container's log. */
  async stream(path: string, query: Query, signal: AbortSignal): Promise<IncomingMessage> {
    return this.send('GET', path, {query, signal, noTimeout: true});
  }

  /** Ends when the server closes the watch; throws ApiError and ConnectionError. */
  async *watch<T>(path: string, query: Query, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
    const answer = await this.send('GET', path, {
      query: {...query, watch: true, allowWatchBookmarks: true},
      signal,
      noTimeout: true,
    });
    let rest = '';
    answer.setEncoding('utf8');
    try {
      for await (const chunk of answer) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line) yield parsed(line) as WatchEvent<T>;
      }
    } catch (error) {
      if (signal.aborted || error instanceof ConnectionError) throw error;
      throw new ConnectionError(error instanceof Error ? error.message : String(error));
    }
  }

  /** Closes idle connections, so that the process can end. */
  close(): void {
    this.agent?.destroy();
  }

  private async pages<T>(path: string, query: Query, accept: string): Promise<List<T>> {
    try {
      return await this.allPages(path, query, accept);
    } catch (error) {
      // On a slow way the server forgets the list before its last page is asked for: then it begins again, once.
      if (!(error instanceof ApiError) || error.status !== goneStatus) throw error;
      return this.allPages(path, query, accept);
    }
  }

  private async allPages<T>(path: string, query: Query, accept: string): Promise<List<T>> {
    const items: T[] = [];
    let next = '';
    let resourceVersion = '';
    do {
      const page = (await this.json('GET', path, {
        query: {limit: 500, ...query, ...(next ? {continue: next} : {})},
        accept,
      })) as {items?: T[]; metadata?: {continue?: string; resourceVersion?: string}};
      items.push(...(page.items ?? []));
      next = page.metadata?.continue ?? '';
      resourceVersion = page.metadata?.resourceVersion ?? resourceVersion;
    } while (next);
    return {items, resourceVersion};
  }

  private async json(method: string, path: string, options: SendOptions): Promise<unknown> {
    return parsed((await this.whole(method, path, options)) || '{}');
  }

  /** A request whose answer breaks off is sent again, where it changes nothing. */
  private async whole(method: string, path: string, options: SendOptions): Promise<string> {
    for (let tried = 0; ; tried++) {
      const answer = await this.send(method, path, options);
      try {
        return await collect(answer);
      } catch (error) {
        if (tried >= maxBroken || !changesNothing(method, path, options)) throw error;
        await pause(pausesMs[tried]);
      }
    }
  }

  private async send(method: string, path: string, options: SendOptions): Promise<IncomingMessage> {
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const init = await this.initOf(method, options, body);
    const askedAt = clock.now();
    const sent = await this.attempt(urlOf(this.server, path, options.query), init, body, options);
    const next =
      'error' in sent
        ? this.afterBreak(sent, changesNothing(method, path, options), options)
        : await this.afterAnswer(sent.answer, askedAt, options);
    if ('answer' in next) return next.answer;
    if (next.afterMs > 0) await pause(next.afterMs, null, options.signal ? {signal: options.signal} : {});
    options.onRepeat?.();
    return this.send(method, path, next.options);
  }

  /** @throws the error, where it is not sent again */
  private afterBreak({error, isStale, isBroken}: Break, isQuestion: boolean, options: SendOptions): NextTry {
    if (!isQuestion) throw error;
    // The server may have closed a kept connection at the moment in which it was used.
    if (isStale && mayResend(options)) return {afterMs: 0, options: {...options, resent: (options.resent ?? 0) + 1}};
    const {brokenOff = 0} = options;
    const afterMs = isBroken && !options.signal?.aborted && brokenOff < maxBroken ? pausesMs[brokenOff] : undefined;
    if (afterMs === undefined) throw error;
    return {afterMs, options: {...options, brokenOff: brokenOff + 1}};
  }

  /** @throws ApiError, and UserError CREDENTIALS_EXPIRED */
  private async afterAnswer(
    answer: IncomingMessage,
    askedAt: number,
    options: SendOptions,
  ): Promise<NextTry | {readonly answer: IncomingMessage}> {
    this.clock.hear(answer.headers.date, askedAt);
    const {statusCode: status = 500} = answer;
    if (status < 400) return {answer};
    const failure = await this.failure(answer);
    const next = this.nextTry(status, failure, askedAt, options);
    if (!next) throw failure;
    return next;
  }

  /** @throws UserError CREDENTIALS_EXPIRED where the credential plugin gives none */
  private async initOf(method: string, options: SendOptions, body: string | undefined): Promise<Init> {
    const credentials: RequestOptions & {agent?: Agent} = {};
    try {
      await this.credentials.applyToHTTPSOptions(credentials);
    } catch (error) {
      throw credentialsUnusable(this.server, this.context, error);
    }
    if (!this.agent) {
      // One agent for all requests: a TLS handshake costs more than most answers.
      this.agent = credentials.agent as Agent;
      Object.assign(this.agent, {keepAlive: true, maxFreeSockets: 16});
    }
    // The agent's own options win over those of a request, and client-node keeps the agent with its first certificate.
    const {cert, key} = credentials as {readonly cert?: unknown; readonly key?: unknown};
    if (cert && this.agent?.options) Object.assign(this.agent.options, {cert, key});
    return {
      ...credentials,
      agent: this.agent ?? undefined,
      method,
      headers: {
        ...(credentials.headers as Record<string, string>),
        Accept: options.accept ?? 'application/json',
        ...(body === undefined ? {} : {'Content-Type': options.contentType, 'Content-Length': Buffer.byteLength(body)}),
      },
      ...(options.signal ? {signal: options.signal} : {}),
    };
  }

  private attempt(
    url: URL,
    init: Init,
    body: string | undefined,
    {noTimeout, signal}: SendOptions,
  ): Promise<{readonly answer: IncomingMessage} | Break> {
    return new Promise((resolve) => {
      const request = this.begin(url, init, (answer) => resolve({answer}));
      if (!noTimeout) {
        request.setTimeout(this.timeoutMs, () => request.destroy(new Error(`no answer in ${this.timeoutMs / 1000} s`)));
      }
      request.on('error', (error: NodeJS.ErrnoException) => {
        const isBroken = broken.includes(error.code ?? '');
        resolve({
          error: signal?.aborted ? error : new ConnectionError(error.message, isBroken),
          isStale: request.reusedSocket && error.code === 'ECONNRESET',
          isBroken,
        });
      });
      request.end(body);
    });
  }

  /** What is sent again after a refusal, and when; null: nothing. */
  private nextTry(status: number, failure: Error, askedAt: number, options: SendOptions): NextTry | null {
    if (status === 401 && this.credentials.forget && !options.again) {
      // A token may have expired since it was cached: a new one is worth one try.
      this.credentials.forget(askedAt);
      return {afterMs: 0, options: {...options, again: true}};
    }
    const {tried = 0} = options;
    const afterMs = pausesMs[tried];
    const isMomentary = momentary.includes(status) && !isAnothers.test(failure.message);
    if (!isMomentary || options.noTimeout || afterMs === undefined) return null;
    const asked = failure instanceof ApiError ? failure.retryAfterMs : 0;
    return {
      afterMs: Math.max(afterMs, Math.min(asked, longestPauseMs)),
      options: {...options, tried: tried + 1},
    };
  }

  /**
   * @throws UserError CREDENTIALS_EXPIRED for an invalid certificate or key, which TLS reports before anything is sent
   */
  private begin(url: URL, init: Init, resolve: (answer: IncomingMessage) => void): ClientRequest {
    try {
      return (url.protocol === 'http:' ? httpRequest : httpsRequest)(url, init, resolve);
    } catch (error) {
      throw credentialsUnusable(this.server, this.context, error);
    }
  }

  private async failure(answer: IncomingMessage): Promise<Error> {
    const status = answer.statusCode ?? 500;
    const text = await collect(answer);
    let reason = '';
    let message = text.trim().slice(0, 2000);
    try {
      const parsed = JSON.parse(text) as {reason?: string; message?: string};
      reason = parsed.reason ?? '';
      message = parsed.message ?? message;
    } catch {
      // A proxy in between answered in its own words: they are the message.
    }
    if (status === 401) return credentialsExpired(this.server, message);
    const retryAfterMs = secondMs * (Number(answer.headers['retry-after']) || 0);
    return new ApiError(status, reason, message, retryAfterMs, this.context);
  }
}
