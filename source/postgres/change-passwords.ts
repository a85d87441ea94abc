// New passwords of roles, in one transaction on the writer. The administrator's password and the statements go in by
// standard input; the server gets verifiers.
import type {ChangeAnswer, Login} from '../operations/ports/database.ts';
import {oneLine, reasonOfWords} from './failure.ts';
import {isOneLine, psql, type PsqlPlace} from './psql.ts';
import {quietTransaction} from './quiet-transaction.ts';
import {scramVerifier} from './scram.ts';

const timeoutMs = 20_000;
/** Throws when the command could not be run: the server may have the passwords or not. */
export async function changePasswords(
  place: PsqlPlace,
  changes: readonly Login[],
  admin: string,
): Promise<ChangeAnswer> {
  if (!isOneLine(admin)) return {is: 'refused', text: 'the password holds a line break or a NUL'};
  const {exitCode, stderr} = await psql(place, {
    password: admin,
    connectTimeoutSeconds: 5,
    // Another session may be changing the same role.
    options: '-c statement_timeout=10s',
    flags: ['-v', 'ON_ERROR_STOP=1'],
    script: quietTransaction(statements(changes)),
    timeoutMs,
  });
  if (exitCode === 0) return {is: 'changed', text: ''};
  const secrets = [admin, ...changes.map(({password}) => password)];
  const text = oneLine(stderr, secrets);
  if (text === '') return {is: 'failed', text: `psql in ${place.pod} ended with ${exitCode ?? 'no exit code'}`};
  return {is: reasonOfWords(text) === 'password' ? 'refused' : 'failed', text};
}

/** The verifiers do not go into the server's log either. Readers get the change with the WAL. */
function statements(changes: readonly Login[]): readonly string[] {
  return changes.map(
    ({username, password}) => `alter role ${identifier(username)} password '${scramVerifier(password)}';`,
  );
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
