// Which tags a registry has for an image or a chart: OCI distribution's tags/list, asked anonymously. A registry that
// cannot be asked is no failure.
import {isLoopback} from './pull-chart.ts';

interface TagRequest {
  /** `docker.io/bitnamilegacy/postgresql` or `oci://HOST/PATH`, without a tag. */
  readonly repository: string;
  /** Milliseconds for all of it. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const pageSize = 1000;
/** A repository has some thousands of tags at most; a registry that never ends is not followed. */
const maxPages = 50;
const maxBytes = 8 * 1024 * 1024;

/** Null: the registry does not answer, does not let anybody in, or answers something else. Never throws. */
export async function listTags({repository, timeoutMs = 8000, signal}: TagRequest): Promise<readonly string[] | null> {
  const base = baseOf(repository);
  if (base === null) return null;
  const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
  try {
    return await allPages(base, limit);
  } catch {
    return null;
  }
}

async function allPages(base: URL, signal: AbortSignal): Promise<readonly string[] | null> {
  const tags: string[] = [];
  let token: string | null = null;
  let next: URL | null = new URL(`?n=${pageSize}`, base);
  for (let pages = 0; next !== null && pages < maxPages; pages++) {
    let answer: Response = await ask(next, token, signal);
    if (answer.status === 401 && token === null) {
      token = await tokenFor(answer, base, signal);
      if (token === null) return null;
      answer = await ask(next, token, signal);
    }
    if (!answer.ok) return null;
    const page = tagsIn(await limited(answer));
    if (page === null) return null;
    tags.push(...page);
    next = nextPage(answer, next);
  }
  return tags;
}

function ask(url: URL, token: string | null, signal: AbortSignal): Promise<Response> {
  return fetch(url, {
    signal,
    redirect: 'follow',
    headers: {accept: 'application/json', ...(token === null ? {} : {authorization: `Bearer ${token}`})},
  });
}

/** Anonymous: nobody's credentials are used. Null when the registry wants another way in. */
async function tokenFor(answer: Response, base: URL, signal: AbortSignal): Promise<string | null> {
  const realm = realmOf(answer.headers.get('www-authenticate') ?? '', base);
  if (realm === null) return null;
  const given = await fetch(realm, {signal, headers: {accept: 'application/json'}});
  if (!given.ok) return null;
  const {token, access_token: other} = JSON.parse(await limited(given)) as {token?: unknown; access_token?: unknown};
  const found = token ?? other;
  return typeof found === 'string' ? found : null;
}

/** Where a token is given; null for any other challenge than `Bearer`, and for a place that is not safe. */
function realmOf(challenge: string, base: URL): URL | null {
  if (!/^bearer /i.test(challenge)) return null;
  const asked = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key.toLowerCase(), value]),
  );
  if (!asked['realm']) return null;
  const realm = new URL(asked['realm']);
  if (realm.protocol !== 'https:' && !(isLoopback(realm.host) && isLoopback(base.host))) return null;
  for (const key of ['service', 'scope']) if (asked[key]) realm.searchParams.set(key, asked[key]);
  return realm;
}

/** `</v2/NAME/tags/list?last=…&n=…>; rel="next"`. Another host would get our token, so it is not followed. */
function nextPage({headers}: Response, current: URL): URL | null {
  const [, target] = /<([^>]+)>\s*;\s*rel="?next"?/i.exec(headers.get('link') ?? '') ?? [];
  if (target === undefined) return null;
  const next = new URL(target, current);
  return next.origin === current.origin ? next : null;
}

function tagsIn(text: string): readonly string[] | null {
  const {tags} = JSON.parse(text) as {tags?: unknown};
  if (tags === null) return [];
  return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : null;
}

async function limited({body}: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const received: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = body ?? [];
  for await (const chunk of received) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Error('more than a list of tags has');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Null for what is no address of a repository. Docker Hub's API has another host name than its images. */
function baseOf(repository: string): URL | null {
  const [, host = '', path = ''] = /^(?:oci:\/\/)?([^/\s@]+)\/([^\s:@]+)$/.exec(repository) ?? [];
  if (host === '' || path === '') return null;
  const server = host === 'docker.io' ? 'registry-1.docker.io' : host;
  return new URL(`${isLoopback(server) ? 'http' : 'https'}://${server}/v2/${path}/tags/list`);
}
