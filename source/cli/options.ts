// What options mean. This is apart from the session, because the wizard must not load a cluster before its first frame.
import {badInput} from '../core/cause.ts';
import {text} from '../client/settings.ts';
import type {Invocation} from './command.ts';

export {text, timeoutOf} from '../client/settings.ts';

/** `writer`, `reader`, or null for both. */
export function roleOf(options: Invocation['options']): 'writer' | 'reader' | null {
  const role = text(options['role']);
  if (role === null || role === 'writer' || role === 'reader') return role;
  throw badInput(`--role: "${role}" is neither writer nor reader.`);
}
