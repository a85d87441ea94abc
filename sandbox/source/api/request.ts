// One request, read to its end, and what it asks of the API.
import type {IncomingMessage} from 'node:http';
import {gunzipSync} from 'node:zlib';
import {parse as parseYaml} from 'yaml';
import {StatusError} from '../store/objects.ts';
import {badRequest} from './status-answer.ts';
import {decodeProtobuf} from './protobuf.ts';
import {isRecord} from './schema/decode.ts';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly contentType: string;
  /** The manager that is recorded as having set the fields. */
  readonly manager: string;
  readonly body: Buffer;
}

/** Kubernetes takes at most 3 MB a request. */
const largestBody = 3 * 1024 * 1024;

export async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const url = new URL(incoming.url ?? '/', 'https://127.0.0.1');
  const body = await bodyOf(incoming);
  const agent = (incoming.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    accept: incoming.headers.accept ?? '',
    contentType: (incoming.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? '',
    manager: url.searchParams.get('fieldManager') ?? agent,
    body: incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body,
  };
}

/** @throws StatusError 413 */
async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length;
    if (size > largestBody)
      throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${largestBody}`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** @throws StatusError 400, 415 */
export function objectIn({body, contentType}: ApiRequest): Record<string, unknown> {
  if (body.length === 0) return {};
  if (contentType === 'application/vnd.kubernetes.protobuf') {
    const object = decodeProtobuf(body);
    if (object) return object;
    throw unsupported('application/json, application/yaml');
  }
  const value = valueIn(body, contentType.endsWith('yaml'));
  if (!isRecord(value)) throw badRequest('the object provided is unrecognized (must be of type object)');
  return value;
}

/** The body as JSON or, where that is allowed, as YAML. */
export function valueIn(body: Buffer, yaml = false): unknown {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (yaml) {
      try {
        return parseYaml(text) as unknown;
      } catch (wrong) {
        throw badRequest(`error decoding YAML: ${wrong instanceof Error ? wrong.message : String(wrong)}`);
      }
    }
    throw badRequest(`error decoding JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function unsupported(accepted: string): StatusError {
  return new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  );
}

/** `dryRun=All` is the only form of a dry run. */
export function isDryRun(query: URLSearchParams): boolean {
  return query.getAll('dryRun').includes('All');
}
