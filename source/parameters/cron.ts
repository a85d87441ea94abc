// A schedule of Kubernetes: five fields in UTC, read as its CronJob controller reads them (robfig/cron 3, parser.go and
// spec.go). It is parsed here because libraries accept more than that, such as L for the last day, and are larger.

/** The numbers of each field. */
export interface Schedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Both the day and the weekday are named, and either one is enough. */
  readonly isEitherDay: boolean;
}

const macros: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  readonly min: number;
  readonly max: number;
  /** Words for the numbers of the field; the first one stands for `min`. */
  readonly names?: readonly string[];
}
const fields: readonly Field[] = [
  {min: 0, max: 59},
  {min: 0, max: 23},
  {min: 1, max: 31},
  {min: 1, max: 12, names: monthNames},
  {min: 0, max: 6, names: weekdayNames},
];

/** Null for what Kubernetes would refuse, and for `@every`, which names no time. */
export function parseSchedule(text: string): Schedule | null {
  const words = (macros.get(text.trim()) ?? text.trim()).split(/\s+/);
  if (words.length !== fields.length) return null;
  const sets = words.map((word, index) => numbersOf(word, fields[index] ?? {min: 0, max: 0}));
  const [minutes, hours, days, months, weekdays] = sets;
  if (!minutes || !hours || !days || !months || !weekdays) return null;
  const isEitherDay = [words[2], words[4]].every((word = '') => !word.split(',').some(isEvery));
  return {minutes, hours, days, months, weekdays, isEitherDay};
}

/** Whether the part is `*` or `?`; one with a step limits the field like any other. */
function isEvery(part: string): boolean {
  return /^[*?](\/1)?$/.test(part);
}

function numbersOf(word: string, field: Field): ReadonlySet<number> | null {
  const found = new Set<number>();
  for (const part of word.split(',')) {
    const [, range = '', step = '1'] = /^([*?]|\w+(?:-\w+)?)(?:\/(\d+))?$/.exec(part) ?? [];
    const ends = endsOf(range, part.includes('/'), field);
    if (ends === null || ends.first > ends.last || Number(step) === 0) return null;
    for (let number = ends.first; number <= ends.last; number += Number(step)) found.add(number);
  }
  return found;
}

/** The ends of a range. With a step, a single number is the first of all numbers up to the field's largest. */
function endsOf(range: string, hasStep: boolean, field: Field): {readonly first: number; readonly last: number} | null {
  if (range === '*' || range === '?') return {first: field.min, last: field.max};
  const [from = '', to = hasStep ? String(field.max) : from] = range.split('-');
  const [first, last] = [numberOf(from, field), numberOf(to, field)];
  return first === null || last === null ? null : {first, last};
}

/** The number that a word stands for; null: the field has no such value. */
function numberOf(word: string, {min, max, names = []}: Field): number | null {
  const named = names.indexOf(word.toLowerCase());
  const number = named >= 0 ? named + min : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  return number >= min && number <= max ? number : null;
}

const dayMs = 86_400_000;
/** The longest wait is for 29 February, where a century without a leap year is in between. */
const maxDays = 366 * 8 + 1;

/**
 * The first time of the schedule after a moment.
 * @param after milliseconds since the epoch
 * @returns milliseconds since the epoch; null: the time never comes, such as 30 February
 */
export function nextTime(schedule: Schedule, after: number): number | null {
  const today = Math.floor(after / dayMs) * dayMs;
  for (let day = today; day <= today + maxDays * dayMs; day += dayMs) {
    if (!isDayOf(schedule, new Date(day))) continue;
    for (const hour of ascending(schedule.hours))
      for (const minute of ascending(schedule.minutes)) {
        const time = day + (hour * 60 + minute) * 60_000;
        if (time > after) return time;
      }
  }
  return null;
}

function isDayOf({days, months, weekdays, isEitherDay}: Schedule, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const [isDay, isWeekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
  return isEitherDay ? isDay || isWeekday : isDay && isWeekday;
}

function ascending(numbers: ReadonlySet<number>): number[] {
  return [...numbers].sort((a, b) => a - b);
}
