// What options mean. Apart from the session, because the wizard must not load a cluster before its first frame.
import {badInput} from '../core/cause.ts';
import type {Invocation} from './command.ts';

export function text(option: unknown): string | null {
  return typeof option === 'string' ? option : null;
}

/** `90s`, `10m`, `1h` or plain seconds → milliseconds. Default 10 minutes. */
export function timeoutOf(options: Invocation['options']): number {
  const given = text(options['timeout']) ?? '10m';
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(given) ?? [];
  const factor = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}[unit] ?? 0;
  const ms = Number(number) * factor;
  if (!Number.isFinite(ms) || ms <= 0 || ms > 7 * 86_400_000)
    throw badInput(`--timeout: "${given}" is no duration. Right are such as 90s, 10m or 1h.`);
  return ms;
}

/** `writer`, `reader`, or null for both. */
export function roleOf(options: Invocation['options']): 'writer' | 'reader' | null {
  const role = text(options['role']);
  if (role === null || role === 'writer' || role === 'reader') return role;
  throw badInput(`--role: "${role}" is neither writer nor reader.`);
}
