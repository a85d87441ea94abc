// Which proxy the environment names for an address, as kubectl and helm understand it. Source:
// golang.org/x/net/http/httpproxy.
import {BlockList, isIP} from 'node:net';

/** The proxy's URL; null: none. Loopback never goes through one. */
export function proxyFor(server: string, environment: Readonly<Record<string, string | undefined>>): string | null {
  if (!URL.canParse(server)) return null;
  const {protocol, hostname, port} = new URL(server);
  const read = (name: string) => environment[name.toUpperCase()] || environment[name] || null;
  const proxy = read(protocol === 'https:' ? 'https_proxy' : 'http_proxy');
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (proxy === null || isLoopback(host)) return null;
  const exceptions = (read('no_proxy') ?? '')
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter(Boolean);
  if (exceptions.some((entry) => isException(entry, host, port || (protocol === 'https:' ? '443' : '80')))) return null;
  const url = /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`;
  return URL.canParse(url) ? url : null;
}

/**
 * `*`, `10.0.0.0/8`, `10.1.2.3`, `example.com` (and what is below it), `.example.com` (only what is below it); a port
 * may follow.
 */
function isException(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return inNetwork(entry, host);
  const [, name = entry, onlyPort] = isIP(entry) ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const bare = name.replace(/^\[|\]$/g, '');
  if (isIP(bare)) return bare === host;
  const below = bare.replace(/^\*?\./, '');
  return host.endsWith(`.${below}`) || (bare === below && host === below);
}

function inNetwork(entry: string, host: string): boolean {
  const [network = '', bits = ''] = entry.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
