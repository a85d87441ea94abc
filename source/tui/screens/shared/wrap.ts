// Wraps text into lines of a given width. Pure.
import {plain} from '../../../observation/text/plain-text.ts';
import {graphemes} from '../../keys/graphemes.ts';

/**
 * Breaks at spaces; a word that is too long is broken where necessary, never cut. Further lines begin with `indent`.
 */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const room = Math.max(8, width);
  const lines: string[] = [];
  for (const word of plain(text).split(/[ \n]/)) lines.push(...withWord(lines.pop() ?? '', word, room, indent));
  return lines;
}

/** The line with the word behind it, in as many lines as that takes. */
function withWord(line: string, word: string, room: number, indent: string): string[] {
  const isEmpty = line === '' || line === indent;
  const joined = isEmpty ? line + word : `${line} ${word}`;
  if (joined.length <= room) return [joined];
  const pieces = (rest: string) => broken(rest, room - indent.length).map((piece) => indent + piece);
  if (isEmpty) {
    const [head = '', ...rest] = broken(word, room - indent.length);
    return [line + head, ...rest.map((piece) => indent + piece)];
  }
  // A word that fits on no line at all begins on this one.
  const left = room - line.length - 1;
  if (left < 8 || word.length <= room - indent.length) return [line, ...pieces(word)];
  const [head = ''] = broken(word, left);
  return [`${line} ${head}`, ...pieces(word.slice(head.length))];
}

function broken(text: string, width: number): string[] {
  const room = Math.max(8, width);
  const pieces: string[] = [];
  const all = graphemes(plain(text));
  for (let at = 0; at < all.length; at += room) pieces.push(all.slice(at, at + room).join(''));
  return pieces.length > 0 ? pieces : [''];
}
