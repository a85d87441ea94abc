// A promise around Ink: draws the app until it ends, and gives the terminal back however it ends.
import './colour.ts';
import {render, useApp} from 'ink';
import {useMemo, useState, type ReactNode} from 'react';
import {CrashBoundary} from './components/Crash.tsx';
import {Fit} from './components/Fit.tsx';
import {Suspend} from './components/Suspend.tsx';
import {Keyboard} from './keys/keyboard.tsx';
import {restoreTerminal} from './keys/terminal-modes.ts';
import {layoutOf} from './layout.ts';
import {ThemeContext, themeFrom, type Theme} from './theme.ts';
import {LayoutContext, useWindowSize} from './use-window-size.ts';

export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export interface RunningApp<T> {
  /**
   * What the app gave to Ink's `useApp().exit`; undefined after `unmount`.
   * @throws what rendering, an effect or a key handler threw: a bug
   */
  readonly ended: Promise<T | undefined>;
  /** Unmounts the app at once and restores the terminal before it returns. For signals; a second call does nothing. */
  readonly unmount: () => void;
}

/** Ctrl-C is a key like any other, so the app has to handle it. */
export function renderApp<T>(app: ReactNode, {stdin, stdout, stderr}: Terminal): RunningApp<T> {
  const theme = themeFrom(process.env, stdout.isTTY);
  // For an exit of the process in which React cleans nothing up.
  const restore = () => restoreTerminal(stdin, stdout);
  process.once('exit', restore);
  // A key must not wait for the frame before it; progress and spinners limit their own rate.
  const instance = render(<Root theme={theme}>{app}</Root>, {
    stdin,
    stdout: theme.unicode ? stdout : withoutEllipses(stdout),
    stderr,
    exitOnCtrlC: false,
    maxFps: 240,
  });
  const ended = instance.waitUntilExit().finally(() => process.off('exit', restore)) as Promise<T | undefined>;
  return {ended, unmount: () => instance.unmount()};
}

/** Ink cuts text with `…`, which a terminal without UTF-8 shows as three characters: one of ASCII takes its place. */
function withoutEllipses(stdout: NodeJS.WriteStream): NodeJS.WriteStream {
  const write = (text: string | Uint8Array, ...rest: []) =>
    stdout.write(typeof text === 'string' ? text.replaceAll('…', '~') : text, ...rest);
  return new Proxy(stdout, {
    get(own, name) {
      if (name === 'write') return write;
      const member: unknown = Reflect.get(own, name, own);
      return typeof member === 'function' ? (member.bind(own) as unknown) : member;
    },
  });
}

/** What surrounds every app; the tests render it too. */
export function Root({theme, children}: {readonly theme: Theme; readonly children: ReactNode}) {
  const {exit} = useApp();
  return (
    <ThemeContext.Provider value={theme}>
      {/* Later: the first rendering may still be under way, and nobody waits for the exit yet. */}
      <CrashBoundary sign={theme.signs.failed.text} onError={(error) => void setImmediate(() => exit(error))}>
        <Guarded>{children}</Guarded>
      </CrashBoundary>
    </ThemeContext.Provider>
  );
}

/** Keys and layout; an error from a key handler is treated like one from rendering. */
function Guarded({children}: {readonly children: ReactNode}) {
  const [thrown, setThrown] = useState<{readonly error: unknown} | null>(null);
  const {columns, rows} = useWindowSize();
  const layout = useMemo(() => layoutOf(columns, rows), [columns, rows]);
  if (thrown) throw thrown.error;
  return (
    <Keyboard onError={(error) => setThrown({error})}>
      <LayoutContext.Provider value={layout}>
        <Suspend />
        <Fit>{children}</Fit>
      </LayoutContext.Provider>
    </Keyboard>
  );
}
