// What the image's entry point does: makes the database or copies the writer's, writes the configuration, and becomes
// the server.
import {randomBytes} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {execa} from 'execa';
import type {Address} from '../../parts.ts';
import type {Binaries} from '../binaries/binaries.ts';
import type {ImageShape} from '../images/known-images.ts';
import type {Inside} from '../inside.ts';
import {copyFromWriter} from './base-backup.ts';
import {
  defaultHba,
  passwordFile,
  pgpass,
  postgresqlConf,
  serverFlags,
  startUpSql,
  userConfiguration,
} from './configuration.ts';
import {faultsFile, freeDisk} from './full-disk.ts';
import {runInitScripts} from './init-scripts.ts';
import {settingsOf, type Settings} from './settings.ts';

/** Libraries to preload that Bitnami's image has, and the package does not. */
const onlyInImage = new Set(['pgaudit', 'pg_failover_slots']);

/**
 * Runs as the pods' user, so that a volume that refuses that user does so here as well. The last mkdir is for the words
 * of the error: they name the folder that the data is to have.
 */
const makeFolder = '[ -d "$1" ] || mkdir -p -m 700 "$1" 2>/dev/null || mkdir -p -m 700 "$2"';

/** What the steps of a start share. Its folders are those of this machine. */
interface Start {
  readonly inside: Inside;
  readonly settings: Settings;
  readonly binaries: Binaries;
  readonly dataFolder: string;
  readonly configurationFolder: string;
  readonly temporaryFolder: string;
  readonly say: (text: string) => void;
  readonly info: (text: string) => void;
}

/** @returns the exit code. The log says why it failed, as the image would write it. */
export async function runPostgres(
  inside: Inside,
  shape: Exclude<ImageShape, 'shell'>,
  binaries: Binaries,
): Promise<number> {
  const say = (text: string) => inside.log.line(`postgresql ${clock()} ${text}`);
  const info = (text: string) => say(`INFO  ==> ${text}`);
  info('** Starting PostgreSQL setup **');
  let settings: Settings;
  try {
    settings = settingsOf(inside.environment, (path) => readMounted(inside, path), shape);
  } catch (error) {
    say(`ERROR ==> ${(error as Error).message}`);
    return 1;
  }
  const configurationFolder = configurationFolderOf(inside);
  const dataFolder = inside.mapPath(settings.dataFolder) ?? join(inside.ownFolder, 'data');
  // The image keeps `.initialized` in this folder too, where the chart's readiness probe looks for it.
  const temporaryFolder = inside.mapPath('/opt/bitnami/postgresql/tmp') ?? join(inside.ownFolder, 'tmp');
  for (const folder of [configurationFolder, temporaryFolder]) await inside.makeFolder(folder);
  const start = {inside, settings, binaries, dataFolder, configurationFolder, temporaryFolder, say, info};

  const made = await makeData(start);
  if (made !== 0) return made;
  await configure(start, dataFolder, await upstreamOf(start));
  if (!inside.diskIsFull()) await freeDisk({dataFolder, configurationFolder});
  await forgetNumber(dataFolder);
  if (inside.stopping.aborted) return 143;
  info('** PostgreSQL setup finished! **');
  info('** Starting PostgreSQL **');
  inside.log.line('');
  return inside.run(
    [join(binaries.programs, 'postgres'), '-D', dataFolder, ...serverFlags(configurationFolder, inside.place)],
    {becomesMain: true},
  );
}

/** A file of the container, without the end of its last line; null where there is none. */
function readMounted(inside: Inside, path: string): string | null {
  const file = inside.mapPath(path);
  return file && existsSync(file) ? readFileSync(file, 'utf8').replace(/\n$/, '') : null;
}

/** Where a reader finds the writer. */
async function upstreamOf({inside, settings}: Start): Promise<Address | null> {
  return settings.role === 'reader' ? inside.reach(settings.writer.host, settings.writer.port) : null;
}

