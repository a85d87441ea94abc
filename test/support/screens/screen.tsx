// A screen of the wizard at a given size, its keys, and what is on it.
import {stripVTControlCharacters} from 'node:util';
import {render} from 'ink-testing-library';
import type {ReactNode} from 'react';
import {onTestFinished} from 'vitest';
import type {KeyName} from '../../../source/tui/keys/key.ts';
import {Root} from '../../../source/tui/render.tsx';
import {themeOf, type Theme} from '../../../source/tui/theme.ts';
import {waitFor} from '../wait-for.ts';

export const sizes = {
  wide: {columns: 120, rows: 40},
  usual: {columns: 80, rows: 24},
  small: {columns: 40, rows: 10},
} as const;

/** What a terminal sends for a key. */
const bytes: Partial<Record<KeyName, string>> = {
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  'shift-tab': '\u001b[Z',
  backspace: '\u007f',
  delete: '\u001b[3~',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  home: '\u001b[H',
  end: '\u001b[F',
  'page-up': '\u001b[5~',
  'page-down': '\u001b[6~',
  'ctrl-left': '\u001b[1;5D',
  'ctrl-right': '\u001b[1;5C',
};

export interface Screen {
  /** The last frame, without colours. @throws when it is as high as the terminal: Ink would wipe the history */
  frame(): string;
  /** The last frame as it was written to the terminal. */
  raw(): string;
  /** Writes all keys at once, as somebody fast does; each `escape` is a write of its own and waited for. */
  press(...keys: readonly KeyName[]): Promise<void>;
  /** Types text, in which control characters are keys. */
  type(text: string): void;
  paste(text: string): void;
  resize(size: {readonly columns: number; readonly rows: number}): void;
  /** @throws after the deadline, with the last frame */
  waitForText(text: string | RegExp): Promise<string>;
  waitForFrame(what: string, isRight: (frame: string) => boolean): Promise<string>;
  rerender(element: ReactNode): void;
  unmount(): void;
  /** How many listeners there are for keys, and for changes of the size. */
  listeners(): {readonly keys: number; readonly size: number};
}

/** Without colours unless the theme has them, so that the cursor is a bar. Unmounted when the test ends. */
export function renderScreen(
  element: ReactNode,
  {
    columns,
    rows,
    theme = themeOf({colour: false, unicode: true, animated: true}),
  }: {columns?: number; rows?: number; theme?: Theme} = {},
): Screen {
  const size = {columns: columns ?? 80, rows: rows ?? 24};
  // ink-testing-library knows only one size: the streams are made first, and get ours before anything is drawn.
  const {stdin, stdout, rerender, unmount, lastFrame} = render(<></>);
  Object.defineProperties(stdout, {columns: {get: () => size.columns}, rows: {get: () => size.rows}});
  stdout.emit('resize');
  const draw = (inside: ReactNode) => rerender(<Root theme={theme}>{inside}</Root>);
  draw(element);
  onTestFinished(unmount);

  const frame = () => {
    const seen = stripVTControlCharacters(lastFrame() ?? '');
    const height = seen.split('\n').length;
    if (height >= size.rows) throw new Error(`a frame of ${height} lines in a terminal of ${size.rows}:\n${seen}`);
    return seen;
  };
  const waitForFrame = (what: string, isRight: (seen: string) => boolean) =>
    waitFor(`${what} at ${size.columns}×${size.rows}`, () => stripVTControlCharacters(lastFrame() ?? ''), isRight, {
      deadlineMs: 4000,
      everyMs: 5,
    })
      .catch((error: Error) => {
        throw new Error(
          `${error.message.split('; last seen')[0]}; the last frame:\n${stripVTControlCharacters(lastFrame() ?? '')}`,
        );
      })
      .then(frame);
  return {
    frame,
    raw: () => lastFrame() ?? '',
    async press(...keys) {
      let text = '';
      for (const key of keys) {
        const letter = /^(ctrl|alt)-([a-z])$/.exec(key);
        text +=
          bytes[key] ??
          (letter?.[1] === 'ctrl'
            ? String.fromCharCode((letter[2] ?? '').charCodeAt(0) - 96)
            : `\u001b${letter?.[2] ?? '\u007f'}`);
        if (key !== 'escape') continue;
        stdin.write(text);
        text = '';
        // Only time tells an escape from a sequence.
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      if (text !== '') stdin.write(text);
    },
    type: (text) => void stdin.write(text),
    paste: (text) => void stdin.write(`\u001b[200~${text}\u001b[201~`),
    resize(to) {
      Object.assign(size, to);
      stdout.emit('resize');
    },
    waitForText: (text) =>
      waitForFrame(String(text), (seen) => (typeof text === 'string' ? seen.includes(text) : text.test(seen))),
    waitForFrame,
    rerender: draw,
    unmount,
    listeners: () => ({keys: stdin.listenerCount('data'), size: stdout.listenerCount('resize')}),
  };
}
