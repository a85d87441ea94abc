// What the writer is doing: what it was asked once a second, and what follows from two such answers. Pure.

/** One session of a client. Times in seconds up to when it was asked. */
export interface Session {
  readonly pid: number;
  /** As PostgreSQL writes it; with the pid it means this session and no later one. */
  readonly startedAt: string;
  readonly user: string;
  readonly database: string;
  readonly application: string;
  /** An address, or `local`. */
  readonly client: string;
  /** As pg_stat_activity has it: `active`, `idle`, `idle in transaction` and others. */
  readonly state: string;
  /** Since it is in that state. */
  readonly stateSeconds: number | null;
  /** Null: in none. */
  readonly transactionSeconds: number | null;
  /** Null: it runs none. */
  readonly querySeconds: number | null;
  /** Such as `Lock: transactionid`; null: it waits for nothing. */
  readonly waits: string | null;
  /** The pids that hold what it waits for. */
  readonly waitsFor: readonly number[];
  /** The one that runs, else the last one; its first 1000 characters. */
  readonly query: string;
}

/** What only grows, of all databases together, since its statistics were last reset. */
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
  /** Where it is in its WAL: bytes from its beginning. */
  readonly walBytes: number;
  /** Of the reader that is farthest behind; null: none streams. */
  readonly lagBytes: number | null;
  readonly maxConnections: number;
  /** Transactions since the oldest one that is not frozen; at about 2 billion the server stops taking writes. */
  readonly oldestXidAge: number;
  /** How many sessions are in each state. */
  readonly states: Readonly<Record<string, number>>;
  /** The longest transactions first; not all of them where there are hundreds. */
  readonly sessions: readonly Session[];
  /** What the question itself took the server, in milliseconds. */
  readonly costMs: number;
  /** Of the writer's volume, what was seen of it until then, the newest last. */
  readonly disk: readonly DiskSeen[];
}

/** What happened in a second, on average between two answers. */
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

/** A minute of looks at it, and one more: rates lie between two. */
export const maxActivities = 61;

/** The newest last, and no more than are shown. Null, or no answer since: a gap is no rate. */
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

/** Of what was read; null: nothing was. */
export function hitPercent({blocksHit, blocksRead}: Pick<Counters, 'blocksHit' | 'blocksRead'>): number | null {
  const all = blocksHit + blocksRead;
  return all > 0 ? (100 * blocksHit) / all : null;
}

export function longest(sessions: readonly Session[], of: 'transactionSeconds' | 'querySeconds'): number | null {
  const known = sessions.flatMap((session) => session[of] ?? []);
  return known.length > 0 ? Math.max(...known) : null;
}

/** Those that wait for others. */
export function waitingSessions(sessions: readonly Session[]): readonly Session[] {
  return sessions.filter(({waitsFor}) => waitsFor.length > 0);
}

/** Less than this says nothing about days. */
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

/** What scripts get of two answers. */
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
 * The last `width` values as one line, each between nothing and the largest of them; a space where there is none. All
 * of them nothing: the lowest sign.
 */
export function sparkline(values: readonly (number | null)[], width: number, isUnicode: boolean): string {
  const shown = values.slice(-width);
  const most = Math.max(0, ...shown.map((value) => value ?? 0));
  const signs = isUnicode ? blocks : marks;
  const sign = (value: number) => signs[most === 0 ? 0 : Math.min(7, Math.floor((8 * Math.max(0, value)) / most))];
  return shown
    .map((value) => (value === null ? ' ' : sign(value)))
    .join('')
    .padStart(width);
}
