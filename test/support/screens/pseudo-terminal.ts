// A program in a real pseudo-terminal: what it writes, what a person sees, and the terminal's state afterwards.
import {createRequire} from 'node:module';
import {spawn} from '@lydell/node-pty';
import type * as Xterm from '@xterm/headless';
import {onTestFinished} from 'vitest';
import {waitFor} from '../wait-for.ts';

// A CommonJS package whose names import() does not see.
const xterm = createRequire(import.meta.url)('@xterm/headless') as typeof Xterm;

export interface PseudoTerminal {
  /** All that was written, sequences included. */
  output(): string;
  /** The lines on the screen, as a person sees them. */
  screen(): Promise<readonly string[]>;
  /** All lines, also those that were scrolled away. */
  history(): Promise<readonly string[]>;
  readonly terminal: Xterm.Terminal;
  write(text: string): void;
  resize(columns: number, rows: number): void;
  waitFor(what: string | RegExp): Promise<string>;
  /** Closes the terminal, as when its window is closed: what runs in it gets SIGHUP. */
  hangUp(): void;
  readonly ended: Promise<void>;
}

export function runInTerminal(
  command: string,
  args: readonly string[],
  {
    columns = 100,
    rows = 30,
    env = {},
  }: {readonly columns?: number; readonly rows?: number; readonly env?: Readonly<Record<string, string>>} = {},
): PseudoTerminal {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(CI|CI_.*|CONTINUOUS_INTEGRATION|NO_COLOR|FORCE_COLOR)$/.test(name),
    ),
  );
  const terminal = new xterm.Terminal({cols: columns, rows, scrollback: 5000, allowProposedApi: true});
  const child = spawn(command, [...args], {
    cols: columns,
    rows,
    name: 'xterm-256color',
    env: {...inherited, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...env},
  });
  let output = '';
  let hasEnded = false;
  child.onData((data) => {
    output += data;
    terminal.write(data);
  });
  const ended = new Promise<void>((resolve) => {
    child.onExit(() => {
      hasEnded = true;
      resolve();
    });
  });
  onTestFinished(() => {
    if (!hasEnded) child.kill('SIGKILL');
    terminal.dispose();
  });
  const lines = async (from: () => number) => {
    await new Promise<void>((resolve) => terminal.write('', resolve));
    const {active} = terminal.buffer;
    return Array.from(
      {length: active.length - from()},
      (_, index) => active.getLine(from() + index)?.translateToString(true) ?? '',
    );
  };
  return {
    output: () => output,
    screen: () => lines(() => terminal.buffer.active.baseY),
    history: () => lines(() => 0),
    terminal,
    write: (text) => child.write(text),
    resize(toColumns, toRows) {
      child.resize(toColumns, toRows);
      terminal.resize(toColumns, toRows);
    },
    waitFor: (what) =>
      waitFor(
        `${String(what)} in the terminal`,
        () => output,
        (seen) => {
          if (typeof what === 'string' ? seen.includes(what) : what.test(seen)) return true;
          if (hasEnded) throw new Error(`the program ended before ${String(what)} was seen:\n${seen}`);
          return false;
        },
        {deadlineMs: 15_000, everyMs: 20},
      ),
    // node-pty closes its side; the kernel does the rest.
    hangUp: () => (child as unknown as {destroy(): void}).destroy(),
    ended,
  };
}
