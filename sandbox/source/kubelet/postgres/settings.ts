// What a container's environment asks of PostgreSQL. Sources: the chart's templates, and the scripts of Bitnami's image
// (libpostgresql.sh, postgresql-env.sh).

export interface Settings {
  /** In the container. */
  readonly dataFolder: string;
  readonly volumeFolder: string;
  readonly role: 'writer' | 'reader';
  readonly port: number;
  /** Who owns the database; `postgres` when no other is asked for. */
  readonly user: string;
  readonly database: string;
  readonly password: string;
  /** Of `postgres`. */
  readonly adminPassword: string;
  readonly replication: {readonly user: string; readonly password: string} | null;
  /** Of a reader. */
  readonly writer: {readonly host: string; readonly port: number};
  readonly applicationName: string;
  readonly synchronousReaders: number;
  readonly synchronousCommit: string;
  readonly preloaded: string;
  readonly tls: {readonly certificate: string; readonly key: string; readonly authority: string | null} | null;
  /** More lines of postgresql.conf: name and value. */
  readonly logging: readonly (readonly [string, string])[];
  readonly initdbArguments: readonly string[];
}

/** Reads a file of the container; null where there is none. */
export type ReadFile = (path: string) => string | null;

/** @throws Error with the image's words when a password is missing */
export function settingsOf(
  environment: Readonly<Record<string, string>>,
  readFile: ReadFile,
  shape: 'bitnami' | 'official',
): Settings {
  const first = (...names: readonly string[]) =>
    names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
  const secret = (...names: readonly string[]): string => {
    const file = first(...names.map((name) => `${name}_FILE`));
    return (file === undefined ? undefined : readFile(file)) ?? first(...names) ?? '';
  };
  const bitnami = shape === 'bitnami';
  const volumeFolder = first('POSTGRESQL_VOLUME_DIR') ?? '/bitnami/postgresql';
  const role =
    bitnami && first('POSTGRES_REPLICATION_MODE', 'POSTGRESQL_REPLICATION_MODE') === 'slave' ? 'reader' : 'writer';
  const user = first('POSTGRES_USER', 'POSTGRESQL_USERNAME') ?? 'postgres';
  const password = secret('POSTGRES_PASSWORD', 'POSTGRESQL_PASSWORD');
  const replicator = bitnami ? first('POSTGRES_REPLICATION_USER', 'POSTGRESQL_REPLICATION_USER') : undefined;
  const number = (name: string, fallback: number) =>
    Number(first(`POSTGRESQL_${name}`, `POSTGRES_${name}`) ?? fallback);
  const logging = [
    ['log_hostname', 'POSTGRESQL_LOG_HOSTNAME'],
    ['log_connections', 'POSTGRESQL_LOG_CONNECTIONS'],
    ['log_disconnections', 'POSTGRESQL_LOG_DISCONNECTIONS'],
    ['log_line_prefix', 'POSTGRESQL_LOG_LINE_PREFIX'],
    ['log_timezone', 'POSTGRESQL_LOG_TIMEZONE'],
    ['client_min_messages', 'POSTGRESQL_CLIENT_MIN_MESSAGES'],
  ].flatMap(([name = '', variable = '']) => {
    const value = bitnami ? first(variable) : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  const free =
    ['yes', 'true', '1'].includes(first('ALLOW_EMPTY_PASSWORD') ?? '') ||
    first('POSTGRES_HOST_AUTH_METHOD') === 'trust';
  if (password === '' && !free) throw new Error(passwordMissing(shape));
  return {
    dataFolder:
      first('PGDATA', 'POSTGRESQL_DATA_DIR') ?? (bitnami ? `${volumeFolder}/data` : '/var/lib/postgresql/data'),
    volumeFolder,
    role,
    port: Number(first('POSTGRESQL_PORT_NUMBER') ?? 5432),
    user,
    database: first('POSTGRES_DATABASE', 'POSTGRES_DB', 'POSTGRESQL_DATABASE') ?? (bitnami ? 'postgres' : user),
    password,
    adminPassword:
      secret('POSTGRES_POSTGRES_PASSWORD', 'POSTGRESQL_POSTGRES_PASSWORD') ||
      (user === 'postgres' || !bitnami ? password : ''),
    replication:
      replicator === undefined
        ? null
        : {user: replicator, password: secret('POSTGRES_REPLICATION_PASSWORD', 'POSTGRESQL_REPLICATION_PASSWORD')},
    writer: {
      host: first('POSTGRES_MASTER_HOST', 'POSTGRESQL_MASTER_HOST') ?? '',
      port: number('MASTER_PORT_NUMBER', 5432),
    },
    applicationName: first('POSTGRES_CLUSTER_APP_NAME', 'POSTGRESQL_CLUSTER_APP_NAME') ?? 'walreceiver',
    synchronousReaders: number('NUM_SYNCHRONOUS_REPLICAS', 0),
    synchronousCommit: first('POSTGRESQL_SYNCHRONOUS_COMMIT_MODE', 'POSTGRES_SYNCHRONOUS_COMMIT_MODE') ?? 'on',
    preloaded: bitnami ? (first('POSTGRESQL_SHARED_PRELOAD_LIBRARIES') ?? '') : '',
    tls:
      bitnami && first('POSTGRESQL_ENABLE_TLS') === 'yes'
        ? {
            certificate: first('POSTGRESQL_TLS_CERT_FILE') ?? '',
            key: first('POSTGRESQL_TLS_KEY_FILE') ?? '',
            authority: first('POSTGRESQL_TLS_CA_FILE') ?? null,
          }
        : null,
    logging,
    initdbArguments: (first('POSTGRES_INITDB_ARGS', 'POSTGRESQL_INITDB_ARGS') ?? '').split(/\s+/).filter(Boolean),
  };
}

/** The images' own words. */
function passwordMissing(shape: 'bitnami' | 'official'): string {
  return shape === 'bitnami'
    ? 'The POSTGRESQL_PASSWORD environment variable is empty or not set. Set the environment variable ' +
        'ALLOW_EMPTY_PASSWORD=yes to allow the container to be started with blank passwords. This is recommended ' +
        'only for development.'
    : 'Error: Database is uninitialized and superuser password is not specified.\n       You must specify ' +
        'POSTGRES_PASSWORD to a non-empty value for the\n       superuser. For example, "-e ' +
        'POSTGRES_PASSWORD=password" on "docker run".';
}
