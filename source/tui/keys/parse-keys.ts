// Reads what a terminal sends, piece by piece: text, pastes and keys. Any other sequence is swallowed whole.
import type {Key, KeyName} from './key.ts';
import {altKey, controlKey, csiKey, ss3Key} from './sequences.ts';

/** What has begun and not yet ended. Only the time that passes tells the Escape key from the start of a sequence. */
export type Pending = 'escape' | 'sequence' | 'paste';

interface KeyParser {
  /**
   * The keys that are complete now. How the input is cut into chunks does not matter, except that text comes as one run
   * per chunk.
   */
  push(chunk: string | Uint8Array): readonly Key[];
  /**
   * Nothing more came in time: a lone ESC was the Escape key, a paste without an end is what has come so far, and half
   * a sequence is dropped.
   */
  flush(): readonly Key[];
  readonly pending: Pending | null;
}

/**
 * In UTF-16 units. A longer paste arrives in several parts, so that one whose end never comes does not hold input back
 * forever.
 */
export const pastePart = 65_536;
const pasteEnd = '\u001b[201~';

type State = 'text' | 'escape' | 'escape-escape' | 'csi' | 'ss3' | 'string' | 'string-escape' | 'skip' | 'paste';

/** Where the parser is in the input, and the keys that nobody has taken yet. */
interface Reading {
  state: State;
  keys: Key[];
  /** Characters of the text that is being read. */
  run: string;
  /** The last character was a carriage return. */
  afterReturn: boolean;
  /** The parameters of a sequence, before its final character. */
  parameters: string;
  /** Whether an escape of its own came before the sequence. */
  alt: boolean;
  /** How many characters are still to be swallowed. */
  skips: number;
  pasted: string;
  /** How many characters of `pasteEnd` have been read just now. */
  matched: number;
}

/** Reads text and sequences as xterm and its relatives send them: ECMA-48, with what rxvt, iTerm and Linux add. */
export function createKeyParser(): KeyParser {
  const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
  let halfPair = '';
  const reading: Reading = {
    state: 'text',
    keys: [],
    run: '',
    afterReturn: false,
    parameters: '',
    alt: false,
    skips: 0,
    pasted: '',
    matched: 0,
  };
  const taken = (): readonly Key[] => {
    endRun(reading);
    const done = reading.keys;
    reading.keys = [];
    return done;
  };
  return {
    push(chunk) {
      let text = halfPair + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, {stream: true}));
      halfPair = /[\ud800-\udbff]$/.exec(text)?.[0] ?? '';
      if (halfPair !== '') text = text.slice(0, -1);
      for (const character of text) readers[reading.state](reading, character);
      return taken();
    },
    flush() {
      const {state} = reading;
      if (state === 'escape-escape') emit(reading, 'escape');
      if (state === 'escape' || state === 'escape-escape') emit(reading, 'escape');
      if (state === 'paste') {
        reading.pasted += pasteEnd.slice(0, reading.matched);
        emitPaste(reading);
      }
      reading.state = 'text';
      return taken();
    },
    get pending() {
      return pendingIn(reading.state);
    },
  };
}

function pendingIn(state: State): Pending | null {
  if (state === 'text') return null;
  if (state === 'paste') return 'paste';
  return state === 'escape' || state === 'escape-escape' ? 'escape' : 'sequence';
}

/** What a character means in each state of the parser. */
const readers: Readonly<Record<State, (reading: Reading, character: string) => void>> = {
  text: readText,
  escape: readEscape,
  'escape-escape': readEscapeEscape,
  csi: readCsi,
  ss3: readSs3,
  string: readString,
  'string-escape'(reading, character) {
    if (character === '\\') reading.state = 'text';
    else readAgain(reading, character, 'escape');
  },
  skip(reading, character) {
    if (isControl(character)) readAgain(reading, character);
    else if (--reading.skips === 0) reading.state = 'text';
  },
  paste: readPaste,
};

