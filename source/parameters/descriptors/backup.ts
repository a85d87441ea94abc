// Whether all databases are dumped on a schedule, the size of the volume for the dumps, and how many dumps are kept.
import {badInput} from '../../core/cause.ts';
import {nextTime, parseSchedule} from '../cron.ts';
import {parameter, type Others, type Parsed} from '../parameter.ts';
import {storageSizeProblem} from '../sizes.ts';

export interface Backup {
  /** Five fields of cron, in UTC; null: no backups. */
  readonly schedule: string | null;
  /** The size of the volume, a Kubernetes quantity. */
  readonly size: string;
  readonly keep: number;
}

/** `schedule` is `off` for no backups. */
export interface BackupAnswer {
  readonly schedule?: string;
  readonly size?: string;
  readonly keep?: number;
}

const off = 'off';
const defaults = {size: '8Gi', keep: 7} as const;
const maxKept = 365;

export const backupFlags = {schedule: '--backup-schedule', size: '--backup-size', keep: '--backup-keep'} as const;
const flags = [
  {
    name: backupFlags.schedule,
    argument: 'cron',
    help: 'dump all databases then, in UTC, such as "0 3 * * *"; the volume stays on uninstall',
    defaultText: off,
    part: 'schedule',
    field: {
      label: 'Backups',
      hint: 'When all databases are dumped to a volume of their own: a schedule in UTC such as 0 3 * * *, or off.',
    },
  },
  {
    name: backupFlags.size,
    argument: 'quantity',
    help: 'the volume of the backups; it can grow later',
    defaultText: defaults.size,
    read: sizeOf,
    part: 'size',
    field: {
      label: 'Backup volume',
      hint: 'The size of that volume, such as 20Gi. It stays on uninstall.',
      emptyText: (others: Others) => ifBackedUp(others, defaults.size),
    },
  },
  {
    name: backupFlags.keep,
    argument: 'number',
    help: 'how many backups stay on it',
    defaultText: String(defaults.keep),
    read: keepOf,
    part: 'keep',
    field: {
      label: 'Backups kept',
      hint: 'How many backups stay on the volume; the oldest goes first.',
      emptyText: (others: Others) => ifBackedUp(others, String(defaults.keep)),
    },
  },
] as const;

export const backup = parameter<'backup', BackupAnswer, Backup>({
  key: 'backup',
  label: 'Backup',
  hint: 'When all databases are dumped to a volume of their own: a schedule in UTC such as 0 3 * * *, or off.',
  defaultText: off,
  changes: 'anytime',
  form: 'backup',
  flags,
  variables: [
    {name: 'PGHI_BACKUP', read: scheduleOf},
    {name: 'PGHI_BACKUP_SCHEDULE', read: scheduleOf},
    {name: 'PGHI_BACKUP_SIZE', read: sizeOf},
    {name: 'PGHI_BACKUP_KEEP', read: keepOf},
  ],
  inFile: 'parts',
  parse: scheduleOf,
  format: (answer) => answer.schedule ?? '',
  toFlags: (answer) =>
    flags.flatMap(({name, part}) => (answer[part] === undefined ? [] : [name, String(answer[part])])),
  join: (first, second) => ({...first, ...second}),
  merge: (stronger, weaker) => (stronger.schedule === off ? stronger : {...weaker, ...stronger}),
  resolve({schedule = off, size, keep} = {}) {
    if (schedule === off && (size ?? keep) !== undefined)
      throw badInput(
        `${size === undefined ? backupFlags.keep : backupFlags.size} is about backups, and there are none without ` +
          `${backupFlags.schedule}. Add it, such as ${backupFlags.schedule} "0 3 * * *".`,
      );
    return {schedule: schedule === off ? null : schedule, size: size ?? defaults.size, keep: keep ?? defaults.keep};
  },
  toAnswer: ({schedule, size, keep}) => (schedule === null ? undefined : {schedule, size, keep}),
  show: ({schedule, size, keep}) => (schedule === null ? off : `${schedule} (${size}, ${keep} kept)`),
});

/** The text; empty where there are to be no backups, as then it must not be given. */
function ifBackedUp({backup: answer}: Others, text: string): string {
  return (answer as BackupAnswer | undefined)?.schedule === off ? '' : text;
}

function scheduleOf(text: string): Parsed<BackupAnswer> {
  const schedule = text.trim();
  if (schedule === off) return {value: {schedule}};
  const parsed = parseSchedule(schedule);
  if (parsed === null)
    return {
      problem:
        `"${text}" is not a schedule. Use five fields, minute hour day month weekday, such as "0 3 * * *" for ` +
        'each day at 03:00 UTC, a word such as @daily, or off.',
    };
  return nextTime(parsed, Date.UTC(2026, 0, 1)) === null
    ? {problem: `"${text}" never comes: no month of those has such a day.`}
    : {value: {schedule}};
}

function sizeOf(text: string): Parsed<BackupAnswer> {
  const size = text.trim();
  const problem = storageSizeProblem(size);
  return problem === null ? {value: {size}} : {problem};
}

function keepOf(text: string): Parsed<BackupAnswer> {
  const keep = Number(text.trim() || Number.NaN);
  return Number.isInteger(keep) && keep >= 1 && keep <= maxKept
    ? {value: {keep}}
    : {problem: `"${text}" is not a number of backups. Use one from 1 to ${maxKept}.`};
}
