// What a container's environment asks of PostgreSQL. Sources: the chart's templates, and the scripts of Bitnami's image
// (libpostgresql.sh, postgresql-env.sh).

export interface Settings {
  /** The path in the container. */
  readonly dataFolder: string;
  readonly volumeFolder: string;
  readonly role: 'writer' | 'reader';
  readonly port: number;
  /** Who owns the database; `postgres` when no other is asked for. */
  readonly user: string;
  readonly database: string;
  readonly password: string;
  /** The password of `postgres`. */
  readonly adminPassword: string;
  readonly replication: {readonly user: string; readonly password: string} | null;
  /** For a reader. */
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
type ReadFile = (path: string) => string | null;

/** @throws Error with the image's words when a password is missing */
export function settingsOf(
  environment: Readonly<Record<string, string>>,
  readFile: ReadFile,
  shape: 'bitnami' | 'official',
): Settings {
  const variables = new Variables(environment, readFile);
  const common = commonSettings(variables);
  if (common.password === '' && !mayHaveNoPassword(variables)) throw new Error(passwordMissing(shape));
  return {
    ...common,
    ...(shape === 'bitnami' ? bitnamiSettings(variables, common) : officialSettings(variables, common)),
  };
}

/** The environment; a variable that is empty counts as missing. */
class Variables {
  readonly #environment: Readonly<Record<string, string>>;
  readonly #readFile: ReadFile;

  constructor(environment: Readonly<Record<string, string>>, readFile: ReadFile) {
    this.#environment = environment;
    this.#readFile = readFile;
  }

  first(...names: readonly string[]): string | undefined {
    return names.map((name) => this.#environment[name]).find((value) => value !== undefined && value !== '');
  }

  /** From the file that `…_FILE` names, if there is one, else from the variable itself. */
  secret(...names: readonly string[]): string {
    const file = this.first(...names.map((name) => `${name}_FILE`));
    return (file === undefined ? undefined : this.#readFile(file)) ?? this.first(...names) ?? '';
  }

  number(name: string, fallback: number): number {
    return Number(this.first(`POSTGRESQL_${name}`, `POSTGRES_${name}`) ?? fallback);
  }
}

/** The settings that both images read in the same way. */
function commonSettings(variables: Variables) {
  return {
    volumeFolder: variables.first('POSTGRESQL_VOLUME_DIR') ?? '/bitnami/postgresql',
    port: Number(variables.first('POSTGRESQL_PORT_NUMBER') ?? 5432),
    user: variables.first('POSTGRES_USER', 'POSTGRESQL_USERNAME') ?? 'postgres',
    password: variables.secret('POSTGRES_PASSWORD', 'POSTGRESQL_PASSWORD'),
    writer: {
      host: variables.first('POSTGRES_MASTER_HOST', 'POSTGRESQL_MASTER_HOST') ?? '',
      port: variables.number('MASTER_PORT_NUMBER', 5432),
    },
    applicationName: variables.first('POSTGRES_CLUSTER_APP_NAME', 'POSTGRESQL_CLUSTER_APP_NAME') ?? 'walreceiver',
    synchronousReaders: variables.number('NUM_SYNCHRONOUS_REPLICAS', 0),
    synchronousCommit:
      variables.first('POSTGRESQL_SYNCHRONOUS_COMMIT_MODE', 'POSTGRES_SYNCHRONOUS_COMMIT_MODE') ?? 'on',
    initdbArguments: (variables.first('POSTGRES_INITDB_ARGS', 'POSTGRESQL_INITDB_ARGS') ?? '')
      .split(/\s+/)
      .filter(Boolean),
  };
}

type CommonSettings = ReturnType<typeof commonSettings>;
type ImageSettings = Omit<Settings, keyof CommonSettings>;

function bitnamiSettings(variables: Variables, {user, password, volumeFolder}: CommonSettings): ImageSettings {
  const mode = variables.first('POSTGRES_REPLICATION_MODE', 'POSTGRESQL_REPLICATION_MODE');
  return {
    dataFolder: dataFolderIn(variables) ?? `${volumeFolder}/data`,
    role: mode === 'slave' ? 'reader' : 'writer',
    database: databaseIn(variables) ?? 'postgres',
    adminPassword: adminPasswordIn(variables) || (user === 'postgres' ? password : ''),
    replication: replicationIn(variables),
    preloaded: variables.first('POSTGRESQL_SHARED_PRELOAD_LIBRARIES') ?? '',
    tls: tlsIn(variables),
    logging: loggingIn(variables),
  };
}

function officialSettings(variables: Variables, {user, password}: CommonSettings): ImageSettings {
  return {
    dataFolder: dataFolderIn(variables) ?? '/var/lib/postgresql/data',
    role: 'writer',
    database: databaseIn(variables) ?? user,
    adminPassword: adminPasswordIn(variables) || password,
    replication: null,
    preloaded: '',
    tls: null,
    logging: [],
  };
}

function mayHaveNoPassword(variables: Variables): boolean {
  return (
    ['yes', 'true', '1'].includes(variables.first('ALLOW_EMPTY_PASSWORD') ?? '') ||
    variables.first('POSTGRES_HOST_AUTH_METHOD') === 'trust'
  );
}

function dataFolderIn(variables: Variables): string | undefined {
  return variables.first('PGDATA', 'POSTGRESQL_DATA_DIR');
}

function databaseIn(variables: Variables): string | undefined {
  return variables.first('POSTGRES_DATABASE', 'POSTGRES_DB', 'POSTGRESQL_DATABASE');
}

function adminPasswordIn(variables: Variables): string {
  return variables.secret('POSTGRES_POSTGRES_PASSWORD', 'POSTGRESQL_POSTGRES_PASSWORD');
}

function replicationIn(variables: Variables): Settings['replication'] {
  const user = variables.first('POSTGRES_REPLICATION_USER', 'POSTGRESQL_REPLICATION_USER');
  if (user === undefined) return null;
  return {user, password: variables.secret('POSTGRES_REPLICATION_PASSWORD', 'POSTGRESQL_REPLICATION_PASSWORD')};
}

function tlsIn(variables: Variables): Settings['tls'] {
  if (variables.first('POSTGRESQL_ENABLE_TLS') !== 'yes') return null;
  return {
    certificate: variables.first('POSTGRESQL_TLS_CERT_FILE') ?? '',
    key: variables.first('POSTGRESQL_TLS_KEY_FILE') ?? '',
    authority: variables.first('POSTGRESQL_TLS_CA_FILE') ?? null,
  };
}

function loggingIn(variables: Variables): Settings['logging'] {
  return [
    ['log_hostname', 'POSTGRESQL_LOG_HOSTNAME'],
    ['log_connections', 'POSTGRESQL_LOG_CONNECTIONS'],
    ['log_disconnections', 'POSTGRESQL_LOG_DISCONNECTIONS'],
    ['log_line_prefix', 'POSTGRESQL_LOG_LINE_PREFIX'],
    ['log_timezone', 'POSTGRESQL_LOG_TIMEZONE'],
    ['client_min_messages', 'POSTGRESQL_CLIENT_MIN_MESSAGES'],
  ].flatMap(([name = '', variable = '']) => {
    const value = variables.first(variable);
    return value === undefined ? [] : [[name, value] as const];
  });
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
