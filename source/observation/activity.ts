// What the writer is doing: its answers to a query once a second, and the rates between two of them. Pure.

/** One client session. Times are in seconds, up to the moment of the query. */
export interface DatabaseSession {
  readonly pid: number;
  /** The timestamp as PostgreSQL writes it. Together with the pid it identifies this session and no later one. */
  readonly startedAt: string;
  readonly user: string;
  readonly database: string;
  readonly application: string;
  /** An address, or `local`. */
  readonly client: string;
  /** As pg_stat_activity has it: `active`, `idle`, `idle in transaction` and others. */
  readonly state: string;
  /** Time since the session entered that state. */
  readonly stateSeconds: number | null;
  /** Null when no transaction is open. */
  readonly transactionSeconds: number | null;
  /** Null when no query runs. */
  readonly querySeconds: number | null;
  /** The wait event, such as `Lock: transactionid`; null when the session waits for nothing. */
  readonly waits: string | null;
  /** The pids of the sessions that block this one. */
  readonly waitsFor: readonly number[];
  /** The query that runs, else the last one that ran; its first 1000 characters. */
  readonly query: string;
}

/** Counters that only grow, summed over all databases since their statistics were last reset. */
export interface Counters {
  readonly commits: number;
  readonly rollbacks: number;
  readonly blocksRead: number;
  readonly blocksHit: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly tempFiles: number;
  readonly tempBytes: number;
  readonly deadlocks: number;
}

export interface DiskSeen {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly usedBytes: number;
  readonly capacityBytes: number;
}

export interface Activity {
  /** By the server's clock, milliseconds since the epoch. */
  readonly at: number;
  readonly counters: Counters;
  /** The writer's WAL position, in bytes from the beginning of the WAL. */
  readonly walBytes: number;
  /** Lag of the reader that is farthest behind; null when no reader streams. */
  readonly lagBytes: number | null;
  /** How many readers stream from the writer. */
  readonly streamingReaders: number;
  /** How many readers there are to be; null: not known yet. */
  readonly desiredReaders: number | null;
  readonly maxConnections: number;
  /** Transactions since the oldest one that is not frozen; at about 2 billion the server stops taking writes. */
  readonly oldestXidAge: number;
  /** How many sessions are in each state. */
  readonly states: Readonly<Record<string, number>>;
  /** The longest transactions first; not all of them where there are hundreds. */
  readonly sessions: readonly DatabaseSession[];
  /** How long the query itself took on the server, in milliseconds. */
  readonly costMs: number;
  /** What was seen of the writer's volume until then, newest last. */
  readonly disk: readonly DiskSeen[];
}

/** What the writer itself answers; the rest is read from the cluster. */
export type ActivityAnswer = Omit<Activity, 'disk' | 'desiredReaders'>;

/** The counters per second, on average between two answers. */
export interface Rates extends Counters {
  readonly walBytes: number;
}

const counterNames = [
  'commits',
  'rollbacks',
  'blocksRead',
  'blocksHit',
  'rowsRead',
  'rowsWritten',
  'tempFiles',
  'tempBytes',
  'deadlocks',
] as const satisfies readonly (keyof Counters)[];

/** A minute of answers, one a second, and one more because a rate needs two. */
export const maxActivities = 61;

/** Adds the newest answer at the end and keeps no more than are shown. */
export function withActivity(before: readonly Activity[], next: Activity): readonly Activity[] {
  return [...before, next].slice(-maxActivities);
}

/** Null where the statistics were reset in between, or no time has passed. */
export function ratesBetween(before: Activity, after: Activity): Rates | null {
  const seconds = (after.at - before.at) / 1000;
  if (seconds <= 0) return null;
  const differences = counterNames.map((name) => [name, after.counters[name] - before.counters[name]] as const);
  const wal = after.walBytes - before.walBytes;
  if (wal < 0 || differences.some(([, difference]) => difference < 0)) return null;
  const perSecond = Object.fromEntries(differences.map(([name, difference]) => [name, difference / seconds]));
  return {...(perSecond as unknown as Counters), walBytes: wal / seconds};
}

