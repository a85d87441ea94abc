// Colour and signs of plain lines, as the terminal can show them.

export interface Look {
  readonly colour: boolean;
  readonly unicode: boolean;
}

export function lookOf(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
  noColour: boolean,
): Look {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return {
    colour: isTerminal && !noColour && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb',
    unicode: /utf-?8/i.test(locale) || process.platform === 'darwin',
  };
}

export type Sign = 'done' | 'warning' | 'failed' | 'waiting' | 'running' | 'skipped';
const signs: Record<Sign, readonly [unicode: string, ascii: string, colour: number]> = {
  done: ['✔', '+', 32],
  warning: ['!', '!', 33],
  failed: ['✖', 'x', 31],
  waiting: ['·', '.', 2],
  running: ['›', '>', 36],
  skipped: ['·', '-', 2],
};

export function painter({colour, unicode}: Look) {
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    sign: (sign: Sign) => paint(signs[sign][2], signs[sign][unicode ? 0 : 1]),
    dim: (text: string) => paint(2, text),
    bold: (text: string) => paint(1, text),
    dot: unicode ? '·' : '-',
    arrow: unicode ? '→' : '->',
  };
}

export type Painter = ReturnType<typeof painter>;
