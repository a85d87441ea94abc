// The colours of signs, hints and warnings. A terminal does not say whether its background is light or dark, so each
// must be readable on both.

export type Colour = 'green' | 'yellow' | 'red' | 'cyan' | 'dim';

/**
 * Numbers of the 256 colours beyond the first sixteen: these are the same in every terminal, and none of the sixteen
 * can be read everywhere (on white, xterm's yellow has a contrast of 1.7 and its cyan of 2.0; Solarized's dim text one
 * of 1.9). Each has at least 3 to 1, what WCAG 2.2 asks of signs (1.4.11), on white, black and the usual themes.
 */
export const readableColours: Readonly<Record<Colour, number>> = {
  green: 29,
  yellow: 136,
  red: 167,
  cyan: 31,
  dim: 244,
};

/** The numbers of SGR where a terminal has no more than sixteen. */
export const sixteenColours: Readonly<Record<Colour, number>> = {green: 32, yellow: 33, red: 31, cyan: 36, dim: 2};

/** Whether a terminal has 256 colours, as far as it says so. */
export function has256Colours(environment: Readonly<Record<string, string | undefined>>): boolean {
  const {FORCE_COLOR: forced, COLORTERM = '', TERM = '', TERM_PROGRAM = ''} = environment;
  if (forced !== undefined && forced !== '' && forced !== 'true') return Number(forced) >= 2;
  if (TERM === 'dumb') return false;
  return (
    /^(truecolor|24bit)$/.test(COLORTERM) ||
    /256|truecolor|direct|kitty|ghostty|wezterm|alacritty|foot/.test(TERM) ||
    /^(iTerm\.app|Apple_Terminal|vscode|WezTerm|ghostty)$/.test(TERM_PROGRAM) ||
    environment['WT_SESSION'] !== undefined
  );
}
