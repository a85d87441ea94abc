// Tags of a registry, asked as Docker Hub wants to be asked: against a registry on loopback.
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {expect, onTestFinished, test} from 'vitest';
import {listTags} from '../../source/helm/registry-tags.ts';

async function registry(
  answer: (request: IncomingMessage, response: ServerResponse, host: string) => void,
): Promise<{host: string; asked: string[]}> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? '-'}`);
    answer(request, response, request.headers.host ?? '');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(
    () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  );
  return {host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked};
}

const json = (response: ServerResponse, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(200, headers).end(JSON.stringify(body));

test('an anonymous token, and page after page', async () => {
  const {host, asked} = await registry((request, response, own) => {
    const url = new URL(request.url ?? '', `http://${own}`);
    if (url.pathname === '/token')
      return json(response, {token: `for ${url.searchParams.get('service')} ${url.searchParams.get('scope')}`});
    if (!request.headers.authorization) {
      response.writeHead(401, {
        'www-authenticate': `Bearer realm="http://${own}/token",service="hub",scope="repository:lib/pg:pull"`,
      });
      return response.end();
    }
    return url.searchParams.get('last') === '17.5'
      ? json(response, {name: 'lib/pg', tags: ['17.6']})
      : json(
          response,
          {name: 'lib/pg', tags: ['17.4', '17.5']},
          {link: '</v2/lib/pg/tags/list?last=17.5&n=2>; rel="next"'},
        );
  });
  expect(await listTags({repository: `oci://${host}/lib/pg`})).toEqual(['17.4', '17.5', '17.6']);
  expect(asked.slice(2).every((line) => line.endsWith('Bearer for hub repository:lib/pg:pull'))).toBe(true);
  expect(asked.filter((line) => line.startsWith('/token'))).toHaveLength(1);
});

test('no token where none is wanted; a repository without tags has none', async () => {
  const {host, asked} = await registry((_request, response) => json(response, {name: 'pg', tags: null}));
  expect(await listTags({repository: `${host}/pg`})).toEqual([]);
  expect(asked).toEqual(['/v2/pg/tags/list?n=1000 -']);
});

test.each([
  ['another way in', 401, {'www-authenticate': 'Basic realm="registry"'}, ''],
  ['forbidden', 403, {}, ''],
  ['absent', 404, {}, ''],
  ['too many requests', 429, {}, ''],
  ['no JSON', 200, {}, '<html>'],
  ['something else', 200, {}, '{"tags":"17"}'],
  [
    'a token from elsewhere in the clear',
    401,
    {'www-authenticate': 'Bearer realm="http://elsewhere.example/token"'},
    '',
  ],
] as const)('%s: null', async (_what, status, headers, body) => {
  const {host} = await registry((_request, response) => response.writeHead(status, headers).end(body));
  expect(await listTags({repository: `${host}/pg`})).toBeNull();
});

test('the token goes to no other host', async () => {
  const other = await registry((_request, response) => json(response, {tags: ['stolen']}));
  const {host} = await registry((_request, response) =>
    json(response, {tags: ['17.6']}, {link: `<http://${other.host}/v2/pg/tags/list>; rel="next"`}),
  );
  expect(await listTags({repository: `${host}/pg`})).toEqual(['17.6']);
  expect(other.asked).toEqual([]);
});

test('pages without an end are not followed for ever', async () => {
  const {host, asked} = await registry((_request, response) =>
    json(response, {tags: ['1']}, {link: '</v2/pg/tags/list?last=1>; rel="next"'}),
  );
  expect(await listTags({repository: `${host}/pg`})).toHaveLength(50);
  expect(asked).toHaveLength(50);
});

test('silence ends with the time-out; nobody there, a stop and what is no address are null at once', async () => {
  const {host} = await registry(() => undefined);
  expect(await listTags({repository: `${host}/pg`, timeoutMs: 200})).toBeNull();
  expect(await listTags({repository: `${host}/pg`, signal: AbortSignal.abort()})).toBeNull();
  expect(await listTags({repository: '127.0.0.1:1/pg'})).toBeNull();
  for (const repository of ['', 'pg', 'user:pass@host/pg', 'host/pg:17', 'host/pg@sha256:1'])
    expect(await listTags({repository})).toBeNull();
});
