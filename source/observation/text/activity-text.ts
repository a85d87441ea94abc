// The activity of a writer in words and numbers, for screens and plain lines. Pure.
import {
  daysLeft,
  hitPercent,
  longest,
  ratesOf,
  waitingSessions,
  type Activity,
  type Rates,
  type DatabaseSession,
} from '../activity.ts';

/** One thing that is watched: its name, how it is now, and how it was. */
export interface Gauge {
  readonly label: string;
  readonly now: string;
  /** Oldest first; null where no rate is known. Absent when the gauge has no sparkline. */
  readonly history?: readonly (number | null)[];
  /** What is wrong with it, in a few words. */
  readonly note?: string;
}

/** The gauges, the most telling first. The newest of `activities` is the last. */
export function gauges(activities: readonly Activity[]): readonly Gauge[] {
  const last = activities.at(-1);
  if (!last) return [];
  const rates = ratesOf(activities);
  const now = rates.at(-1) ?? null;
  const rate = (label: string, of: (rates: Rates) => number, say: (value: number) => string): Gauge => ({
    label,
    now: now ? `${say(of(now))}/s` : '…',
    history: rates.map((one) => one && of(one)),
  });
  const hits = rates.map((one) => one && hitPercent(one));
  const known = hits.filter((hit) => hit !== null).at(-1);
  return [
    rate('transactions', ({commits, rollbacks}) => commits + rollbacks, count),
    rate('rows written', ({rowsWritten}) => rowsWritten, count),
    rate('rows read', ({rowsRead}) => rowsRead, count),
    rate('WAL', ({walBytes}) => walBytes, bytes),
    lagGauge(activities, last),
    {label: 'cache hits', now: known === undefined ? '…' : `${known.toFixed(1)} %`, history: hits},
    rate('temporary files', ({tempBytes}) => tempBytes, bytes),
  ];
}

/** The lag is that of readers that stream, so it is told how many do not. */
function lagGauge(activities: readonly Activity[], {lagBytes, streamingReaders, desiredReaders}: Activity): Gauge {
  const isMissed = desiredReaders !== null && streamingReaders < desiredReaders;
  return {
    label: 'lag',
    now: lagBytes !== null ? bytes(lagBytes) : isMissed ? 'unknown' : 'no reader',
    history: activities.slice(1).map((one) => one.lagBytes),
    ...(isMissed ? {note: `${streamingReaders} of ${desiredReaders} readers stream`} : {}),
  };
}

/** Lines that are shown beside the gauges. */
export function activityFacts(last: Activity): readonly string[] {
  const {states, maxConnections, sessions, oldestXidAge} = last;
  const all = Object.values(states).reduce((sum, number) => sum + number, 0);
  const inStates = Object.entries(states)
    .sort(([, a], [, b]) => b - a)
    .map(([state, number]) => `${number} ${state}`);
  const waiting = waitingSessions(sessions).length;
  const transaction = longest(sessions, 'transactionSeconds');
  const query = longest(sessions, 'querySeconds');
  return [
    `${all} of ${maxConnections} sessions${inStates.length > 0 ? `: ${inStates.join(', ')}` : ''}`,
    `longest transaction ${transaction === null ? 'none' : seconds(transaction)}, query ` +
      `${query === null ? 'none' : seconds(query)}${waiting > 0 ? `, ${waiting} waiting for others` : ''}`,
    `oldest transaction id ${count(oldestXidAge)} back of 2.1 G (${Math.round((100 * oldestXidAge) / 2 ** 31)} %)`,
    diskText(last),
  ];
}

function diskText({disk}: Activity): string {
  const last = disk.at(-1);
  if (!last) return 'disk: not known yet';
  const days = daysLeft(disk);
  const percent = Math.round((100 * last.usedBytes) / last.capacityBytes);
  const left =
    days === null ? '' : days > 365 ? ', more than a year left at this pace' : `, ${daysText(days)} left at this pace`;
  return `disk ${percent} % of ${bytes(last.capacityBytes)}${left}`;
}

function daysText(days: number): string {
  if (days >= 2) return `${Math.floor(days)} days`;
  const hours = Math.floor(days * 24);
  return hours === 1 ? '1 hour' : `${hours} hours`;
}

/** `1234` → `1.2k`: at most five characters. */
export function count(value: number): string {
  return scaled(value, 1000, ['', 'k', 'M', 'G', 'T']);
}

export function bytes(value: number): string {
  return scaled(value, 1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB']);
}

function scaled(value: number, step: number, units: readonly string[]): string {
  let unit = 0;
  let rest = value;
  while (rest >= step && unit < units.length - 1) {
    rest /= step;
    unit += 1;
  }
  const digits = unit > 0 && rest < 10 ? 1 : 0;
  return `${rest.toFixed(digits)}${units[unit] ?? ''}`;
}

/** `0:03`, `12:00`, `3:00:00`. */
export function seconds(value: number): string {
  const whole = Math.max(0, Math.floor(value));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (number: number) => String(number).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Seconds that the session has spent in its transaction, else in its query, else in its state. */
export function sessionSeconds({transactionSeconds, querySeconds, stateSeconds}: DatabaseSession): number {
  return transactionSeconds ?? querySeconds ?? stateSeconds ?? 0;
}

/** What the session waits for, in a few words; empty when it waits for nothing. */
export function waitText({waits, waitsFor}: DatabaseSession): string {
  return waitsFor.length > 0 ? `waits for ${waitsFor.join(', ')}` : (waits ?? '');
}

/** One line per look, for output that is not repainted: the line above tells how it was, so nothing is drawn. */
export function activityLine(activities: readonly Activity[]): string {
  const last = activities.at(-1);
  if (!last) return '';
  const time = new Date(last.at).toISOString().slice(11, 19);
  const [sessions = '', ...others] = activityFacts(last);
  const rates = gauges(activities).map(({label, now, note}) => `${label} ${now}${note ? `, ${note}` : ''}`);
  return [`${time}  ${sessions}`, ...rates, ...others].join('; ');
}
