// Downloads one file whose checksum is known. It resumes where an earlier try ended, uses the proxy that the
// environment names, follows redirects, and gives up on a server that falls silent.
import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {mkdir, open, readdir, rename, rm, stat, type FileHandle} from 'node:fs/promises';
import {request as httpRequest, type IncomingMessage, type RequestOptions} from 'node:http';
import {request as httpsRequest} from 'node:https';
import {basename, dirname, join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {HttpProxyAgent, HttpsProxyAgent} from 'hpagent';
import {proxyFor} from '../core/proxy.ts';
import type {Environment} from './environment.ts';

export interface Download {
  readonly url: string;
  /** Absolute path. What has arrived so far lies in a file beside it; nothing is written to the path itself. */
  readonly file: string;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly environment: Environment;
  readonly signal?: AbortSignal | undefined;
  /** `total`: null where the server does not say it. Both in bytes. */
  readonly onProgress?: (bytes: number, total: number | null) => void;
  /** Milliseconds of silence after which a server is given up. */
  readonly silenceMs?: number;
  /** Opens the file to be written at its end; for the tests. */
  readonly openPart?: typeof open;
}

/** `cut`: the transfer ended too early or fell silent. `full`: the disk is full. `other file`: the checksum differs. */
type DownloadProblem = 'unreachable' | 'refused' | 'cut' | 'full' | 'unwritable' | 'other file';

export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  constructor(
    readonly problem: DownloadProblem,
    message: string,
  ) {
    super(message);
  }
}

const defaultSilenceMs = 30_000;
const maxRedirects = 5;
/** How many connections may break off, where each of them brought something. */
const maxBreaks = 8;
/** No archive of helm is that large; the limit stops a transfer that would never end. */
const maxBytes = 128 * 1024 * 1024;

/**
 * @returns the path of the complete file, which the caller has to remove.
 * @throws DownloadError, or the signal's reason when it aborts. What has arrived is kept for the next try, unless it is
 * the wrong file or the disk is full
 */
export async function download(request: Download): Promise<string> {
  const part = await claimPart(request.file);
  const had = await sizeOf(part);
  try {
    await receiveAll(request, part);
    if (await isWhole(part, request.sha256)) return part;
    // What an earlier try left may belong to another file.
    await rm(part, {force: true});
    if (had > 0) await receiveAll(request, part);
    if (had > 0 && (await isWhole(part, request.sha256))) return part;
    throw new DownloadError('other file', `its sha256 is not ${request.sha256}`);
  } catch (error) {
    const problem = error instanceof DownloadError ? error.problem : null;
    if (problem === 'other file' || problem === 'full' || (await sizeOf(part)) === 0) await rm(part, {force: true});
    throw error;
  }
}

/** Connects again after a connection broke off, as long as each connection brings something. */
async function receiveAll(request: Download, part: string): Promise<void> {
  for (let breaks = 0; ; breaks++) {
    const before = await sizeOf(part);
    try {
      return await receive(request, part, before);
    } catch (error) {
      request.signal?.throwIfAborted();
      const isCut = error instanceof DownloadError && error.problem === 'cut';
      if (!isCut || breaks >= maxBreaks || (await sizeOf(part)) <= before) throw error;
      await pause(100 * 2 ** Math.min(breaks, 4), undefined, {signal: request.signal});
    }
  }
}

async function receive(request: Download, part: string, before: number): Promise<void> {
  const {openPart = open} = request;
  // The file is opened before the request is sent, because what arrives must be written at once.
  const file = await openPart(part, 'a').catch((error: unknown) => {
    throw writeProblem(error);
  });
  try {
    await receiveInto(request, file, before);
  } finally {
    await file.close();
  }
}

async function receiveInto(request: Download, file: FileHandle, before: number): Promise<void> {
  const answer = await get(request, before);
  // Either nothing is missing, or what is there belongs to another file: the checksum tells which.
  if (answer.statusCode === 416 && before > 0) return void answer.resume();
  const problem = refusalOf(answer, before);
  if (problem) {
    answer.destroy();
    throw problem;
  }
  const begin = answer.statusCode === 206 ? before : 0;
  await write(request, answer, file, {begin, total: totalOf(answer, begin), startsOver: before > 0 && begin === 0});
}

/** Null: the answer is the file, or the part of it that was asked for. */
function refusalOf(answer: IncomingMessage, before: number): DownloadError | null {
  const {statusCode = 0, statusMessage = '', headers} = answer;
  if (statusCode !== 200 && statusCode !== 206)
    return new DownloadError('refused', `the server answers ${statusCode} ${statusMessage}`.trim());
  if (statusCode === 206 && !headers['content-range']?.startsWith(`bytes ${before}-`))
    return new DownloadError('refused', 'the server answers with another part of the file than was asked for');
  const total = totalOf(answer, 0) ?? 0;
  return total > maxBytes ? new DownloadError('other file', `the server has ${total} bytes under that name`) : null;
}

/** Bytes of the whole file; null: the server does not say it. */
function totalOf({headers}: IncomingMessage, begin: number): number | null {
  const length = Number(headers['content-length'] ?? Number.NaN);
  return Number.isInteger(length) ? begin + length : null;
}

