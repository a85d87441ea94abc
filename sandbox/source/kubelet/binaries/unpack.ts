// Unpacks a tar archive as it comes: npm's packages, and PostgreSQL's base backups.
import {chmod, mkdir, symlink, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Extract} from 'tar-stream';

type Entry = Extract extends AsyncIterable<infer One> ? One : never;

/**
 * Unpacks what is written to `archive` below `folder`, until the archive is ended. `folderMode` is the mode of each
 * folder that has to be made.
 * @throws what could not be written, and Error for an archive that is cut short
 */
export async function unpack(archive: Extract, folder: string, folderMode: number): Promise<void> {
  for await (const entry of archive) await place(entry, folder, folderMode);
}

async function place(entry: Entry, folder: string, folderMode: number): Promise<void> {
  const {name, type, mode, linkname} = entry.header;
  const path = join(folder, name);
  await mkdir(type === 'directory' ? path : dirname(path), {recursive: true, mode: folderMode});
  if (type === 'file' || type === 'contiguous-file') {
    await writeFile(path, entry as AsyncIterable<Buffer>, {mode: 0o600});
    // chmod sets the whole mode, whatever the umask is.
    await chmod(path, mode);
    return;
  }
  if (type === 'symlink' && linkname) await symlink(linkname, path);
  // The next entry waits for the end of this one.
  entry.resume();
}