/** Makes or copies the database where there is none. @returns 0, or the code with which that failed */
async function makeData(start: Start): Promise<number> {
  const {inside, settings, dataFolder, info} = start;
  if (existsSync(join(dataFolder, 'PG_VERSION'))) {
    info('Deploying PostgreSQL with persisted data...');
    return 0;
  }
  // Made in a folder beside it that is then renamed: what is killed half-way is no database, and the next start begins
  // again. A volume's own folder cannot be renamed.
  const making = existsSync(dataFolder) ? dataFolder : `${dataFolder}.new`;
  if (making !== dataFolder) await rm(making, {recursive: true, force: true});
  if ((await inside.run(['/bin/sh', '-c', makeFolder, 'sh', making, dataFolder], {quiet: true})) !== 0) return 1;
  const made = settings.role === 'reader' ? await copy(start, making) : await initialize(start, making);
  if (made !== 0) return made;
  if (making !== dataFolder) await rename(making, dataFolder);
  return 0;
}

/** Makes a new database in a folder. @returns 0, or the code with which that failed */
async function initialize(start: Start, into: string): Promise<number> {
  const {inside, settings, binaries, configurationFolder, temporaryFolder, info} = start;
  info('Initializing PostgreSQL database...');
  const passwords = join(temporaryFolder, `.password-${randomBytes(4).toString('hex')}`);
  try {
    await writeOwned(inside, passwords, settings.adminPassword || settings.password || randomBytes(18).toString('hex'));
    const flags = [
      '-U',
      'postgres',
      `--pwfile=${passwords}`,
      '-E',
      'UTF8',
      '--locale=C',
      '-A',
      'scram-sha-256',
      '--no-sync',
      '--no-instructions',
      '--set',
      'dynamic_shared_memory_type=mmap',
      ...settings.initdbArguments,
    ];
    const code = await inside.run([join(binaries.programs, 'initdb'), '-D', into, ...flags], {quiet: true});
    if (code !== 0) return code;
    await configure(start, into, null);
    const statements = startUpSql(settings);
    await writeOwned(inside, passwords, statements.map((one) => `${one}\n`).join(''));
    // It has the server's own configuration, so that one with which the server does not start fails here. There are no
    // readers yet for commits to wait for.
    const single = [
      join(binaries.programs, 'postgres'),
      '--single',
      '-D',
      into,
      ...serverFlags(configurationFolder, inside.place),
      '-c',
      'synchronous_standby_names=',
      '-c',
      'log_checkpoints=off',
      '-c',
      'log_statement=none',
      '-c',
      'log_min_error_statement=panic',
      'postgres',
    ];
    // The shell reads the file as input, so that no password is in an argument.
    const ended = await inside.run(
      ['/bin/sh', '-c', 'input=$1; shift; exec "$@" <"$input"', 'sh', passwords, ...single],
      {quiet: true, fails: /ERROR: |FATAL: /},
    );
    if (ended !== 0) {
      inside.log.line('pg_ctl: could not start server\nExamine the log output.');
      return ended;
    }
  } finally {
    await rm(passwords, {force: true});
  }
  return runInitScripts(inside, settings, {dataFolder: into, configurationFolder, binaries, info});
}

/** Copies the writer's database. @returns 0, or the code with which that failed */
async function copy(start: Start, into: string): Promise<number> {
  const {inside, settings, say, info} = start;
  info('Waiting for replication primary to accept connections (60 timeout)...');
  const from = await inside.waitForServer(() => upstreamOf(start), 60_000);
  if (from === null) {
    if (!inside.stopping.aborted) say(`ERROR ==> Node ${settings.writer.host} is not accepting connections`);
    return inside.stopping.aborted ? 143 : 1;
  }
  info('Replicating the initial database');
  const {user, password} = settings.replication ?? {user: '', password: ''};
  const failure = await copyFromWriter(
    {host: from.host, port: from.port, user, password, name: settings.writer.host},
    into,
    inside.owns,
    inside.stopping,
  );
  if (failure === null) return 0;
  inside.log.line(`pg_basebackup: error: ${failure}`);
  // The image would leave what has come so far, and take it for data at the next start.
  await rm(into, {recursive: true, force: true}).catch(() => undefined);
  return 1;
}