/** Writes what arrives into the file. @throws DownloadError where it ends early or cannot be written */
async function write(
  {onProgress, silenceMs = defaultSilenceMs, signal}: Download,
  answer: IncomingMessage,
  file: FileHandle,
  {begin, total, startsOver}: {readonly begin: number; readonly total: number | null; readonly startsOver: boolean},
): Promise<void> {
  answer.setTimeout(silenceMs, () => answer.destroy(new Error(`nothing came for ${silenceMs / 1000} s`)));
  const stop = () => answer.destroy();
  signal?.addEventListener('abort', stop, {once: true});
  let bytes = begin;
  onProgress?.(bytes, total);
  const take = async (chunk: Buffer) => {
    try {
      if (startsOver && bytes === 0) await file.truncate(0);
      await file.write(chunk);
    } catch (error) {
      throw writeProblem(error);
    }
    bytes += chunk.length;
    if (bytes > maxBytes) throw new DownloadError('other file', 'it does not end');
    onProgress?.(bytes, total);
  };
  try {
    await eachChunk(answer, take);
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof DownloadError ? error : new DownloadError('cut', wordsOf(error));
  } finally {
    signal?.removeEventListener('abort', stop);
    answer.destroy();
  }
  signal?.throwIfAborted();
  if (total !== null && bytes < total) throw new DownloadError('cut', `it ended after ${bytes} of ${total} bytes`);
}

/** Also takes what arrived just before a connection broke off; an async iterator would drop what it has buffered. */
function eachChunk(answer: IncomingMessage, take: (chunk: Buffer) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let taking = Promise.resolve();
    answer.on('data', (chunk: Buffer) => {
      answer.pause();
      taking = taking.then(() => take(chunk)).then(() => void answer.resume());
      taking.catch(reject);
    });
    const afterwards = (end: () => void) => void taking.then(end, reject);
    answer.on('end', () => afterwards(resolve));
    answer.on('error', (error) => afterwards(() => reject(error)));
    answer.on('close', () => afterwards(() => reject(new Error('the connection was closed'))));
  });
}

/** The answer of the last server that a redirect leads to. */
async function get(request: Download, from: number): Promise<IncomingMessage> {
  let url = new URL(request.url);
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const answer = await ask(request, url, from);
    const {location} = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) || location === undefined) return answer;
    answer.destroy();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
    // A download over TLS is not redirected to a server without TLS.
    if (
      !next ||
      !['http:', 'https:'].includes(next.protocol) ||
      (url.protocol === 'https:' && next.protocol !== 'https:')
    )
      throw new DownloadError('refused', `the server sends us to ${location}, which is no safe place`);
    url = next;
  }
  throw new DownloadError('refused', `the server sends us on more than ${maxRedirects} times`);
}

async function ask(request: Download, url: URL, from: number): Promise<IncomingMessage> {
  const {environment, signal, silenceMs = defaultSilenceMs} = request;
  const agent = proxyAgent(url, environment);
  const options: RequestOptions = {
    headers: {'user-agent': 'pg-helm-install', ...(from > 0 ? {range: `bytes=${from}-`} : {})},
    ...(agent ? {agent} : {}),
    ...(signal ? {signal} : {}),
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const sent = send(url, options, resolve);
    sent.setTimeout(silenceMs, () => sent.destroy(new Error(`no answer in ${silenceMs / 1000} s`)));
    sent.on('error', (error) => {
      if (signal?.aborted) reject(signal.reason as Error);
      else reject(new DownloadError('unreachable', wordsOf(error)));
    });
    sent.end();
  });
}

/** Null: a direct connection, without a proxy. */
function proxyAgent(url: URL, environment: Environment): NonNullable<RequestOptions['agent']> | null {
  const proxy = proxyFor(url.href, environment);
  if (proxy === null) return null;
  return url.protocol === 'https:' ? new HttpsProxyAgent({proxy}) : new HttpProxyAgent({proxy});
}

/**
 * The partial file of this process, which begins with what an ended process has left. Two processes that run at once
 * never write into the same file.
 */
async function claimPart(file: string): Promise<string> {
  const folder = dirname(file);
  await mkdir(folder, {recursive: true, mode: 0o700}).catch((error: unknown) => {
    throw writeProblem(error);
  });
  const prefix = `${basename(file)}.part-`;
  const own = join(folder, `${prefix}${process.pid}`);
  const left = (await readdir(folder))
    .filter((name) => name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length))))
    .map((name) => join(folder, name));
  const sizes = await Promise.all(left.map(sizeOf));
  const [largest, ...others] = left.sort((a, b) => (sizes[left.indexOf(b)] ?? 0) - (sizes[left.indexOf(a)] ?? 0));
  // Another process was quicker, and now has that file.
  if (largest !== undefined) await rename(largest, own).catch(() => undefined);
  await Promise.all(others.map((other) => rm(other, {force: true})));
  return own;
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isWhole(file: string, sha256: string): Promise<boolean> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex') === sha256;
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({size}) => size,
    () => 0,
  );
}

function writeProblem(error: unknown): DownloadError {
  const {code = ''} = error as NodeJS.ErrnoException;
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code);
  return new DownloadError(isFull ? 'full' : 'unwritable', wordsOf(error));
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // When several addresses were tried, the error itself has no message.
  const {errors} = error as {errors?: readonly unknown[]};
  return error.message || (errors?.[0] instanceof Error ? errors[0].message : error.name);
}
