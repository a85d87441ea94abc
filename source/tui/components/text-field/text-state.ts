// A line of text and where the cursor is in it. Pure; a step is a grapheme.
import {plain} from '../../../observation/plain-text.ts';
import {firstGrapheme, graphemes, lastGrapheme} from '../../keys/graphemes.ts';

/** The cursor stands between the two. */
export interface TextState {
  readonly before: string;
  readonly after: string;
}

export type TextAction =
  | {readonly type: 'insert' | 'set'; readonly text: string}
  | {
      readonly type:
        | 'delete-back'
        | 'delete-forward'
        | 'delete-word-back'
        | 'delete-word-forward'
        | 'kill-to-start'
        | 'kill-to-end'
        | 'home'
        | 'end'
        | 'left'
        | 'right'
        | 'word-left'
        | 'word-right';
    };

/** The cursor is at the end. */
export function openText(text: string): TextState {
  return {before: oneLine(text), after: ''};
}

export function textOf({before, after}: TextState): string {
  return before + after;
}

export function textReducer(state: TextState, action: TextAction): TextState {
  const {before, after} = state;
  switch (action.type) {
    case 'set':
      return openText(action.text);
    case 'insert':
      return {before: before + oneLine(action.text), after};
    case 'delete-back':
      return {before: without(before, lastGrapheme(before)), after};
    case 'delete-forward':
      return {before, after: after.slice(firstGrapheme(after).length)};
    case 'delete-word-back':
      return {before: without(before, lastWord(before)), after};
    case 'delete-word-forward':
      return {before, after: after.slice(firstWord(after).length)};
    case 'kill-to-start':
      return {before: '', after};
    case 'kill-to-end':
      return {before, after: ''};
    case 'home':
      return {before: '', after: before + after};
    case 'end':
      return {before: before + after, after: ''};
    case 'left':
      return back(state, lastGrapheme(before));
    case 'right':
      return forward(state, firstGrapheme(after));
    case 'word-left':
      return back(state, lastWord(before));
    case 'word-right':
      return forward(state, firstWord(after));
  }
}

function back({before, after}: TextState, piece: string): TextState {
  return {before: without(before, piece), after: piece + after};
}

function forward({before, after}: TextState, piece: string): TextState {
  return {before: before + piece, after: after.slice(piece.length)};
}

function without(text: string, end: string): string {
  return text.slice(0, text.length - end.length);
}

/** As readline's alt-b and alt-f: what is no word, and then the word. */
function lastWord(text: string): string {
  const pieces = graphemes(text);
  const isWord = (index: number) => /[\p{L}\p{M}\p{N}_]/u.test(pieces[index] ?? '');
  let start = pieces.length;
  while (start > 0 && !isWord(start - 1)) start -= 1;
  while (start > 0 && isWord(start - 1)) start -= 1;
  return pieces.slice(start).join('');
}

function firstWord(text: string): string {
  return /^[^\p{L}\p{M}\p{N}_]*[\p{L}\p{M}\p{N}_]*/u.exec(text)?.[0] ?? '';
}

/** No line ends, no control characters, no sequences: a paste may hold all of them. */
function oneLine(text: string): string {
  return plain(text).replace(/[\n\u2028\u2029]/g, '');
}
