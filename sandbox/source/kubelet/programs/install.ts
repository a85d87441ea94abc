// Puts the programs that pods find on their PATH into a folder of the sandbox: PostgreSQL may run as a user who cannot
// read where this package is.
import {chmod, copyFile, mkdir, rm, symlink} from 'node:fs/promises';
import {join} from 'node:path';
import {programFiles} from '../../places.ts';

/** Which file of programs/ stands behind each name that pods call. */
const commands: Readonly<Record<string, string>> = {
  psql: 'stand-in.sh',
  pg_isready: 'stand-in.sh',
  pg_dump: 'pg_dump.sh',
  pg_dumpall: 'pg_dumpall.sh',
  ...Object.fromEntries(
    [
      'pg_restore',
      'pg_basebackup',
      'createdb',
      'createuser',
      'dropdb',
      'dropuser',
      'vacuumdb',
      'reindexdb',
      'pgbench',
    ].map((name) => [name, 'absent.sh']),
  ),
};
const modules = ['frames.mjs', 'client.mjs', 'dump.mjs', 'dump-worker.mjs'];

/** Installs them again at each start: this version of the sandbox may have others, and another `node`. */
export async function installPrograms(folder: string, node: string): Promise<void> {
  await mkdir(folder, {recursive: true});
  const place = async (from: string, name: string, mode: number) => {
    await copyFile(join(programFiles(), from), join(folder, name));
    await chmod(join(folder, name), mode);
  };
  for (const name of modules) await place(name, name, 0o644);
  for (const [name, from] of Object.entries(commands)) await place(from, name, 0o755);
  // Beside the shell scripts, which run it.
  const interpreter = join(folder, 'interpreter');
  await rm(interpreter, {force: true});
  await symlink(node, interpreter);
}
