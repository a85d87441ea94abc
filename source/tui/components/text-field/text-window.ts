// The part of a line that fits into a field, with the cursor always in it. Pure.
import {plain} from '../../../observation/plain-text.ts';
import {cells, graphemes} from '../../keys/graphemes.ts';
import type {TextState} from './text-state.ts';

export interface TextWindow {
  readonly before: string;
  /** What is under the cursor; empty at the end of the text. */
  readonly under: string;
  readonly after: string;
}

/**
 * `width` in columns, the cursor's own one included; `mask` is drawn for each grapheme. At most `width` columns are
 * returned, one of them kept for the cursor.
 */
export function textWindow({before, after}: TextState, width: number, mask: string | null): TextWindow {
  const room = Math.max(1, width);
  const drawn = (text: string) => graphemes(text).map((grapheme) => mask ?? plain(grapheme));
  // No more than what could be seen is cut into graphemes: a long line stays fast.
  const reach = room * 8 + 64;
  const ahead = drawn(after.slice(0, reach));
  const [under = ''] = ahead;
  // A third of the field looks ahead; the text before the cursor gets the rest, and what it leaves goes back to the
  // text ahead.
  const cursor = Math.max(1, cells(under));
  const lookahead = fitting(ahead.slice(1), Math.min(room - cursor, Math.floor(room / 3)));
  const behind = fitting(drawn(before.slice(-reach)).reverse(), room - cursor - cells(lookahead.join(''))).reverse();
  const beyond = fitting(ahead.slice(1), room - cursor - cells(behind.join('')));
  return {before: behind.join(''), under, after: beyond.join('')};
}

function fitting(pieces: readonly string[], room: number): string[] {
  let used = 0;
  const end = pieces.findIndex((piece) => (used += cells(piece)) > room);
  return pieces.slice(0, end < 0 ? pieces.length : end);
}
