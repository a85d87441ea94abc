// The part of a line that fits into a field, with the cursor always in it. Pure.
import {plain} from '../../../observation/text/plain-text.ts';
import {cells, graphemes} from '../../keys/graphemes.ts';
import type {TextState} from './text-state.ts';

interface TextWindow {
  readonly before: string;
  /** What is under the cursor; empty at the end of the text. */
  readonly under: string;
  readonly after: string;
}

/**
 * `width` is in columns and includes the cursor's; `mask` is drawn for each grapheme. The result has at most `width`
 * columns, one of them for the cursor.
 */
export function textWindow({before, after}: TextState, width: number, mask: string | null): TextWindow {
  const room = Math.max(1, width);
  const drawn = (text: string) => graphemes(text).map((grapheme) => mask ?? plain(grapheme));
  // Only about as much as could be seen is cut into graphemes, so that a long line stays fast.
  const reach = room * 8 + 64;
  const ahead = drawn(after.slice(0, reach));
  const [under = ''] = ahead;
  // A third of the field shows the text after the cursor. The text before it gets the rest, and gives back what it does
  // not need.
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
