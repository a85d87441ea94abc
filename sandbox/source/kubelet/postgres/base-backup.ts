// A reader's copy of its writer, by PostgreSQL's own protocol for it, as pg_basebackup does it: BASE_BACKUP over a
// replication connection.
import {readdir} from 'node:fs/promises';
import type {Socket} from 'node:net';
import {join} from 'node:path';
import {Client, type Connection, type Submittable} from 'pg';
import {extract} from 'tar-stream';
import {unpack} from '../binaries/unpack.ts';

interface CopySource {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The name in the words of a failure. */
  readonly name: string;
}

/**
 * Copies into an empty folder, with the WAL that the copy needs. The checkpoint before it is a fast one, so that nobody
 * waits in a demo.
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
  const backup = new BaseBackup(folder);
  const onAbort = () => void client.end();
  signal.addEventListener('abort', onAbort);
  try {
    await client.connect();
    client.query(backup);
    await Promise.race([backup.done, broken]);
    await ownAll(folder, owns);
    return null;
  } catch (error) {
    const said = error as {severity?: string; message: string};
    return (
      `connection to server at "${name}" (${host}), port ${port} failed: ` +
      `${said.severity ? `${said.severity}:  ` : ''}${said.message}`
    );
  } finally {
    signal.removeEventListener('abort', onAbort);
    backup.close();
    await client.end().catch(() => undefined);
  }
}

/**
 * PostgreSQL 17, protocol-replication: in CopyData, `n` begins an archive, `d` is a part of it, the rest is progress.
 */
class BaseBackup implements Submittable {
  readonly done: Promise<void>;
  readonly #archive = extract();

  constructor(folder: string) {
    this.done = unpack(this.#archive, folder, 0o700);
    // It may fail before anybody waits for it.
    this.done.catch(() => undefined);
  }

  submit(connection: Connection): void {
    connection.query(
      "BASE_BACKUP (LABEL 'pg_basebackup base backup', PROGRESS, CHECKPOINT 'fast', WAL, MANIFEST 'no')",
    );
  }

  handleCopyData({chunk}: {chunk: Buffer}, {stream}: {stream: Socket}): void {
    if (chunk[0] !== 0x64 || this.#archive.destroyed) return;
    // Copied, because pg reads the next messages into the same memory. More messages may come before the stream stops.
    if (this.#archive.write(Buffer.from(chunk.subarray(1))) || stream.isPaused()) return;
    stream.pause();
    this.#archive.once('drain', () => stream.resume());
  }

  handleError(error: Error): void {
    this.#archive.destroy(error);
  }

  handleReadyForQuery(): void {
    if (!this.#archive.destroyed) this.#archive.end(null);
  }

  /** Nothing more is written. */
  close(): void {
    this.#archive.destroy(null);
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleCopyInResponse(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
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
