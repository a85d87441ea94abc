// Stands for @alcalzone/ansi-tokenize in the bundle, of which Ink makes each frame. The package compares the styles of
// every cell with those
// of the one before it in three new Sets, 2,000 times in a frame of 80×24, and takes every line apart anew although
// hardly one has changed:
// that was half of what a frame costs. `test/screens/ink-texts.test.ts` holds that both say the same.
import {kept} from './kept.mjs';
import {
  ansiCodesToString,
  diffAnsiCodes,
  styledCharsFromTokens as fromTokens,
  tokenize as take,
} from '../node_modules/@alcalzone/ansi-tokenize/build/index.js';

export * from '../node_modules/@alcalzone/ansi-tokenize/build/index.js';

const taken = kept(
  (text) => take(text),
  (text) => text,
);
const chars = new WeakMap();

export function tokenize(text, ...limit) {
  return limit.length > 0 ? take(text, ...limit) : taken(text);
}

/** The same array for the same tokens: Ink only reads it. */
export function styledCharsFromTokens(given) {
  let known = chars.get(given);
  if (known === undefined) {
    known = fromTokens(given);
    chars.set(given, known);
  }
  return known;
}

export function styledCharsToString(given) {
  let text = '';
  let before = [];
  for (const {styles, value} of given) {
    if (!areSame(before, styles)) text += ansiCodesToString(diffAnsiCodes(before, styles));
    text += value;
    before = styles;
  }
  return before.length === 0 ? text : text + ansiCodesToString(diffAnsiCodes(before, []));
}

function areSame(some, others) {
  return (
    some === others || (some.length === others.length && some.every(({code}, index) => code === others[index].code))
  );
}
