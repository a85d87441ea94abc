// A CronJob's schedule: whether it names a minute.
import {Cron} from 'croner';

const minuteMs = 60_000;
const range = '(?:[*?]|(?:\\d+|[A-Za-z]{3})(?:-(?:\\d+|[A-Za-z]{3}))?)(?:/\\d+)?';
const field = `${range}(?:,${range})*`;
/**
 * The schedules that Kubernetes reads; croner reads more, such as L for the last day. Source: robfig/cron 3,
 * parser.go.
 */
const known = new RegExp(`^(?:@[a-z]+|${field}(?:\\s+${field}){4})$`);

/**
 * Where both a date and a weekday are named, either of them is enough. Without a time zone the schedule is in UTC, as
 * in the controller manager's container. False for a text that is no schedule.
 */
export function isDue(schedule: string, at: Date, timeZone = 'UTC'): boolean {
  const text = schedule.trim();
  if (!known.test(text)) return false;
  // A ? is a *, and */1 is all values: both leave the choice of the day to the other field.
  const pattern = text.replaceAll('?', '*').replace(/\*\/1(?!\d)/g, '*');
  const minute = new Date(Math.floor(at.getTime() / minuteMs) * minuteMs);
  try {
    return new Cron(pattern, {mode: '5-part', timezone: timeZone, sloppyRanges: true}).match(minute);
  } catch {
    return false;
  }
}
