// Checks addresses: CIDR ranges of both families, and DNS hostnames. Each refusal says how the text should be, which a
// library that only accepts or refuses cannot say.

const ipv4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** What is wrong with one range such as 10.0.0.0/8 or fd00::/8; null when nothing is. */
export function cidrProblem(text: string): string | null {
  const [address = '', prefix, rest] = text.split('/');
  const parsed = parseAddress(address);
  if (parsed === null || rest !== undefined)
    return `"${text}" is not a CIDR range. Use, for example, 10.0.0.0/8 or fd00::/8.`;
  if (prefix === undefined) return `"${text}" is one address, not a range. For it alone write ${text}/${parsed.bits}.`;
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > parsed.bits)
    return `"${text}": the number behind the slash goes from 0 to ${parsed.bits}.`;
  // Kubernetes accepts such a range, some clouds refuse it, and it is rarely what was meant.
  if (parsed.value % 2n ** BigInt(parsed.bits - Number(prefix)) !== 0n)
    return (
      `"${text}" names an address inside a range. Write the range's first address, or ${address}/${parsed.bits} ` +
      'for this address alone.'
    );
  return null;
}

/**
 * True when the ranges together let in the whole internet of a family, however they are cut: 0.0.0.0/1 and 128.0.0.0/1
 * let in everybody. Invalid ranges are ignored.
 */
export function isEverybody(cidrs: readonly string[]): boolean {
  const ranges = cidrs.flatMap((cidr) => rangeOf(cidr) ?? []);
  return internet.some(({bits, first, last}) => {
    let covered = first;
    for (const range of ranges.filter((one) => one.bits === bits).sort((a, b) => (a.first < b.first ? -1 : 1)))
      if (range.first <= covered && range.last >= covered) covered = range.last + 1n;
    return covered > last;
  });
}

/** Whether two ranges or addresses have an address in common. An invalid text has none. */
export function overlap(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => rangeOf(text) ?? rangeOf(`${text}/${text.includes(':') ? 128 : 32}`));
  if (!left || !right || left.bits !== right.bits) return false;
  return left.first <= right.last && right.first <= left.last;
}

interface Range {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

/** Addresses that are routed between networks: 1.0.0.0 to 223.255.255.255 (IANA, unicast), 2000::/3 (RFC 4291). */
const internet: readonly Range[] = [
  {bits: 32, first: 1n << 24n, last: (224n << 24n) - 1n},
  {bits: 128, first: 1n << 125n, last: (1n << 126n) - 1n},
];

function rangeOf(cidr: string): Range | null {
  if (cidrProblem(cidr) !== null) return null;
  const [address = '', prefix] = cidr.split('/');
  const parsed = parseAddress(address);
  return (
    parsed && {
      bits: parsed.bits,
      first: parsed.value,
      last: parsed.value + 2n ** BigInt(parsed.bits - Number(prefix)) - 1n,
    }
  );
}

interface Address {
  readonly value: bigint;
  readonly bits: 32 | 128;
}

function parseAddress(text: string): Address | null {
  return parseIpv4(text) ?? parseIpv6(text);
}

function parseIpv4(text: string): Address | null {
  // Some programs read leading zeros as octal and others as decimal, so they are refused.
  if (!ipv4.test(text) || /(^|\.)0\d/.test(text)) return null;
  return {bits: 32, value: text.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n)};
}

function parseIpv6(text: string): Address | null {
  const lastColon = text.lastIndexOf(':');
  const embedded = parseIpv4(text.slice(lastColon + 1));
  const hex = embedded
    ? text.slice(0, lastColon + 1) +
      `${(embedded.value >> 16n).toString(16)}:${(embedded.value & 0xffffn).toString(16)}`
    : text;
  const halves = hex.split('::');
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return {bits: 128, value: groups.reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n)};
}

export const readerHostname = (hostname: string): string => `reader-${hostname}`;

/** What is wrong with a name for external-dns. The reader's longer name has to be right as well. RFC 1123. */
export function hostnameProblem(text: string): string | null {
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/.test(text))
    return `"${text}" is not a DNS name. Use, for example, db.example.com.`;
  const reader = readerHostname(text);
  if (reader.length > 253 || reader.split('.').some((label) => label.length > 63))
    return (
      `"${text}" is too long: the reader is called ${reader}, and DNS takes 63 characters between dots and 253 in ` +
      'all.'
    );
  return null;
}
