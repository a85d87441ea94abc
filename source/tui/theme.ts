// The look: one accent, dim for hints, state colours only together with a sign; ASCII where the locale is not UTF-8.
import {createContext, useContext} from 'react';
import {lookOf, type Sign} from '../core/signs.ts';

export type StateColour = 'green' | 'yellow' | 'red';

export interface Theme {
  /** False: nothing may be expressed by colour or inversion alone. */
  readonly colour: boolean;
  /** `palette`: the terminal's sixteen colours, where it has no more. */
  readonly colours: 'readable' | 'palette';
  readonly animated: boolean;
  /** False: we may draw nothing beyond ASCII. */
  readonly unicode: boolean;
  readonly accent: 'cyan';
  readonly signs: Readonly<Record<Sign, {readonly text: string; readonly colour: StateColour | 'cyan' | null}>>;
  readonly pointer: string;
  readonly folded: string;
  readonly unfolded: string;
  readonly rule: string;
  readonly dot: string;
  readonly arrow: string;
  /** Drawn for each character of a password. */
  readonly mask: string;
  /** Whether the terminal's own cursor shows where text is edited; if not, one is drawn. */
  readonly terminalCursor: boolean;
  /** The cursor that is drawn, where nothing can be inverted. */
  readonly bar: string;
  readonly enter: string;
  readonly upDown: string;
  readonly leftRight: string;
  readonly spinner: readonly string[];
}

/** The characters that are drawn besides letters and digits. */
type Characters = Omit<Theme, 'colour' | 'colours' | 'animated' | 'unicode' | 'terminalCursor' | 'accent' | 'signs'> & {
  readonly signs: Readonly<Record<Sign, string>>;
};

const unicodeCharacters: Characters = {
  signs: {done: '✔', warning: '!', failed: '✖', waiting: '·', running: '›', skipped: '·'},
  pointer: '❯',
  folded: '▸',
  unfolded: '▾',
  rule: '─',
  dot: '·',
  arrow: '→',
  mask: '•',
  bar: '▏',
  enter: '⏎',
  upDown: '↑↓',
  leftRight: '←→',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

const asciiCharacters: Characters = {
  signs: {done: '+', warning: '!', failed: 'x', waiting: '.', running: '>', skipped: '-'},
  pointer: '>',
  folded: '+',
  unfolded: '-',
  rule: '-',
  dot: '-',
  arrow: '->',
  mask: '*',
  bar: '|',
  enter: 'enter',
  upDown: 'up/down',
  leftRight: 'left/right',
  spinner: ['|', '/', '-', '\\'],
};

export function themeOf({
  colour,
  colours = 'palette',
  unicode,
  animated,
  terminalCursor = false,
}: {
  readonly colour: boolean;
  readonly colours?: Theme['colours'];
  readonly unicode: boolean;
  readonly animated: boolean;
  readonly terminalCursor?: boolean;
}): Theme {
  const {signs, ...characters} = unicode ? unicodeCharacters : asciiCharacters;
  return {
    ...characters,
    colour,
    colours,
    animated,
    unicode,
    terminalCursor,
    accent: 'cyan',
    signs: {
      done: {text: signs.done, colour: 'green'},
      warning: {text: signs.warning, colour: 'yellow'},
      failed: {text: signs.failed, colour: 'red'},
      waiting: {text: signs.waiting, colour: null},
      running: {text: signs.running, colour: 'cyan'},
      skipped: {text: signs.skipped, colour: null},
    },
  };
}

/** The theme that the environment asks for. `NO_COLOR` reaches the colours themselves in colour.ts. */
export function themeFrom(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): Theme {
  const noColour = environment['FORCE_COLOR'] === '0' || environment['FORCE_COLOR'] === 'false';
  // For a screen reader, Ink leaves the cursor at the end of what is read aloud.
  const terminalCursor = isTerminal && environment['INK_SCREEN_READER'] !== 'true';
  const look = lookOf(environment, true, noColour);
  return themeOf({
    ...look,
    colours: look.has256 ? 'readable' : 'palette',
    animated: environment['TERM'] !== 'dumb',
    terminalCursor,
  });
}

export const ThemeContext = createContext<Theme>(themeOf({colour: true, unicode: true, animated: true}));

export function useTheme(): Theme {
  return useContext(ThemeContext);
}
