// SQL that holds passwords, of which nothing may reach the server's log.

/**
 * A script for psql: the statements in one transaction that the log does not show, whatever the server logs, and that
 * waits for no reader, because a reader that is away must not hold it up. It ends with `\q`, because standard input
 * stays open.
 */
export function quietTransaction(statements: readonly string[]): string {
  return [
    'begin read write;',
    'set local synchronous_commit = local;',
    "set local log_statement = 'none';",
    'set local log_min_duration_statement = -1;',
    "set local log_min_error_statement = 'panic';",
    ...statements,
    'commit;',
    '\\q',
    '',
  ].join('\n');
}