function readText(reading: Reading, character: string): void {
  const follows = reading.afterReturn;
  reading.afterReturn = character === '\r';
  if (character === '\u001b') {
    endRun(reading);
    begin(reading, 'escape');
  } else if (isC1(character)) {
    endRun(reading);
    begin(reading, 'escape');
    // ECMA-48: a C1 control is ESC and the character 0x40 below it.
    readEscape(reading, String.fromCharCode(character.charCodeAt(0) - 0x40));
  } else if (!isControl(character)) reading.run += character;
  // CR LF is one Enter.
  else if (!(follows && character === '\n')) emit(reading, controlKey(character));
}

function readEscape(reading: Reading, character: string): void {
  if (character === '\u001b') reading.state = 'escape-escape';
  else if (character === '[') begin(reading, 'csi');
  else if (character === 'O') begin(reading, 'ss3');
  else if (']PX^_'.includes(character)) reading.state = 'string';
  else {
    reading.state = 'text';
    const key = altKey(character);
    if (key) emit(reading, key);
    // Alt with a control key counts as that key: a Ctrl-C right after an Escape must not be lost.
    else if (isControl(character)) readAgain(reading, character);
  }
}

function readEscapeEscape(reading: Reading, character: string): void {
  // rxvt and iTerm send alt with an arrow as ESC and the arrow's sequence.
  if (character === '[') begin(reading, 'csi', true);
  else if (character === 'O') begin(reading, 'ss3', true);
  else {
    emit(reading, 'escape');
    readAgain(reading, character, 'escape');
  }
}

function readCsi(reading: Reading, character: string): void {
  const {parameters, alt} = reading;
  if (isBetween(character, 0x20, 0x3f)) reading.parameters = (parameters + character).slice(0, 64);
  else if (!isBetween(character, 0x40, 0x7e)) readAgain(reading, character);
  // The Linux console's F1 is `ESC [ [ A`; an X10 mouse report is `ESC [ M` and three characters.
  else if (parameters === '' && character === '[') skip(reading, 1);
  else if (parameters === '' && character === 'M') skip(reading, 3);
  else if (parameters === '200' && character === '~') {
    reading.state = 'paste';
    reading.matched = 0;
  } else {
    reading.state = 'text';
    emit(reading, csiKey(parameters, character, alt));
  }
}

function readSs3(reading: Reading, character: string): void {
  const {parameters, alt} = reading;
  if (isBetween(character, 0x30, 0x3b)) reading.parameters = (parameters + character).slice(0, 64);
  else if (!isBetween(character, 0x20, 0x7e)) readAgain(reading, character);
  else {
    reading.state = 'text';
    emit(reading, ss3Key(parameters, character, alt));
  }
}

function readString(reading: Reading, character: string): void {
  if (character === '\u001b') reading.state = 'string-escape';
  else if (character === '\u0007' || character === '\u009c') reading.state = 'text';
  // No report holds other control characters: this was alt-] and then a key.
  else if (isControl(character)) readAgain(reading, character);
}

function readPaste(reading: Reading, character: string): void {
  if (character === pasteEnd[reading.matched]) reading.matched += 1;
  else {
    reading.pasted += pasteEnd.slice(0, reading.matched);
    reading.matched = character === '\u001b' ? 1 : 0;
    if (reading.matched === 0) reading.pasted += character;
  }
  if (reading.matched === pasteEnd.length) reading.state = 'text';
  if (reading.state === 'text' || reading.pasted.length >= pastePart) emitPaste(reading);
}

/** The input was no sequence: the character that broke it is read on its own. */
function readAgain(reading: Reading, character: string, next: 'text' | 'escape' = 'text'): void {
  reading.state = next;
  readers[next](reading, character);
}

function begin(reading: Reading, next: State, withAlt = false): void {
  reading.state = next;
  reading.parameters = '';
  reading.alt = withAlt;
}

function skip(reading: Reading, count: number): void {
  reading.state = 'skip';
  reading.skips = count;
}

function endRun(reading: Reading): void {
  if (reading.run !== '') reading.keys.push({name: 'text', text: reading.run});
  reading.run = '';
}

function emit(reading: Reading, name: KeyName | null): void {
  endRun(reading);
  if (name) reading.keys.push({name});
}

function emitPaste(reading: Reading): void {
  if (reading.pasted !== '') reading.keys.push({name: 'paste', text: reading.pasted});
  reading.pasted = '';
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
