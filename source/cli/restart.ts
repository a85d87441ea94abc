// restart: each reader, then the writer, once and proven before the next. They get the newest definition by it.
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {restarted} from '../client/edits.ts';

export const runRestart: Run = (invocation) => changeRelease(invocation, async () => restarted());
