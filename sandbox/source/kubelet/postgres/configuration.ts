// postgresql.conf, pg_hba.conf and the start-up SQL, as text. The user's own files come after ours, so that they win.
import {faultsFile} from './full-disk.ts';
import type {Settings} from './settings.ts';

export interface Place {
  /** Where the server listens, on this machine. */
  readonly host: string;
  readonly port: number;
  /** A folder for its Unix socket; null: no socket. */
  readonly socketFolder: string | null;
}

interface Sources {
  readonly settings: Settings;
  /** A folder of this machine. */
  readonly configurationFolder: string;
  /** Where a reader reaches the writer from its pod. */
  readonly upstream: {readonly host: string; readonly port: number} | null;
  /** The user's files, in their order: postgresql.conf and conf.d, with paths of this machine. */
  readonly userFiles: readonly string[];
  /** Container paths → this machine's. */
  readonly mapPath: (path: string) => string;
  readonly hasLibrary: (name: string) => boolean;
}

/**
 * Small sizes for a demo; what the image and the user say comes later and wins. fsync is off: what is acknowledged is
 * with the operating system, so that a killed sandbox loses nothing of it; a machine that loses power may. Without
 * wal_retrieve_retry_interval a reader would come back only 5 s after its writer.
 */
const small: readonly (readonly [string, string])[] = [
  ['shared_buffers', '16MB'],
  ['fsync', 'off'],
  ['wal_retrieve_retry_interval', '500ms'],
  ['log_timezone', 'GMT'],
  ['timezone', 'GMT'],
  ['jit', 'off'],
];

/** Bitnami's libpostgresql.sh, postgresql_configure_replication_parameters. */
const replicated: readonly (readonly [string, string])[] = [
  ['wal_level', 'replica'],
  ['max_wal_size', '400MB'],
  ['max_wal_senders', '16'],
  ['wal_keep_size', '128MB'],
  ['hot_standby', 'on'],
];

export function postgresqlConf({
  settings,
  configurationFolder,
  upstream,
  userFiles,
  mapPath,
  hasLibrary,
}: Sources): string {
  const {role, synchronousReaders, synchronousCommit, applicationName, replication, tls, logging, preloaded, writer} =
    settings;
  const synchronous: readonly (readonly [string, string])[] =
    role === 'writer' && synchronousReaders > 0
      ? [
          ['synchronous_commit', synchronousCommit],
          ['synchronous_standby_names', `${synchronousReaders} ("${applicationName.replace(/"/g, '""')}")`],
        ]
      : [];
  const encrypted: readonly (readonly [string, string])[] = tls
    ? [
        ['ssl', 'on'],
        ['ssl_cert_file', mapPath(tls.certificate)],
        ['ssl_key_file', mapPath(tls.key)],
        ...(tls.authority === null ? [] : [['ssl_ca_file', mapPath(tls.authority)] as const]),
      ]
    : [];
  const conninfo = Object.entries({
    // The name is shown and checked; the address is where the name leads from this pod.
    host: writer.host,
    hostaddr: upstream?.host ?? '',
    port: String(upstream?.port ?? writer.port),
    user: replication?.user ?? '',
    passfile: passwordFile(configurationFolder),
    application_name: applicationName,
  });
  const following: readonly (readonly [string, string])[] =
    role === 'reader'
      ? [['primary_conninfo', conninfo.map(([key, value]) => `${key}=${conninfoValue(value)}`).join(' ')]]
      : [];
  const lines = [
    ...small,
    ...replicated,
    ...synchronous,
    ...encrypted,
    ...logging,
    ['shared_preload_libraries', withLibraries(preloaded, hasLibrary)] as const,
    ...following,
  ];
  return [
    ...lines.map(([name, value]) => `${name} = ${quoted(value)}`),
    ...userFiles.map((file) => `include = ${quoted(file)}`),
    `include = ${quoted(faultsFile(configurationFolder))}`,
    '',
  ].join('\n');
}

/** The user's own file, with paths of this machine and without libraries that are not here (pgaudit). */
export function userConfiguration(
  text: string,
  mapText: (text: string) => string,
  hasLibrary: (name: string) => boolean,
): string {
  return mapText(text).replace(
    /^(\s*shared_preload_libraries\s*=?\s*)(?:'([^'\n]*)'|([^\s#']+))/gim,
    (_all, before: string, inQuotes?: string, bare?: string) =>
      `${before}${quoted(withLibraries(inQuotes ?? bare ?? '', hasLibrary))}`,
  );
}

/** What no file may change, because where the server listens is this machine's business. */
export function serverFlags(configurationFolder: string, {host, port, socketFolder}: Place): string[] {
  const fixed = {
    config_file: `${configurationFolder}/postgresql.conf`,
    hba_file: `${configurationFolder}/pg_hba.conf`,
    listen_addresses: host,
    port: String(port),
    unix_socket_directories: socketFolder ?? '',
    // A server that is killed leaves nothing in /dev/shm.
    dynamic_shared_memory_type: 'mmap',
    logging_collector: 'off',
    log_destination: 'stderr',
  };
  return Object.entries(fixed).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** As the image does it: passwords for all that comes over the network, of either kind that a role may have. */
export const defaultHba = [
  'local all all trust',
  'host all all 0.0.0.0/0 md5',
  'host all all ::/0 md5',
  'host replication all 0.0.0.0/0 md5',
  '',
].join('\n');

export function passwordFile(configurationFolder: string): string {
  return `${configurationFolder}/.pgpass`;
}

export function pgpass(user: string, password: string): string {
  const escaped = (text: string) => text.replace(/[\\:]/g, '\\$&');
  return `*:*:*:${escaped(user)}:${escaped(password)}\n`;
}

/** A statement a line, for `postgres --single`. */
export function startUpSql({user, password, database, replication}: Settings): string[] {
  return [
    ...(user === 'postgres'
      ? []
      : [`CREATE ROLE ${identifier(user)} LOGIN CREATEDB${password === '' ? '' : ` PASSWORD ${literal(password)}`}`]),
    // As the image does: the user owns its database and the schema that everybody starts in.
    ...(database === 'postgres' && user !== 'postgres'
      ? [`ALTER DATABASE postgres OWNER TO ${identifier(user)}`, `ALTER SCHEMA public OWNER TO ${identifier(user)}`]
      : []),
    ...(database === 'postgres' ? [] : [`CREATE DATABASE ${identifier(database)} OWNER ${identifier(user)}`]),
    ...(replication === null
      ? []
      : [`CREATE ROLE ${identifier(replication.user)} REPLICATION LOGIN PASSWORD ${literal(replication.password)}`]),
  ];
}

function withLibraries(list: string, hasLibrary: (name: string) => boolean): string {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && hasLibrary(name))
    .join(', ');
}

function quoted(value: string): string {
  return `'${value.replace(/'/g, "''")}'`;
}

function identifier(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}

/** The text as a literal on one line, whatever is in it. */
function literal(text: string): string {
  return `E'${text.replace(/\\/g, '\\\\').replace(/'/g, "''").replace(/\n/g, '\\n').replace(/\r/g, '\\r')}'`;
}

function conninfoValue(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&')}'`;
}
