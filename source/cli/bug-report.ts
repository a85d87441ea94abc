// Reports a bug of this program: what is written down about it, and what the user is told.
import {mkdir, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {cause, type Cause} from '../core/cause.ts';

/** Where bugs are reported. */
const report = 'https://github.com/pg-helm-install/pg-helm-install/issues';

interface BugReport {
  /** All of it, for people. */
  readonly message: string;
  /** The file; null: it could not be written. */
  readonly log: string | null;
  readonly report: string;
  /** The same for scripts. */
  readonly cause: Cause;
}

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
): Promise<BugReport> {
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
  const log = await written(folder, file, text);
  const remedies = [{title: `Report it with ${log === null ? 'these lines' : 'this log'}: ${report}`}];
  return {
    message: [
      what,
      next,
      log === null ? stack : `Please report it with this log: ${log}`,
      `Report it at ${report}`,
    ].join('\n'),
    log,
    report,
    cause: cause('BUG', `${what} ${next}`, {evidence: [log ?? stack], remedies}),
  };
}

/** The file; null: it cannot be written. */
async function written(folder: string, file: string, text: string): Promise<string | null> {
  try {
    await mkdir(folder, {recursive: true, mode: 0o700});
    await writeFile(file, text, {mode: 0o600});
    return file;
  } catch {
    return null;
  }
}
