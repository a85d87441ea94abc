// What a database's container was started with: user, database and passwords, whatever the Secret calls its keys.
// Sources: charts 11 to 16.7.26, templates/primary/statefulset.yaml; bitnami/containers, postgresql-env.sh.

/** Each variable may hold the value itself, or its twin `<name>_FILE` may name a file. */
export const environmentNames = [
  'POSTGRES_USER',
  'POSTGRESQL_USERNAME',
  'POSTGRES_DATABASE',
  'POSTGRESQL_DATABASE',
  'POSTGRES_DB',
  'POSTGRES_PASSWORD',
  'POSTGRESQL_PASSWORD',
  'POSTGRES_POSTGRES_PASSWORD',
  'POSTGRESQL_POSTGRES_PASSWORD',
  'POSTGRES_REPLICATION_USER',
  'POSTGRESQL_REPLICATION_USER',
  'POSTGRES_REPLICATION_PASSWORD',
  'POSTGRESQL_REPLICATION_PASSWORD',
] as const;

/** The variables by name, without those that are not set or empty. */
export type ContainerEnvironment = Readonly<Partial<Record<(typeof environmentNames)[number], string>>>;

/** The passwords are in clear text and stay in this process. */
export interface Logins {
  readonly username: string;
  readonly database: string;
  /** Undefined: the container's variables do not say it. */
  readonly user: string | undefined;
  readonly admin: string | undefined;
  readonly replication: {readonly username: string; readonly password: string} | null;
}

export function loginsIn(environment: ContainerEnvironment): Logins {
  const first = (...names: readonly (keyof ContainerEnvironment)[]): string | undefined =>
    names.map((name) => environment[name]).find((value) => value !== undefined);
  const username = first('POSTGRES_USER', 'POSTGRESQL_USERNAME') ?? 'postgres';
  const user = first('POSTGRES_PASSWORD', 'POSTGRESQL_PASSWORD');
  const replication = {
    username: first('POSTGRES_REPLICATION_USER', 'POSTGRESQL_REPLICATION_USER'),
    password: first('POSTGRES_REPLICATION_PASSWORD', 'POSTGRESQL_REPLICATION_PASSWORD'),
  };
  return {
    username,
    database: first('POSTGRES_DATABASE', 'POSTGRESQL_DATABASE', 'POSTGRES_DB') ?? 'postgres',
    user,
    admin: username === 'postgres' ? user : first('POSTGRES_POSTGRES_PASSWORD', 'POSTGRESQL_POSTGRES_PASSWORD'),
    replication:
      replication.username === undefined || replication.password === undefined
        ? null
        : {username: replication.username, password: replication.password},
  };
}
