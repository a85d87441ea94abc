// A volume on which PostgreSQL can write no more. The next segment of its log becomes a link to /dev/full, so that its
// own write fails in the kernel with ENOSPC: what follows (PANIC, recovery, the crash loop) is PostgreSQL's, and
// nothing that it acknowledged is lost. Only Linux has /dev/full.
import {existsSync} from 'node:fs';
import {readdir, readlink, rm, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {Client} from 'pg';

const full = '/dev/full';

export function canFillDisk(): boolean {
  return existsSync(full);
}

interface Server {
  readonly dataFolder: string;
  readonly configurationFolder: string;
  readonly socketFolder: string;
  readonly port: number;
}

/** To be called while the server runs. @throws Error when the server cannot be asked, as during its start */
export async function fillDisk({dataFolder, configurationFolder, socketFolder, port}: Server): Promise<void> {
  // On a disk that is really full the server's recovery fails too, and the server gives up. With a link in place of a
  // file only the checkpoint after the recovery fails.
  await writeFile(faultsFile(configurationFolder), 'restart_after_crash = off\n', {mode: 0o644});
  const client = new Client({host: socketFolder, port, user: 'postgres', database: 'postgres'});
  // The connection ends with a PANIC of the server.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_reload_conf()');
    for (
      let tries = 0;
      tries < 50 &&
      (await client.query<{restart_after_crash: string}>('show restart_after_crash')).rows[0]?.restart_after_crash !==
        'off';
      tries++
    )
      await pause(20);
    const {rows} = await client.query<{name: string; bytes: string}>(
      'select pg_walfile_name(pg_current_wal_insert_lsn()) as name, setting as bytes from pg_settings where name ' +
        "= 'wal_segment_size'",
    );
    const next = segmentAfter(rows[0]?.name ?? '', Number(rows[0]?.bytes));
    const file = join(dataFolder, 'pg_wal', next);
    await rm(file, {force: true});
    await symlink(full, file);
    // The rest of the current segment is given up; what is written next goes into the full one.
    for (const sql of [
      "select pg_create_restore_point('the disk is full')",
      'select pg_switch_wal()',
      "select pg_create_restore_point('the disk is full')",
    ])
      await client.query(sql);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The file that is included last; it is empty where nothing is to fail. */
export function faultsFile(configurationFolder: string): string {
  return join(configurationFolder, 'faults.conf');
}

/** Makes room again; does nothing where there was room. */
export async function freeDisk({
  dataFolder,
  configurationFolder,
}: Pick<Server, 'dataFolder' | 'configurationFolder'>): Promise<void> {
  await writeFile(faultsFile(configurationFolder), '').catch(() => undefined);
  for (const file of await linksIn(dataFolder)) await rm(file, {force: true});
}

export async function isFull(dataFolder: string): Promise<boolean> {
  return (await linksIn(dataFolder)).length > 0;
}

/** `000000010000000000000003` → `…04`. PostgreSQL: timeline, log, segment; a log is 4 GiB. */
export function segmentAfter(name: string, segmentBytes: number): string {
  const perLog = 2 ** 32 / segmentBytes;
  const [timeline, log, segment] = [
    name.slice(0, 8),
    parseInt(name.slice(8, 16), 16),
    parseInt(name.slice(16), 16) + 1,
  ];
  const hex = (number: number) => number.toString(16).toUpperCase().padStart(8, '0');
  return segment < perLog ? `${timeline}${hex(log)}${hex(segment)}` : `${timeline}${hex(log + 1)}${hex(0)}`;
}

async function linksIn(dataFolder: string): Promise<string[]> {
  const folder = join(dataFolder, 'pg_wal');
  const entries = await readdir(folder, {withFileTypes: true}).catch(() => []);
  const links = entries.filter((entry) => entry.isSymbolicLink()).map(({name}) => join(folder, name));
  const targets = await Promise.all(links.map((link) => readlink(link).catch(() => '')));
  return links.filter((_link, at) => targets[at] === full);
}
