// A line of text and the position of the cursor in it. Pure; the cursor moves by graphemes.
import {plain} from '../../../observation/text/plain-text.ts';
import {firstGrapheme, graphemes, lastGrapheme} from '../../keys/graphemes.ts';

/** The cursor stands between the two. */
export interface TextState {
  readonly before: string;
  readonly after: string;
}

type Edit =
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

export type TextAction = {readonly type: 'insert' | 'set'; readonly text: string} | {readonly type: Edit};

/** The text with the cursor at its end. */
export function openText(text: string): TextState {
  return {before: oneLine(text), after: ''};
}

export function textOf({before, after}: TextState): string {
  return before + after;
}

export function textReducer(state: TextState, action: TextAction): TextState {
  switch (action.type) {
    case 'set':
      return openText(action.text);
    case 'insert':
      return {before: state.before + oneLine(action.text), after: state.after};
    default:
      return edits[action.type](state);
  }
}

const edits: Readonly<Record<Edit, (state: TextState) => TextState>> = {
  'delete-back': ({before, after}) => ({before: without(before, lastGrapheme(before)), after}),
  'delete-forward': ({before, after}) => ({before, after: after.slice(firstGrapheme(after).length)}),
  'delete-word-back': ({before, after}) => ({before: without(before, lastWord(before)), after}),
  'delete-word-forward': ({before, after}) => ({before, after: after.slice(firstWord(after).length)}),
  'kill-to-start': ({after}) => ({before: '', after}),
  'kill-to-end': ({before}) => ({before, after: ''}),
  home: ({before, after}) => ({before: '', after: before + after}),
  end: ({before, after}) => ({before: before + after, after: ''}),
  left: (state) => back(state, lastGrapheme(state.before)),
  right: (state) => forward(state, firstGrapheme(state.after)),
  'word-left': (state) => back(state, lastWord(state.before)),
  'word-right': (state) => forward(state, firstWord(state.after)),
};

function back({before, after}: TextState, piece: string): TextState {
  return {before: without(before, piece), after: piece + after};
}

function forward({before, after}: TextState, piece: string): TextState {
  return {before: before + piece, after: after.slice(piece.length)};
}

function without(text: string, end: string): string {
  return text.slice(0, text.length - end.length);
}

/** The last word as readline's alt-b and alt-f have it: characters that are no word, and then the word. */
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

/** Removes line ends, control characters and escape sequences, all of which a paste may hold. */
function oneLine(text: string): string {
  return plain(text).replace(/[\n\u2028\u2029]/g, '');
}
