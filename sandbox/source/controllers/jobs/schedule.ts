// A CronJob's schedule: whether it names a minute.
const names: Readonly<Record<string, readonly string[]>> = {
  month: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  day: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
};
const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

interface Minute {
  readonly minute: number;
  readonly hour: number;
  readonly date: number;
  readonly month: number;
  readonly day: number;
}

/** The fields of cron(5); a date and a weekday that are both named are either-or. False for what is no schedule. */
export function isDue(schedule: string, at: Date, timeZone: string | undefined): boolean {
  const [minute = '', hour = '', date = '', month = '', day = '', ...more] = (
    macros[schedule.trim()] ?? schedule.trim()
  ).split(/\s+/);
  if (more.length > 0 || day === '') return false;
  const now = minuteIn(at, timeZone);
  if (!meets(minute, now.minute, 0, 59) || !meets(hour, now.hour, 0, 23) || !meets(month, now.month, 1, 12, 'month'))
    return false;
  const [onDate, onDay] = [
    meets(date, now.date, 1, 31),
    meets(day, now.day, 0, 7, 'day') || (now.day === 0 && meets(day, 7, 0, 7, 'day')),
  ];
  return date.startsWith('*') || day.startsWith('*') ? onDate && onDay : onDate || onDay;
}

function meets(field: string, value: number, first: number, last: number, kind = ''): boolean {
  return field.split(',').some((part) => {
    const [range = '', step = '1'] = part.split('/');
    const [from = '', to] = range.split('-');
    const start = range === '*' || range === '?' ? first : numberOf(from, kind, first);
    const end =
      range === '*' || range === '?'
        ? last
        : to !== undefined
          ? numberOf(to, kind, first)
          : part.includes('/')
            ? last
            : start;
    return value >= start && value <= end && (value - start) % Number(step) === 0;
  });
}

function numberOf(text: string, kind: string, first: number): number {
  const named = (names[kind] ?? []).indexOf(text.toLowerCase());
  return named < 0 ? Number(text) : named + first;
}

/** Without a zone: UTC, as in the controller manager's container. */
function minuteIn(at: Date, timeZone = 'UTC'): Minute {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    minute: 'numeric',
    hour: 'numeric',
    day: 'numeric',
    month: 'numeric',
    weekday: 'short',
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return {
    minute: Number(part('minute')),
    hour: Number(part('hour')),
    date: Number(part('day')),
    month: Number(part('month')),
    day: (names['day'] ?? []).indexOf(part('weekday').toLowerCase()),
  };
}
