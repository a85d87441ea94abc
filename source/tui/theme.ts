// The look: one accent, dim for hints, state colours only together with a sign; ASCII where the locale is not UTF-8.
import {createContext, useContext} from 'react';
import {lookOf, type Sign} from '../core/signs.ts';

export type StateColour = 'green' | 'yellow' | 'red';

export interface Theme {
  /** False: nothing may be told by colour or inversion alone. */
  readonly colour: boolean;
  readonly animated: boolean;
  /** False: nothing beyond ASCII may be drawn by us. */
  readonly unicode: boolean;
  readonly accent: 'cyan';
  readonly signs: Readonly<Record<Sign, {readonly text: string; readonly colour: StateColour | 'cyan' | null}>>;
  readonly pointer: string;
  readonly folded: string;
  readonly unfolded: string;
  readonly rule: string;
  readonly dot: string;
  readonly arrow: string;
  /** For each character of a password. */
  readonly mask: string;
  /** The cursor where nothing can be inverted. */
  readonly bar: string;
  readonly enter: string;
  readonly upDown: string;
  readonly leftRight: string;
  readonly spinner: readonly string[];
}

export function themeOf({
  colour,
  unicode,
  animated,
}: {
  readonly colour: boolean;
  readonly unicode: boolean;
  readonly animated: boolean;
}): Theme {
  const sign = (text: string, ascii: string, of: StateColour | 'cyan' | null) => ({
    text: unicode ? text : ascii,
    colour: of,
  });
  return {
    colour,
    animated,
    unicode,
    accent: 'cyan',
    signs: {
      done: sign('✔', '+', 'green'),
      warning: sign('!', '!', 'yellow'),
      failed: sign('✖', 'x', 'red'),
      waiting: sign('·', '.', null),
      running: sign('›', '>', 'cyan'),
      skipped: sign('·', '-', null),
    },
    pointer: unicode ? '❯' : '>',
    folded: unicode ? '▸' : '+',
    unfolded: unicode ? '▾' : '-',
    rule: unicode ? '─' : '-',
    dot: unicode ? '·' : '-',
    arrow: unicode ? '→' : '->',
    mask: unicode ? '•' : '*',
    bar: unicode ? '▏' : '|',
    enter: unicode ? '⏎' : 'enter',
    upDown: unicode ? '↑↓' : 'up/down',
    leftRight: unicode ? '←→' : 'left/right',
    spinner: unicode ? ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] : ['|', '/', '-', '\\'],
  };
}

/** What the environment says of a terminal. `NO_COLOR` reaches the colours themselves by colour.ts. */
export function themeFrom(environment: Readonly<Record<string, string | undefined>>): Theme {
  const noColour = environment['FORCE_COLOR'] === '0' || environment['FORCE_COLOR'] === 'false';
  return themeOf({...lookOf(environment, true, noColour), animated: environment['TERM'] !== 'dumb'});
}

export const ThemeContext = createContext<Theme>(themeOf({colour: true, unicode: true, animated: true}));

export function useTheme(): Theme {
  return useContext(ThemeContext);
}
