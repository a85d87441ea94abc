// Replaces a password that is lost for good: the administrator sets a new one, and the Secret gets it.
// test/cluster/secret.test.ts runs the command as it stands.
import type {Remedy} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {databaseContainer, objectNames, replicationUser} from '../../chart/names.ts';
import {secretKeysOf} from '../../chart/secret-keys.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import type {Target} from '../snapshot.ts';

/** For lost keys of roles other than the administrator, without whose password nobody may set another one. */
export function newPasswords(target: Target, username: string, lost: readonly string[]): readonly Remedy[] {
  const keys = secretKeysOf(target);
  return [
    ...(lost.includes(keys.user) && username !== 'postgres' ? [newPassword(target, keys.user, username)] : []),
    ...(lost.includes(keys.replication)
      ? [
          newPassword(target, keys.replication, replicationUser),
          propose('Then restart: a reader takes the new one when it starts', {kind: 'restart', ...releaseRef(target)}),
        ]
      : []),
  ];
}

/**
 * The password is made into a file that only its owner reads, and goes from there by standard input, as the
 * administrator's does from the Secret: neither is ever in the arguments of a command, nor in the server's log.
 */
function newPassword(target: Target, key: string, role: string): Remedy {
  const {writer, secret} = objectNames(target);
  const file = `${target.release}-${key}.txt`;
  const here = (...args: readonly string[]) => kubectlHere(target, ...args);
  const ofAdmin = `go-template={{index .data "${secretKeysOf(target).admin}" | base64decode}}{{"\\n"}}`;
  const quiet = 'set log_statement = none; set log_min_error_statement = panic; set log_min_duration_statement = -1;';
  const login =
    'IFS= read -r PGPASSWORD; export PGPASSWORD; PATH=$PATH:/opt/bitnami/postgresql/bin ' +
    'psql -X -q -w -v ON_ERROR_STOP=1 -h 127.0.0.1 -U postgres -d postgres';
  const make = `(umask 077; od -An -N24 -tx1 /dev/urandom | tr -d ' \\n' > ${file})`;
  const sql = `printf '%s' '${quiet} alter role "${role}" password $$'; cat ${file}; echo '$$;'`;
  const exec = here('exec', '-i', `${writer}-0`, '-c', databaseContainer, '--', 'sh', '-c', login);
  const patch = `printf '{"stringData":{"${key}":"'; cat ${file}; printf '"}}'`;
  return {
    title:
      `Where ${key} is lost for good: set a new password of the role ${role}, made in the file ${file} here, and put ` +
      'it into the Secret. Who logs in with the old one needs the new one',
    command: [
      make,
      `{ ${here('get', 'secret', secret, '-o', ofAdmin)}; ${sql}; } | ${exec}`,
      `{ ${patch}; } | ${here('patch', 'secret', secret, '--patch-file', '/dev/stdin')}`,
      `rm ${file}`,
    ].join(' && '),
  };
}
