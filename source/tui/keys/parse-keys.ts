// What a terminal sends, read piece by piece: text, pastes and keys. Every sequence that is none of them is swallowed
// whole.
import type {Key, KeyName} from './key.ts';
import {altKey, controlKey, csiKey, ss3Key} from './sequences.ts';

/** What was begun and not ended. Only time tells an `escape` from the start of a sequence. */
export type Pending = 'escape' | 'sequence' | 'paste';

export interface KeyParser {
  /**
   * The keys that are complete now. How the input is cut into chunks makes no difference, but that text comes as one
   * run a chunk.
   */
  push(chunk: string | Uint8Array): readonly Key[];
  /**
   * Nothing more came in time: a lone ESC was the key, a paste without an end is what it is so far, half a sequence is
   * nothing.
   */
  flush(): readonly Key[];
  readonly pending: Pending | null;
}

/** In UTF-16 units. A longer paste arrives in several, so that an end that never comes keeps nothing back for ever. */
export const pastePart = 65_536;
const pasteEnd = '\u001b[201~';

type State = 'text' | 'escape' | 'escape-escape' | 'csi' | 'ss3' | 'string' | 'string-escape' | 'skip' | 'paste';

export function createKeyParser(): KeyParser {
  const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
  let state: State = 'text';
  let keys: Key[] = [];
  let run = '';
  let halfPair = '';
  let parameters = '';
  let alt = false;
  let skips = 0;
  let pasted = '';
  let matched = 0;
  let afterReturn = false;

  const endRun = () => {
    if (run !== '') keys.push({name: 'text', text: run});
    run = '';
  };
  const emit = (name: KeyName | null) => {
    endRun();
    if (name) keys.push({name});
  };
  const emitPaste = () => {
    if (pasted !== '') keys.push({name: 'paste', text: pasted});
    pasted = '';
  };
  const open = (next: State, withAlt = false) => {
    state = next;
    parameters = '';
    alt = withAlt;
  };
  const skip = (count: number) => {
    state = 'skip';
    skips = count;
  };
  /** The sequence was none: what broke it is read on its own. */
  const again = (character: string, next: State = 'text') => {
    state = next;
    read[next](character);
  };

  const read: Record<State, (character: string) => void> = {
    text(character) {
      const follows = afterReturn;
      afterReturn = character === '\r';
      if (character === '\u001b') {
        endRun();
        open('escape');
      } else if (isC1(character)) {
        endRun();
        open('escape');
        // ECMA-48: a C1 control is ESC and the character 0x40 below it.
        read.escape(String.fromCharCode(character.charCodeAt(0) - 0x40));
      } else if (!isControl(character)) run += character;
      // CR LF is one Enter.
      else if (!(follows && character === '\n')) emit(controlKey(character));
    },
    escape(character) {
      if (character === '\u001b') state = 'escape-escape';
      else if (character === '[') open('csi');
      else if (character === 'O') open('ss3');
      else if (']PX^_'.includes(character)) state = 'string';
      else {
        state = 'text';
        const key = altKey(character);
        if (key) emit(key);
        // A control key with alt is that key: a Ctrl-C right behind an Escape must not be lost.
        else if (isControl(character)) again(character);
      }
    },
    'escape-escape'(character) {
      // rxvt and iTerm: alt and an arrow is ESC and the arrow's sequence.
      if (character === '[') open('csi', true);
      else if (character === 'O') open('ss3', true);
      else {
        emit('escape');
        again(character, 'escape');
      }
    },
    csi(character) {
      if (isBetween(character, 0x20, 0x3f)) parameters = (parameters + character).slice(0, 64);
      else if (!isBetween(character, 0x40, 0x7e)) again(character);
      // The Linux console's F1 is `ESC [ [ A`; an X10 mouse report is `ESC [ M` and three characters.
      else if (parameters === '' && character === '[') skip(1);
      else if (parameters === '' && character === 'M') skip(3);
      else if (parameters === '200' && character === '~') {
        state = 'paste';
        matched = 0;
      } else {
        state = 'text';
        emit(csiKey(parameters, character, alt));
      }
    },
    ss3(character) {
      if (isBetween(character, 0x30, 0x3b)) parameters = (parameters + character).slice(0, 64);
      else if (!isBetween(character, 0x20, 0x7e)) again(character);
      else {
        state = 'text';
        emit(ss3Key(parameters, character, alt));
      }
    },
    string(character) {
      if (character === '\u001b') state = 'string-escape';
      else if (character === '\u0007' || character === '\u009c') state = 'text';
      // No report holds other control characters: this was alt-] and then a key.
      else if (isControl(character)) again(character);
    },
    'string-escape'(character) {
      if (character === '\\') state = 'text';
      else again(character, 'escape');
    },
    skip(character) {
      if (isControl(character)) again(character);
      else if (--skips === 0) state = 'text';
    },
    paste(character) {
      if (character === pasteEnd[matched]) matched += 1;
      else {
        pasted += pasteEnd.slice(0, matched);
        matched = character === '\u001b' ? 1 : 0;
        if (matched === 0) pasted += character;
      }
      if (matched === pasteEnd.length) state = 'text';
      if (state === 'text' || pasted.length >= pastePart) emitPaste();
    },
  };

  const taken = (): readonly Key[] => {
    endRun();
    const done = keys;
    keys = [];
    return done;
  };

  return {
    push(chunk) {
      let text = halfPair + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, {stream: true}));
      halfPair = /[\ud800-\udbff]$/.exec(text)?.[0] ?? '';
      if (halfPair !== '') text = text.slice(0, -1);
      for (const character of text) read[state](character);
      return taken();
    },
    flush() {
      if (state === 'escape-escape') emit('escape');
      if (state === 'escape' || state === 'escape-escape') emit('escape');
      if (state === 'paste') {
        pasted += pasteEnd.slice(0, matched);
        emitPaste();
      }
      state = 'text';
      return taken();
    },
    get pending() {
      if (state === 'text') return null;
      return state === 'paste' ? 'paste' : state === 'escape' || state === 'escape-escape' ? 'escape' : 'sequence';
    },
  };
}

function isBetween(character: string, first: number, last: number): boolean {
  const code = character.charCodeAt(0);
  return code >= first && code <= last;
}

function isControl(character: string): boolean {
  return isBetween(character, 0, 0x1f) || character === '\u007f';
}

function isC1(character: string): boolean {
  return isBetween(character, 0x80, 0x9f);
}
