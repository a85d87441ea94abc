// Colour and signs of plain lines, as the terminal can show them.
import {has256Colours, readableColours, sixteenColours, type Colour} from './colours.ts';

export interface Look {
  readonly colour: boolean;
  /** The terminal shows more colours than the sixteen of its palette. */
  readonly has256?: boolean;
  readonly unicode: boolean;
  /** False where the lines are read aloud, and a drawing would be read sign by sign; absent: there are drawings. */
  readonly plots?: boolean;
}

export function lookOf(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
  noColour: boolean,
): Look {
  return {
    colour: isTerminal && !noColour && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb',
    has256: has256Colours(environment),
    unicode: showsUnicode(environment),
  };
}

/** Whether the locale is UTF-8; macOS's terminals always are. */
export function showsUnicode(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return /utf-?8/i.test(locale) || process.platform === 'darwin';
}

/** The signs of our own sentences, and what stands for each of them in ASCII. */
const asciiSigns: ReadonlyMap<string, string> = new Map([
  ['·', '-'],
  ['–', '-'],
  ['−', '-'],
  ['×', 'x'],
  ['…', '...'],
  ['•', '*'],
  ['✔', '+'],
  ['✖', 'x'],
  ['›', '>'],
  ['→', '->'],
  ['❯', '>'],
]);

/** A sentence for a terminal that shows ASCII alone: our own signs are replaced, and everything else stays. */
export function inAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (sign) => asciiSigns.get(sign) ?? sign);
}

export type Sign = 'done' | 'warning' | 'failed' | 'waiting' | 'running' | 'skipped';
const signs: Record<Sign, readonly [unicode: string, ascii: string, colour: Colour]> = {
  done: ['✔', '+', 'green'],
  warning: ['!', '!', 'yellow'],
  failed: ['✖', 'x', 'red'],
  waiting: ['·', '.', 'dim'],
  running: ['›', '>', 'cyan'],
  skipped: ['·', '-', 'dim'],
};

export function painter({colour, has256 = false, unicode}: Look) {
  const styled = (style: string, text: string) => (colour ? `\u001b[${style}m${text}\u001b[0m` : text);
  const paint = (name: Colour, text: string) =>
    styled(has256 ? `38;5;${readableColours[name]}` : String(sixteenColours[name]), text);
  return {
    sign: (sign: Sign) => paint(signs[sign][2], signs[sign][unicode ? 0 : 1]),
    dim: (text: string) => paint('dim', text),
    bold: (text: string) => styled('1', text),
    dot: unicode ? '·' : '-',
    arrow: unicode ? '→' : '->',
  };
}

const colourNumbers = [...Object.values(sixteenColours), ...Object.values(readableColours).map((one) => `38;5;${one}`)];
/** What a painter adds to a text. */
export const paintSequence = new RegExp(`(\\u001b\\[(?:0|1|${colourNumbers.join('|')})m)`);

export type Painter = ReturnType<typeof painter>;
