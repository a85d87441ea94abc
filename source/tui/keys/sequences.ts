// Which key an escape sequence is. Sources: xterm ctlseqs "PC-Style Function Keys"; rxvt and the Linux console where
// they differ.
import type {KeyName} from './key.ts';

const letters: Readonly<Record<string, KeyName>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'shift-tab',
};
const numbers: Readonly<Record<string, KeyName>> = {
  1: 'home',
  3: 'delete',
  4: 'end',
  5: 'page-up',
  6: 'page-down',
  7: 'home',
  8: 'end',
};
/** These keys while alt or ctrl is held. */
const modified: Readonly<Partial<Record<KeyName, KeyName>>> = {left: 'ctrl-left', right: 'ctrl-right', delete: 'alt-d'};

/** The key of `ESC [ parameters final`; null for what no screen uses: f-keys, reports of focus, mouse and cursor. */
export function csiKey(parameters: string, final: string, alt: boolean): KeyName | null {
  const [, number = '', modifier = '1'] = /^(\d*)(?:;(\d+))?$/.exec(parameters) ?? [undefined, 'none'];
  if (number === 'none') return null;
  const key = final === '~' ? numbers[number] : number === '' || number === '1' ? letters[final] : undefined;
  if (!key) return null;
  // xterm: one more than the sum of 1 shift, 2 alt, 4 ctrl, 8 meta.
  const held = alt || ((Number(modifier) - 1) & 0b1110) !== 0;
  return held ? (modified[key] ?? key) : key;
}

/**
 * The key of `ESC O final`: the arrows of application mode, enter of the keypad, and rxvt's ctrl-arrows in lower case.
 */
export function ss3Key(parameters: string, final: string, alt: boolean): KeyName | null {
  if (final === 'M') return 'enter';
  if (final === 'c') return 'ctrl-right';
  if (final === 'd') return 'ctrl-left';
  // Old xterms and konsole: `ESC O 5 C`.
  return csiKey(parameters === '' || parameters.includes(';') ? parameters : `1;${parameters}`, final, alt);
}

/** The key of `ESC` and one character. */
export function altKey(character: string): KeyName | null {
  if (character === 'b' || character === 'f' || character === 'd') return `alt-${character}`;
  return character === '\u007f' || character === '\b' ? 'alt-backspace' : null;
}

/** The key of a control character. */
export function controlKey(character: string): KeyName | null {
  if (character === '\r' || character === '\n') return 'enter';
  if (character === '\t') return 'tab';
  if (character === '\u007f' || character === '\b') return 'backspace';
  const code = character.charCodeAt(0);
  return code >= 1 && code <= 26 ? (`ctrl-${String.fromCharCode(code + 96)}` as KeyName) : null;
}
