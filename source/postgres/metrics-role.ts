// The role that the exporter logs in as: it reads statistics, and nothing else. The administrator's password and the
// statements go in by standard input; the server gets a verifier.
import {metricsUser} from '../chart/names.ts';
import {cause, UserError} from '../core/cause.ts';
import type {Administration} from './administer.ts';
import {oneLine} from './failure.ts';
import {isOneLine, psql} from './psql.ts';
import {quietTransaction} from './quiet-transaction.ts';
import {scramVerifier} from './scram.ts';

const timeoutMs = 20_000;

/** @throws UserError where the database refuses; what exec throws, where nobody knows whether the role was made */
export async function makeMetricsRole(writer: Administration, password: string): Promise<void> {
  await run(writer, [
    `do $$ begin if not exists (select from pg_roles where rolname = '${metricsUser}') then`,
    `create role ${metricsUser}; end if; end $$;`,
    `alter role ${metricsUser} with login nosuperuser nocreatedb nocreaterole noreplication nobypassrls`,
    `connection limit 10 password '${scramVerifier(password)}';`,
    // A scrape that hangs ends, and leaves nothing behind.
    `alter role ${metricsUser} set statement_timeout = '10s';`,
    `alter role ${metricsUser} set default_transaction_read_only = on;`,
    `grant pg_monitor to ${metricsUser};`,
  ]);
}

/** A role that something depends on stays, but can no longer log in. */
export async function dropMetricsRole(writer: Administration): Promise<void> {
  await run(writer, [
    `do $$ begin if exists (select from pg_roles where rolname = '${metricsUser}') then`,
    `begin drop role ${metricsUser}; exception when dependent_objects_still_exist then`,
    `alter role ${metricsUser} with nologin password null; end;`,
    'end if; end $$;',
  ]);
}

/**
 * Runs all statements or none. Readers get the change with the WAL, and the commit does not wait for them. Nothing of
 * it goes into the server's log.
 */
async function run({password, ...place}: Administration, statements: readonly string[]): Promise<void> {
  const secret = await password();
  if (secret === null || !isOneLine(secret)) throw refused(place.pod, 'the Secret has no password of postgres');
  const {exitCode, stderr} = await psql(place, {
    password: secret,
    connectTimeoutSeconds: 5,
    options: '-c statement_timeout=10s',
    flags: ['-v', 'ON_ERROR_STOP=1'],
    script: quietTransaction(statements),
    timeoutMs,
  });
  if (exitCode !== 0) throw refused(place.pod, oneLine(stderr, [secret]));
}

function refused(pod: string, words: string): UserError {
  return new UserError(
    cause('ENDPOINT_UNPROVEN', `The role ${metricsUser}, which reads metrics, could not be changed in ${pod}.`, {
      evidence: words === '' ? [] : [words],
      remedies: [{title: 'Run the same command again', again: true}],
    }),
  );
}