/** Between each two neighbours, the oldest first. */
export function ratesOf(activities: readonly Activity[]): readonly (Rates | null)[] {
  return activities.slice(1).map((after, index) => {
    const before = activities[index];
    return before ? ratesBetween(before, after) : null;
  });
}

/** Percent of the blocks that were found in the cache; null when none were read. */
export function hitPercent({blocksHit, blocksRead}: Pick<Counters, 'blocksHit' | 'blocksRead'>): number | null {
  const all = blocksHit + blocksRead;
  return all > 0 ? (100 * blocksHit) / all : null;
}

export function longest(
  sessions: readonly DatabaseSession[],
  of: 'transactionSeconds' | 'querySeconds',
): number | null {
  const known = sessions.flatMap((session) => session[of] ?? []);
  return known.length > 0 ? Math.max(...known) : null;
}

/** Sessions that other sessions block. */
export function waitingSessions(sessions: readonly DatabaseSession[]): readonly DatabaseSession[] {
  return sessions.filter(({waitsFor}) => waitsFor.length > 0);
}

/** Watching for less than this is too short to estimate days from. */
const shortestMs = 60_000;
const dayMs = 86_400_000;

/**
 * Days until the volume is full, if it goes on as it was seen growing. Null: it does not grow, or was not watched for
 * long enough.
 */
export function daysLeft(disk: readonly DiskSeen[]): number | null {
  const first = disk[0];
  const last = disk.at(-1);
  if (!first || !last || last.at - first.at < shortestMs) return null;
  const perDay = ((last.usedBytes - first.usedBytes) * dayMs) / (last.at - first.at);
  return perDay > 0 ? Math.max(0, last.capacityBytes - last.usedBytes) / perDay : null;
}

/** What scripts are given, computed from two successive answers. */
export function activityData(before: Activity, after: Activity): object {
  const rates = ratesBetween(before, after);
  const rounded =
    rates && Object.fromEntries(Object.entries<number>({...rates}).map(([name, value]) => [name, hundredths(value)]));
  const disk = after.disk.at(-1);
  const days = daysLeft(after.disk);
  const ms = (seconds: number | null) => (seconds === null ? null : Math.round(seconds * 1000));
  const percent = rates && hitPercent(rates);
  return {
    time: new Date(after.at).toISOString(),
    intervalMs: Math.round(after.at - before.at),
    sessions: {max: after.maxConnections, states: after.states},
    longestTransactionMs: ms(longest(after.sessions, 'transactionSeconds')),
    longestQueryMs: ms(longest(after.sessions, 'querySeconds')),
    waiting: waitingSessions(after.sessions).map(({pid, waits, waitsFor}) => ({pid, waits, waitsFor})),
    perSecond: rounded,
    cacheHitPercent: percent === null ? null : hundredths(percent),
    lagBytes: after.lagBytes,
    readers: {streaming: after.streamingReaders, desired: after.desiredReaders},
    oldestXidAge: after.oldestXidAge,
    disk: disk
      ? {
          usedBytes: disk.usedBytes,
          capacityBytes: disk.capacityBytes,
          daysLeft: days === null ? null : hundredths(days),
        }
      : null,
    costMs: after.costMs,
  };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
/** Where the terminal shows no more than ASCII. */
const marks = ['_', '.', ':', '-', '=', '+', '*', '#'] as const;

/**
 * The last `width` values as one line, each scaled between zero and the largest of them; a space where there is no
 * value. When all are zero, each is drawn as the lowest sign.
 */
export function sparkline(values: readonly (number | null)[], width: number, isUnicode: boolean): string {
  const shown = values.slice(-width);
  const max = Math.max(0, ...shown.map((value) => value ?? 0));
  const signs = isUnicode ? blocks : marks;
  const sign = (value: number) => signs[max === 0 ? 0 : Math.min(7, Math.floor((8 * Math.max(0, value)) / max))];
  return shown
    .map((value) => (value === null ? ' ' : sign(value)))
    .join('')
    .padStart(width);
}
