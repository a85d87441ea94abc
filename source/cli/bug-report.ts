// Reports a bug of this program: what is written down about it, and what the user is told.
import {mkdir, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join} from 'node:path';

/** Writes a log without passwords; when even that fails, the message holds what the log would have said. */
export async function reportBug(
  error: unknown,
  about: {
    readonly args: readonly string[];
    readonly version: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
    /** Known passwords, which are struck out wherever they turn up. */
    readonly hide: readonly string[];
  },
): Promise<{message: string; log: string | null}> {
  const folder = join(
    about.environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'),
    'pg-helm-install',
    'log',
  );
  const file = join(folder, `bug-${new Date().toISOString().replace(/[:.]/g, '-')}.log`);
  const safe = (text: string) => about.hide.reduce((left, secret) => left.replaceAll(secret, '••••••••'), text);
  const stack = safe(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const text = [
    `pg-helm-install ${about.version}, Node.js ${process.version}, ${process.platform} ${process.arch}`,
    `arguments: ${safe(JSON.stringify(about.args))}`,
    stack,
    '',
  ].join('\n');
  const message = safe(error instanceof Error ? error.message : String(error));
  const what = `Something that should not happen happened: ${message}`;
  const next =
    'This is a bug of pg-helm-install. What was begun in the cluster goes on; run the same command again to continue.';
  try {
    await mkdir(folder, {recursive: true, mode: 0o700});
    await writeFile(file, text, {mode: 0o600});
    return {message: `${what}\n${next}\nPlease report it with this log: ${file}`, log: file};
  } catch {
    return {message: `${what}\n${next}\n${stack}`, log: null};
  }
}
