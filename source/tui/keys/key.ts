// What the keyboard sends, as data: text, a paste, or a named key.

type Letter =
  | 'a'
  | 'b'
  | 'c'
  | 'd'
  | 'e'
  | 'f'
  | 'g'
  | 'h'
  | 'i'
  | 'j'
  | 'k'
  | 'l'
  | 'm'
  | 'n'
  | 'o'
  | 'p'
  | 'q'
  | 'r'
  | 's'
  | 't'
  | 'u'
  | 'v'
  | 'w'
  | 'x'
  | 'y'
  | 'z';

/** ctrl-h, ctrl-i, ctrl-j and ctrl-m are the same bytes as backspace, tab and enter, and arrive as those. */
export type KeyName =
  | 'enter'
  | 'escape'
  | 'tab'
  | 'shift-tab'
  | 'backspace'
  | 'delete'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'page-up'
  | 'page-down'
  | 'ctrl-left'
  | 'ctrl-right'
  | 'alt-b'
  | 'alt-f'
  | 'alt-d'
  | 'alt-backspace'
  | `ctrl-${Exclude<Letter, 'h' | 'i' | 'j' | 'm'>}`;

export type Key =
  /** One run of characters, without control characters. */
  | {readonly name: 'text'; readonly text: string}
  /** What was between the marks of a bracketed paste, as it came: it may hold newlines and control characters. */
  | {readonly name: 'paste'; readonly text: string}
  | {readonly name: KeyName; readonly text?: never};
