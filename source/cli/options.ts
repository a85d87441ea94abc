// What options mean. This is apart from the session, because the wizard must not load a cluster before its first frame.
import {wantsLines} from '../core/accessible.ts';
import {badInput} from '../core/cause.ts';
import {text} from '../client/settings.ts';
import type {Invocation} from './command.ts';

export {text, timeoutOf} from '../client/settings.ts';

/** Whether what is written may be read aloud, so that lines are only added. */
export function addsLines({environment, options}: Pick<Invocation, 'environment' | 'options'>): boolean {
  return wantsLines(environment, options['plain'] === true);
}

/** Whether a line on standard error may be written over. */
export function repaintsLines(invocation: Pick<Invocation, 'stderr' | 'environment' | 'options'>): boolean {
  const {stderr, environment} = invocation;
  return stderr.isTTY === true && environment['TERM'] !== 'dumb' && !addsLines(invocation);
}

/** `writer`, `reader`, or null for both. */
export function roleOf(options: Invocation['options']): 'writer' | 'reader' | null {
  const role = text(options['role']);
  if (role === null || role === 'writer' || role === 'reader') return role;
  throw badInput(`--role: "${role}" is neither writer nor reader.`);
}
