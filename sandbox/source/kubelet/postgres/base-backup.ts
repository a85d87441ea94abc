// A reader's copy of its writer, by PostgreSQL's own protocol for it, as pg_basebackup does it: BASE_BACKUP over a
// replication connection.
import {closeSync, fchmodSync, mkdirSync, openSync, symlinkSync, writeSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {Client, type Connection, type Submittable} from 'pg';
import {Untar, type TarEntry} from '../binaries/untar.ts';

export interface CopySource {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** As the words of a failure name it. */
  readonly name: string;
}

/**
 * Copies into an empty folder, with the WAL that the copy needs. The checkpoint before it is a fast one: nobody waits
 * in a demo.
 * @returns why it failed, as libpq words it; null: the copy is whole.
 */
export async function copyFromWriter(
  {host, port, user, password, name}: CopySource,
  folder: string,
  owns: (path: string) => Promise<void>,
  signal: AbortSignal,
): Promise<string | null> {
  const client = new Client({
    host,
    port,
    user,
    password,
    ssl: false,
    application_name: 'pg_basebackup',
    replication: 'true',
  } as ConstructorParameters<typeof Client>[0]);
  const broken = new Promise<never>((_resolve, reject) => client.on('error', reject));
  broken.catch(() => undefined);
  const onAbort = () => void client.end();
  signal.addEventListener('abort', onAbort);
  try {
    await client.connect();
    const backup = new BaseBackup(folder);
    client.query(backup);
    await Promise.race([backup.done, broken]);
    await ownAll(folder, owns);
    return null;
  } catch (error) {
    const said = error as {severity?: string; message: string};
    return `connection to server at "${name}" (${host}), port ${port} failed: ${said.severity ? `${said.severity}:  ` : ''}${said.message}`;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await client.end().catch(() => undefined);
  }
}

/**
 * PostgreSQL 17, protocol-replication: in CopyData, `n` begins an archive, `d` is a part of it, the rest is progress.
 */
class BaseBackup implements Submittable {
  readonly done: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  readonly #files: ArchiveFiles;
  readonly #archive: Untar;

  constructor(folder: string) {
    this.#files = new ArchiveFiles(folder);
    this.#archive = new Untar(this.#files);
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: Connection): void {
    connection.query(
      "BASE_BACKUP (LABEL 'pg_basebackup base backup', PROGRESS, CHECKPOINT 'fast', WAL, MANIFEST 'no')",
    );
  }

  handleCopyData({chunk}: {chunk: Buffer}): void {
    if (chunk[0] !== 0x64) return;
    try {
      this.#archive.write(chunk.subarray(1));
    } catch (error) {
      this.handleError(error as Error);
    }
  }

  handleError(error: Error): void {
    this.#files.close();
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    this.#files.close();
    this.#resolve();
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleCopyInResponse(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}

class ArchiveFiles {
  #descriptor: number | null = null;

  constructor(readonly folder: string) {}

  entry({path, kind, mode, target}: TarEntry): void {
    this.close();
    const place = join(this.folder, path);
    if (kind === 'folder') mkdirSync(place, {recursive: true, mode: 0o700});
    else if (kind === 'link') symlinkSync(target, place);
    else {
      mkdirSync(dirname(place), {recursive: true, mode: 0o700});
      this.#descriptor = openSync(place, 'w', 0o600);
      fchmodSync(this.#descriptor, mode);
    }
  }

  data(bytes: Buffer): void {
    if (this.#descriptor !== null) writeSync(this.#descriptor, bytes);
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}

async function ownAll(folder: string, owns: (path: string) => Promise<void>): Promise<void> {
  await owns(folder);
  const entries = await readdir(folder, {withFileTypes: true});
  await Promise.all(
    entries
      .filter((entry) => !entry.isSymbolicLink())
      .map((entry) => (entry.isDirectory() ? ownAll(join(folder, entry.name), owns) : owns(join(folder, entry.name)))),
  );
}