/** Writes the configuration, and marks the data as a standby's or not. */
async function configure(start: Start, data: string, upstream: Address | null): Promise<void> {
  const {inside, settings, binaries, configurationFolder, temporaryFolder} = start;
  const libraries = new Set(
    (await readdir(binaries.libraries).catch(() => [])).map((file) => file.replace(/\.(so|dylib)$/, '')),
  );
  // A library that neither the package nor the image has keeps the server from starting, as in the image.
  const hasLibrary = (name: string) => libraries.has(name) || !onlyInImage.has(name);
  const mounted = inside.mapPath(`${settings.volumeFolder}/conf`);
  const userFiles = await copyUserFiles(start, mounted, hasLibrary);
  const hba = mounted === null ? null : await readFile(join(mounted, 'pg_hba.conf'), 'utf8').catch(() => null);
  await writeOwned(inside, join(configurationFolder, 'pg_hba.conf'), hba ?? defaultHba);
  if (settings.role === 'reader' && settings.replication)
    await writeOwned(
      inside,
      passwordFile(configurationFolder),
      pgpass(settings.replication.user, settings.replication.password),
    );
  const mapPath = (path: string) => inside.mapPath(path) ?? path;
  await writeOwned(
    inside,
    join(configurationFolder, 'postgresql.conf'),
    postgresqlConf({settings, configurationFolder, upstream, userFiles, mapPath, hasLibrary}),
  );
  if (!existsSync(faultsFile(configurationFolder))) await writeOwned(inside, faultsFile(configurationFolder), '');
  const standby = join(data, 'standby.signal');
  if (settings.role === 'reader') await writeOwned(inside, standby, '').catch(() => undefined);
  else await rm(standby, {force: true}).catch(() => undefined);
  await writeOwned(inside, join(temporaryFolder, '.initialized'), '').catch(() => undefined);
}

/** Copies what a mount of the container adds to the configuration. @returns the files that the server is to read */
async function copyUserFiles(
  {inside, settings, configurationFolder}: Start,
  mounted: string | null,
  hasLibrary: (name: string) => boolean,
): Promise<string[]> {
  const userFiles: string[] = [];
  const more = inside.mapPath(`${settings.volumeFolder}/conf/conf.d`);
  // Copied at each start into a folder of the same name, as the image does. conf.d may be a mount of its own.
  const ownFolder = join(configurationFolder, 'conf.d');
  await inside.makeFolder(ownFolder);
  const files = [
    ...(mounted
      ? [[join(mounted, 'postgresql.conf'), join(configurationFolder, 'user-postgresql.conf')] as const]
      : []),
    ...(more ? await filesOf(more) : []).map((file) => [file, join(ownFolder, basename(file))] as const),
  ];
  for (const [file, own] of files) {
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) continue;
    await writeOwned(inside, own, userConfiguration(text, inside.mapText, hasLibrary));
    userFiles.push(own);
  }
  return userFiles;
}

async function writeOwned({owns}: Inside, file: string, text: string): Promise<void> {
  await rm(file, {force: true});
  // `wx` follows no link that a program of the pod may have put there.
  await writeFile(file, text, {mode: 0o600, flag: 'wx'});
  await owns(file);
}

export function configurationFolderOf({mapPath, ownFolder}: Pick<Inside, 'mapPath' | 'ownFolder'>): string {
  return mapPath('/opt/bitnami/postgresql/conf') ?? join(ownFolder, 'conf');
}

/**
 * Forgets the pid that a killed server left behind. In a container every process has a number of its own; here another
 * program may have got that number, and PostgreSQL would take it for the server. A server that still runs on this data
 * keeps its file: two at once would spoil the data.
 */
async function forgetNumber(dataFolder: string): Promise<void> {
  const file = join(dataFolder, 'postmaster.pid');
  const pid = /^\d+/.exec(await readFile(file, 'utf8').catch(() => ''))?.[0];
  if (pid === undefined) return;
  const {stdout} = await execa('ps', ['-o', 'args=', '-p', pid], {reject: false});
  if (stdout !== '' && !stdout.includes(dataFolder)) await rm(file, {force: true});
}

/** In the order of their names, as include_dir reads them. */
async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith('.conf') && !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name));
}

function clock(): string {
  return new Date().toISOString().slice(11, 22);
}
