// Settings of PostgreSQL that --postgres-config refuses: the installer, the chart or another flag decides them.

/** `instead`: the flag that sets it; null: the setting has to stay as it is, because of `why`. */
interface OwnedSetting {
  readonly names: RegExp;
  readonly instead: string | null;
  readonly why: string;
}

const rows: readonly OwnedSetting[] = [
  {
    names: /^(data_directory|config_file|hba_file|ident_file|external_pid_file)$/,
    instead: null,
    why: 'the image puts its files there',
  },
  {
    names: /^(listen_addresses|port|unix_socket_.*)$/,
    instead: null,
    why: 'the Services and probes reach the database there',
  },
  {
    names: /^(wal_level|hot_standby|primary_conninfo|primary_slot_name)$/,
    instead: null,
    why: 'the readers follow the writer by it',
  },
  {
    names: /^(recovery_.*|restore_command|archive_cleanup_command)$/,
    instead: null,
    why: 'a reader would not follow its writer',
  },
  {names: /^synchronous_standby_names$/, instead: '--synchronous-replicas', why: ''},
  {names: /^ssl(_.*)?$/, instead: '--tls', why: ''},
  {
    names: /^(fsync|full_page_writes|zero_damaged_pages|ignore_invalid_pages)$/,
    instead: null,
    why: 'anything else loses data',
  },
  {
    names: /^(logging_collector|log_destination|log_directory|log_filename)$/,
    instead: null,
    why: 'the log is read from the container',
  },
];

/** The problem, worded to follow the name of the setting; null where anybody may set it. */
export function ownedSettingProblem(name: string): string | null {
  const row = rows.find(({names}) => names.test(name.toLowerCase()));
  if (row === undefined) return null;
  return row.instead === null
    ? `${name} is not to be set: ${row.why}.`
    : `${name} is not to be set here: use ${row.instead} instead.`;
}
