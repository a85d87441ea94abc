// Stands for Ink's wrap-text in the bundle: the same, but what it keeps of its work has a bound. Ink keeps every text that it ever cut
// or wrapped, and a busy cluster says thousands of them a minute.
import wrapAnsi from 'wrap-ansi';
import cliTruncate from 'cli-truncate';

/** More than the longest frame has texts, and too few to matter. */
const most = 1000;
const kept = new Map();

export default function wrapText(text, width, kind) {
  const key = `${width} ${kind} ${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const wrapped = wrap(text, width, kind);
  if (kept.size >= most) kept.clear();
  kept.set(key, wrapped);
  return wrapped;
}

function wrap(text, width, kind) {
  if (kind === 'wrap') return wrapAnsi(text, width, {trim: false, hard: true});
  if (!kind.startsWith('truncate')) return text;
  return cliTruncate(text, width, {position: {'truncate-middle': 'middle', 'truncate-start': 'start'}[kind] ?? 'end'});
}
