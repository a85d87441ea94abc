// The passwords that a pod of the database has as files: the last copies when the Secret is gone.
import {metricsPasswordKey, type SecretKeys} from '../chart/secret-keys.ts';
import {mountedSecrets, readerPasswordFile} from '../chart/container-paths.ts';
import {replicationUser} from '../chart/names.ts';
import type {MountedPasswords} from '../operations/ports/database.ts';
import {textOf} from './failure.ts';
import type {Exec} from './psql.ts';

/** Prints one line for each file, in base64; an empty one for a file that does not exist. */
const script = 'for f in "$@"; do if [ -r "$f" ]; then base64 < "$f" | tr -d "\\n"; fi; echo; done';
const timeoutMs = 10_000;

/** Never throws. The passwords pass through the command's standard output only. */
export async function mountedPasswords(
  exec: Exec,
  pod: string,
  container: string,
  keys: SecretKeys,
): Promise<MountedPasswords> {
  const inSecret = [keys.admin, keys.user, keys.replication, metricsPasswordKey].map(
    (key) => `${mountedSecrets}/${key}`,
  );
  const files = [...inSecret, readerPasswordFile];
  const none = {pod, admin: [], user: [], replication: [], metrics: []};
  try {
    const {exitCode, stdout} = await exec(pod, container, ['sh', '-c', script, 'sh', ...files], '', timeoutMs);
    if (exitCode !== 0) return {...none, failure: `its files could not be read: exit code ${exitCode ?? 'unknown'}`};
    const [admin, user, replication, metrics, streaming] = stdout.split('\n').map(decoded);
    return {
      pod,
      admin: passwordIn(admin),
      user: passwordIn(user),
      replication: [...passwordIn(replication), ...ofReplication(streaming ?? '')],
      metrics: passwordIn(metrics),
      failure: null,
    };
  } catch (error) {
    return {...none, failure: `its files could not be read: ${textOf(error)}`};
  }
}

function decoded(line: string): string {
  return Buffer.from(line, 'base64').toString('utf8');
}

/** A line end at the end is not part of the password for the image either. */
function passwordIn(text: string | undefined): string[] {
  const password = (text ?? '').replace(/\n+$/, '');
  return password === '' ? [] : [password];
}

/** Format of the password file: PostgreSQL manual, section "The Password File". */
function ofReplication(passfile: string): string[] {
  return passfile.split('\n').flatMap((line) => {
    const [, , , user, ...password] = [...line.matchAll(/(?:[^\\:]|\\.)+/g)].map(([field]) =>
      field.replace(/\\(.)/g, '$1'),
    );
    return user === replicationUser && password.length > 0 ? [password.join(':')] : [];
  });
}
