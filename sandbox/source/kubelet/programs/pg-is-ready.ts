// pg_isready, with its options, words and exit codes.
import {serverState} from '../probes/server-state.ts';
import {targetOf} from '../psql/conninfo.ts';
import {parseOptions} from '../psql/options.ts';
import type {ProgramInput} from '../psql/psql.ts';

const codes = {'accepting connections': 0, 'rejecting connections': 1, 'no response': 2} as const;

export async function pgIsReady({words, environment, reach, out, err}: ProgramInput): Promise<number> {
  try {
    const quiet = words.includes('-q') || words.includes('--quiet');
    const timeout = /^\d+$/.exec(words[words.indexOf('-t') + 1] ?? '');
    const waits = words.includes('-t') && timeout;
    const rest = waits
      ? words.filter((_word, at) => at !== words.indexOf('-t') && at !== words.indexOf('-t') + 1)
      : words;
    const options = parseOptions(rest);
    if (typeof options === 'string') {
      out('pg_isready (PostgreSQL) 17.6, a stand-in of the pg-helm-install sandbox\n');
      return 0;
    }
    const {host, port, user} = targetOf(options, environment);
    const there = await reach(host, port);
    const state = there
      ? await serverState(there, {user, timeoutMs: waits ? Number(timeout[0]) * 1000 || 3000 : 3000})
      : 'no response';
    if (!quiet) out(`${host || '/tmp'}:${port} - ${state}\n`);
    return codes[state];
  } catch (error) {
    err(`pg_isready: error: ${(error as Error).message}\n`);
    return 3;
  }
}
