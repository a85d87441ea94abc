// The settings that a reader may not have lower than its writer: what the values say of them, for both.
import {assignmentsIn} from './configuration-text.ts';
import {at, type Values} from './tree.ts';

/** PostgreSQL 17 manual, hot standby, administrator's overview. */
export const requiredSettings = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
] as const;
export type RequiredSetting = (typeof requiredSettings)[number];

/** A value that cannot be read as a number is unknown, and left out. */
export type RequiredSettings = Readonly<Partial<Record<RequiredSetting, number>>>;

/** What a server reports about one of its settings. */
export interface RunningSetting {
  readonly value: number;
  /** Set by ALTER SYSTEM or on the command line, where the chart's values do not change it. */
  readonly isFixed: boolean;
}
export type RunningSettings = Readonly<Partial<Record<RequiredSetting, RunningSetting>>>;

/** The defaults of PostgreSQL itself. PostgreSQL 17 manual. */
const postgresDefaults: RequiredSettings = {
  max_connections: 100,
  max_worker_processes: 8,
  max_wal_senders: 10,
  max_prepared_transactions: 0,
  max_locks_per_transaction: 64,
};
/**
 * Set by postgresql_configure_replication_parameters (Bitnami's libpostgresql.sh), unless the chart brings a whole
 * file.
 */
const imageDefaults: RequiredSettings = {...postgresDefaults, max_wal_senders: 16};

/**
 * The settings of a writer and a reader that start with these values. Chart 16.7.26: primary.configuration is the
 * writer's whole postgresql.conf, and each one's extendedConfiguration is read after it.
 */
export function settingsIn(values: Values): {readonly writer: RequiredSettings; readonly reader: RequiredSettings} {
  const text = (...path: readonly string[]): string => {
    const value = at(values, path);
    return typeof value === 'string' ? value : '';
  };
  const whole = text('primary', 'configuration');
  return {
    writer: {
      ...(whole === '' ? imageDefaults : postgresDefaults),
      ...settingsOf(`${whole}\n${text('primary', 'extendedConfiguration')}`),
    },
    reader: {...imageDefaults, ...settingsOf(text('readReplicas', 'extendedConfiguration'))},
  };
}

/**
 * The required settings in the text of a postgresql.conf; the last line wins. A value that is no number, such as a
 * template, is undefined.
 */
export function settingsOf(configuration: string): RequiredSettings {
  const found = assignmentsIn(configuration).flatMap(([name, text]): [RequiredSetting, number | undefined][] => {
    const setting = requiredSettings.find((one) => one === name.toLowerCase());
    const value = Number(text.trim() || Number.NaN);
    return setting === undefined ? [] : [[setting, Number.isFinite(value) ? Math.round(value) : undefined]];
  });
  return Object.fromEntries(found);
}
