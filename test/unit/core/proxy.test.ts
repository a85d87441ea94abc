// Which addresses go through the environment's proxy, as Go's programs decide it.
import {expect, it} from 'vitest';
import {proxyFor} from '../../../source/core/proxy.ts';

const proxy = 'http://proxy.example:3128';

it.each([
  ['HTTPS_PROXY', 'https://api.example:6443'],
  ['https_proxy', 'https://api.example:6443'],
  ['HTTP_PROXY', 'http://api.example'],
])('%s is for %s', (name, server) => {
  expect(proxyFor(server, {[name]: proxy})).toBe(proxy);
});

it.each([
  ['no variable', 'https://api.example', {}],
  ['an empty one', 'https://api.example', {HTTPS_PROXY: ''}],
  ['that of the other protocol', 'https://api.example', {HTTP_PROXY: proxy}],
  ['localhost', 'https://localhost:6443', {HTTPS_PROXY: proxy}],
  ['loopback', 'https://127.0.0.1:6443', {HTTPS_PROXY: proxy}],
  ['loopback in IPv6', 'https://[::1]:6443', {HTTPS_PROXY: proxy}],
  ['a server that is no address', 'somewhere', {HTTPS_PROXY: proxy}],
])('there is none for %s', (_name, server, environment) => {
  expect(proxyFor(server, environment)).toBeNull();
});

it('may leave its protocol out', () => {
  expect(proxyFor('https://api.example', {HTTPS_PROXY: 'proxy.example:3128'})).toBe(proxy);
});

it.each([
  ['*', 'https://api.example', true],
  ['example', 'https://api.example', true],
  ['API.Example', 'https://api.example', true],
  [' other , api.example', 'https://api.example', true],
  ['.api.example', 'https://api.example', false],
  ['*.example', 'https://api.example', true],
  ['pi.example', 'https://api.example', false],
  ['api.example:6443', 'https://api.example:6443', true],
  ['api.example:443', 'https://api.example', true],
  ['api.example:443', 'https://api.example:6443', false],
  ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
  ['10.0.0.0/8', 'https://11.1.2.3:6443', false],
  ['10.0.0.0/8', 'https://api.example', false],
  ['10.1.2.3', 'https://10.1.2.3:6443', true],
  ['10.1.2.3:6443', 'https://10.1.2.3:6443', true],
  ['fd00::/8', 'https://[fd00::1]:6443', true],
  ['fd00::1', 'https://[fd00::1]:6443', true],
  ['10.0.0.0/99', 'https://10.1.2.3', false],
  ['', 'https://api.example', false],
])('NO_PROXY=%s excepts %s: %s', (exceptions, server, excepted) => {
  expect(proxyFor(server, {HTTPS_PROXY: proxy, no_proxy: exceptions})).toBe(excepted ? null : proxy);
});
