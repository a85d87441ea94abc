// What a writer that never had readers needs before the first one: the role that they stream as, and the rules that let
// them in. The chart's image makes the role only at the first start of a database, and the rules only when a container
// starts.
import {replicationUser} from '../chart/names.ts';
import {cause, UserError} from '../core/cause.ts';
import {query, type Administration} from './administer.ts';
import {oneLine} from './failure.ts';
import {isOneLine, psql} from './psql.ts';
import {quietTransaction} from './quiet-transaction.ts';
import {scramVerifier} from './scram.ts';

const timeoutMs = 20_000;

/**
 * Makes the role, or gives it that password. The server gets a verifier, and writes no statement into its log.
 * @throws UserError where the database refuses; what exec throws, where nobody knows whether the role was made
 */
export async function makeReplicationRole({password, ...place}: Administration, replication: string): Promise<void> {
  const admin = await password();
  if (admin === null || !isOneLine(admin)) throw refused(place.pod, 'the Secret has no password of postgres');
  const script = quietTransaction([
    `do $$ begin if not exists (select from pg_roles where rolname = '${replicationUser}') then`,
    `create role ${replicationUser}; end if; end $$;`,
    `alter role ${replicationUser} with replication login password '${scramVerifier(replication)}';`,
  ]);
  const flags = ['-v', 'ON_ERROR_STOP=1'];
  const ask = {
    password: admin,
    connectTimeoutSeconds: 5,
    options: '-c statement_timeout=10s',
    flags,
    script,
    timeoutMs,
  };
  const {exitCode, stderr} = await psql(place, ask);
  if (exitCode !== 0) throw refused(place.pod, oneLine(stderr, [admin, replication]));
}

/** The file of the rules, and how many of them are for replication over the network. PostgreSQL manual, 52.10. */
const askRules =
  "select current_setting('hba_file'), count(*) from pg_hba_file_rules " +
  "where 'replication' = any(database) and type like 'host%' and address <> '127.0.0.1' and address <> '::1'";

/**
 * The rules that postgresql_add_replication_to_pghba (bitnami/containers, libpostgresql.sh) writes when a container
 * starts.
 */
const rules = ['host replication all 0.0.0.0/0 md5', 'host replication all ::/0 md5'];

/**
 * Lets readers in before the writer restarts: its container writes the same rules when it starts with the new pod
 * template. Rules that are there already stay as they are.
 * @throws UserError where the server does not answer or does not take the rules
 */
export async function letReadersIn(writer: Administration): Promise<void> {
  const answer = await query(writer, askRules, timeoutMs);
  const [file = '', count = ''] = (answer ?? '').trim().split('|');
  if (file === '') throw refused(writer.pod, 'it does not say where its rules for clients are');
  if (Number(count) > 0) return;
  const append = 'file=$1; shift; for rule in "$@"; do printf "%s\\n" "$rule" >> "$file" || exit 1; done';
  const {exitCode, stderr} = await writer.exec(
    writer.pod,
    writer.container,
    ['sh', '-c', append, 'sh', file, ...rules],
    '',
    timeoutMs,
  );
  if (exitCode !== 0) throw refused(writer.pod, oneLine(stderr, []));
  await query(writer, 'select pg_reload_conf()', timeoutMs);
}

function refused(pod: string, words: string): UserError {
  return new UserError(
    cause('ENDPOINT_UNPROVEN', `The writer ${pod} could not be made ready for readers.`, {
      evidence: words === '' ? [] : [words],
      remedies: [{title: 'Run the same command again', again: true}],
    }),
  );
}
