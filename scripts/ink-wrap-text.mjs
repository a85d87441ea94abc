// Stands for Ink's wrap-text in the bundle: the same, but what it keeps of its work has a bound. Ink keeps every text
// that it ever cut
// or wrapped, and a busy cluster says thousands of them a minute.
import wrapAnsi from 'wrap-ansi';
import cliTruncate from 'cli-truncate';
import {kept} from './kept.mjs';

export default kept(wrap, (text, width, kind) => `${width} ${kind} ${text}`);

function wrap(text, width, kind) {
  if (kind === 'wrap') return wrapAnsi(text, width, {trim: false, hard: true});
  if (!kind.startsWith('truncate')) return text;
  return cliTruncate(text, width, {position: {'truncate-middle': 'middle', 'truncate-start': 'start'}[kind] ?? 'end'});
}
