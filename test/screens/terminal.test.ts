// A real pseudo-terminal: fast typing, and a terminal that is as before however the app ends.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {build, type Plugin} from 'esbuild';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {readableColours} from '../../source/core/colours.ts';
import {root} from '../support/paths.ts';
import {runInTerminal} from '../support/screens/pseudo-terminal.ts';
import {bursts} from '../support/screens/typing.ts';
import {waitFor} from '../support/wait-for.ts';

const ready = '\u001b]2;ready\u0007';
/** Ink's developer tools are an optional package, wanted only with DEV=true. */
const withoutDevtools: Plugin = {
  name: 'without devtools',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^react-devtools-core$/}, ({path}) => ({path, namespace: 'nothing'}));
    onLoad({filter: /.*/, namespace: 'nothing'}, () => ({contents: 'export default {}'}));
  },
};
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'screens-'));
  const {rawText} = (await import(pathToFileURL(join(root, 'scripts', 'bundle-options.mjs')).href)) as {
    rawText: Plugin;
  };
  await build({
    entryPoints: ['app', 'busy'].map((name) => ({
      in: join(root, 'test', 'screens', 'fixtures', `${name}.tsx`),
      out: name,
    })),
    outdir: folder,
    outExtension: {'.js': '.mjs'},
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.19',
    define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
    plugins: [withoutDevtools, rawText],
    banner: {
      js:
        "import {createRequire as __createRequire} from 'node:module';const " +
        'require=__createRequire(import.meta.url);',
    },
    logLevel: 'error',
  });
}, 30_000);
afterAll(() => rmSync(folder, {recursive: true, force: true}));

/**
 * The app in a shell that tells afterwards what the terminal is set to, and stays until that was read: the end of a
 * program cuts off what it said last.
 */
function start(
  mode: string,
  size: {columns?: number; rows?: number; env?: Record<string, string>} = {},
  program = 'app',
) {
  const terminal = runInTerminal(
    '/bin/sh',
    [
      '-c',
      '"$0" "$1" "$2"; echo "code=$?"; stty -a; echo "that was all"; read -r _',
      process.execPath,
      join(folder, `${program}.mjs`),
      mode,
    ],
    size,
  );
  return {
    ...terminal,
    get ended() {
      return terminal.waitFor('that was all').then(() => {
        terminal.write('\n');
        return terminal.ended;
      });
    },
  };
}
function last(output: string, of: readonly string[]): string | undefined {
  return of.toSorted((a, b) => output.lastIndexOf(a) - output.lastIndexOf(b)).at(-1);
}

it('10,000 characters typed in bursts arrive complete and in order', {timeout: 40_000}, async () => {
  const {text, chunks} = bursts(10_000, 11);
  const terminal = start('field');
  await terminal.waitFor(ready);
  for (const [index, chunk] of chunks.entries()) {
    terminal.write(chunk);
    // A terminal's input queue holds 4096 bytes: somebody who types leaves the app time to read.
    if (index % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  terminal.write('\r');
  await terminal.ended;
  expect(terminal.output()).toContain(`ended with ${JSON.stringify(text)}`);
});

it(
  '10,000 characters arrive too beside a progress screen that gets 1,000 events a second',
  {timeout: 60_000},
  async () => {
    const {text, chunks} = bursts(10_000, 29);
    const terminal = start('busy', {columns: 80, rows: 24}, 'busy');
    await terminal.waitFor('Readiness probe failed');
    const began = Date.now();
    for (const [index, chunk] of chunks.entries()) {
      terminal.write(chunk);
      if (index % 5 === 4) await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await terminal.waitFor(/typed=10000;/);
    const seconds = (Date.now() - began) / 1000;
    terminal.write('\r');
    await terminal.ended;
    const {text: arrived, events} = JSON.parse(/ended with (\{.*\})/.exec(terminal.output())?.[1] ?? '{}') as {
      text?: string;
      events?: number;
    };
    expect(arrived).toBe(text);
    expect(events).toBeGreaterThan(500 * seconds);
  },
);

it('asks for marked pastes, and takes one of several lines as one', {timeout: 20_000}, async () => {
  const terminal = start('field');
  await terminal.waitFor(ready);
  await terminal.screen();
  expect(terminal.terminal.modes.bracketedPasteMode).toBe(true);
  terminal.write('\u001b[200~10.0.0.0/8,\r\n192.168.0.0/16\u001b[201~');
  await terminal.waitFor('192.168.0.0/16');
  terminal.write('\r');
  await terminal.ended;
  expect(terminal.output()).toContain('ended with "10.0.0.0/8,192.168.0.0/16"');
});

it('can be drawn again after it has ended', {timeout: 20_000}, async () => {
  const terminal = start('twice');
  await terminal.waitFor(ready);
  terminal.write('one\r');
  await terminal.waitFor(/ended with "one"[^]*\u001b\]2;ready/);
  terminal.write('two\r');
  await terminal.ended;
  expect(terminal.output()).toContain('ended again with "two"');
  expect(terminal.output()).toContain('code=0');
});

describe('the terminal is as before when the app', () => {
  it.each([
    ['is left by ctrl-c', 'field', '\u0003', 'ended with "left"', 0],
    ['cannot draw', 'render', '\u0014', 'failed with broken on purpose', 70],
    ['breaks in a key handler', 'handler', '\u0014', 'failed with broken on purpose', 70],
    ['dies of an exception elsewhere', 'elsewhere', '\u0014', 'Error: broken on purpose', 1],
    ['is told to end', 'signal', '\u0014', '', 143],
    ['exits', 'exit', '\u0014', '', 7],
  ])('%s', {timeout: 20_000}, async (_, mode, key, says, code) => {
    const terminal = start(mode);
    await terminal.waitFor(ready);
    terminal.write(key);
    await terminal.ended;
    const output = terminal.output();
    expect(output).toContain(says);
    expect(output).toContain(`code=${code}`);
    expect(output).toMatch(/\bicanon\b/);
    expect(output).not.toMatch(/-icanon|-echo\b/);
    expect(last(output, ['\u001b[?25l', '\u001b[?25h'])).toBe('\u001b[?25h');
    expect(last(output, ['\u001b[?2004h', '\u001b[?2004l'])).toBe('\u001b[?2004l');
    if (mode === 'render' || mode === 'handler') {
      expect(output).toContain('✖ The screen cannot go on: broken on purpose');
      expect(output).not.toContain('app.mjs:');
    }
  });
});

it(
  'ctrl-z gives the terminal to the shell, and fg brings the screen back with what was typed',
  {timeout: 20_000},
  async () => {
    // A shell with job control, as a person has one.
    const script = [
      ...['set -m', '"$0" "$1" field', 'echo "stopped=$?"', 'stty -a', 'fg', 'echo "code=$?"', 'stty -a'],
      ...['echo "that was all"', 'read -r _'],
    ].join('; ');
    const terminal = runInTerminal('/bin/bash', ['-c', script, process.execPath, join(folder, 'app.mjs')]);
    await terminal.waitFor(ready);
    terminal.write('before');
    await terminal.waitFor('before');
    terminal.write('\u001a');
    // 128 and the number of SIGTSTP.
    await terminal.waitFor('stopped=148');
    await terminal.waitFor(/stopped=148[^]*before/);
    const meanwhile = terminal.output().slice(0, terminal.output().lastIndexOf('stopped=148'));
    expect(last(meanwhile, ['\u001b[?25l', '\u001b[?25h'])).toBe('\u001b[?25h');
    expect(last(meanwhile, ['\u001b[?2004h', '\u001b[?2004l'])).toBe('\u001b[?2004l');
    expect(/stopped=148[^]*?(-?icanon)/.exec(terminal.output())?.[1]).toBe('icanon');
    terminal.write(' after\r');
    await terminal.waitFor('that was all');
    expect(terminal.output()).toContain('ended with "before after"');
    expect(terminal.output()).toMatch(/code=0[^]* icanon/);
    terminal.write('\n');
    await terminal.ended;
  },
);

it('wipes no history, also when the terminal becomes lower than the frame', {timeout: 20_000}, async () => {
  const terminal = start('tall', {columns: 60, rows: 40});
  await terminal.waitFor('39 rows');
  terminal.resize(60, 12);
  await terminal.waitFor('11 rows');
  terminal.resize(60, 30);
  await terminal.waitFor('29 rows');
  terminal.write('\u0003');
  await terminal.ended;
  expect(terminal.output()).not.toMatch(/\u001b\[[23]J/);
});

it('writes ASCII alone where the locale is not UTF-8', {timeout: 20_000}, async () => {
  const env = {LANG: 'C', LC_ALL: 'C', LC_CTYPE: 'C'};
  const terminal = start('wizard', {columns: 60, rows: 20, env}, 'busy');
  await throughScreens(terminal, async () => undefined);
  expect(terminal.output()).toContain('~');
  expect(terminal.output().match(/[^\u0000-\u007f]/g)).toBeNull();
});

it('draws without colours when NO_COLOR is set', {timeout: 20_000}, async () => {
  const coloured = start('field');
  await coloured.waitFor(ready);
  const plain = start('field', {env: {NO_COLOR: '1'}});
  await plain.waitFor(ready);
  const colour = /\u001b\[[\d;]*m/;
  expect(coloured.output()).toMatch(colour);
  expect(plain.output()).not.toMatch(colour);
  // Nothing is drawn for the cursor either: it is the terminal's own.
  expect((await plain.screen())[1]?.trim()).toBe('');
});

/** Where the terminal's cursor stands, as (column, line) of the screen; null while it is hidden. */
function cursorOf({output, terminal}: ReturnType<typeof start>): string | null {
  const {cursorX, cursorY} = terminal.buffer.active;
  return last(output(), ['\u001b[?25l', '\u001b[?25h']) === '\u001b[?25h' ? `${cursorX},${cursorY}` : null;
}

async function expectCursor(terminal: ReturnType<typeof start>, at: string | null): Promise<void> {
  await waitFor(
    `the cursor at ${at}`,
    async () => ({screen: await terminal.screen(), cursor: cursorOf(terminal)}),
    ({cursor}) => cursor === at,
    {deadlineMs: 5000, everyMs: 5},
  );
}

it('the terminal shows its cursor where the text is edited', {timeout: 30_000}, async () => {
  const terminal = start('field', {columns: 60, rows: 20});
  await terminal.waitFor(ready);
  await expectCursor(terminal, '0,1');
  const steps: readonly (readonly [keys: string, column: number])[] = [
    ['abc', 3],
    ['\u001b[D', 2],
    ['\u001b[D', 1],
    // Two columns each.
    ['日本', 5],
    ['\u001b[D', 3],
    ['\u001b[H', 0],
    ['\u001b[F', 7],
    // Longer than the field: the last of its columns.
    ['x'.repeat(40), 29],
    ['\u0015', 0],
  ];
  for (const [keys, column] of steps) {
    terminal.write(keys);
    await expectCursor(terminal, `${column},1`);
  }
  // It follows the line when that moves, and steps aside with it.
  terminal.resize(39, 9);
  await terminal.waitFor('enlarge the window');
  await expectCursor(terminal, null);
  terminal.resize(50, 15);
  await expectCursor(terminal, '0,1');
  terminal.write('\u0003');
  await terminal.ended;
  expect((await terminal.history()).join('\n')).toMatch(/rows\s+ended with "left"/);
});

it('is hidden where nothing is edited, and moves from field to field', {timeout: 30_000}, async () => {
  const terminal = start('wizard', {columns: 80, rows: 24}, 'busy');
  await terminal.waitFor('team-a');
  await expectCursor(terminal, null);
  terminal.write('\r');
  await terminal.waitFor(/h\S* history/);
  await expectCursor(terminal, null);
  terminal.write('u');
  await terminal.waitFor('Image tag');
  // Down and up: the field before goes as the next one comes, above or below it.
  for (const [key, label] of [
    ['', 'Image tag'],
    ['\u001b[B', 'Chart version'],
    ['\u001b[A', 'Image tag'],
  ] as const) {
    terminal.write(key);
    await waitFor(
      `the cursor on the line of ${label}`,
      async () => ({screen: await terminal.screen(), cursor: cursorOf(terminal)}),
      ({screen, cursor}) => cursor?.split(',')[1] === String(screen.findIndex((line) => line.includes(label))),
      {deadlineMs: 5000, everyMs: 5},
    );
  }
  terminal.write('\u0003');
  await terminal.ended;
  expect(cursorOf(terminal)).not.toBeNull();
});

/** What a person sees while they go through the wizard: home, the dashboard, an upgrade with 1,000 events a second. */
async function throughScreens(terminal: ReturnType<typeof start>, at: (name: string) => Promise<void>): Promise<void> {
  await terminal.waitFor('team-a');
  await at('home');
  terminal.write('\r');
  await terminal.waitFor(/h\S* history/);
  await at('dashboard');
  terminal.write('u');
  await terminal.waitFor('Image tag');
  await at('upgrade');
  terminal.write('\r');
  await terminal.waitFor('do it');
  await at('plan');
  terminal.write('\r');
  await terminal.waitFor('Readiness probe');
  await at('progress');
  terminal.write('\u0003');
  await terminal.waitFor('Stay');
  await at('question');
  terminal.write('\u0003');
  await terminal.ended;
}

it('is whole after every change of the size, down to 40×10, and wipes no history', {timeout: 60_000}, async () => {
  const terminal = start('wizard', {columns: 120, rows: 40, env: {NO_COLOR: '1'}}, 'busy');
  const sizes = [
    [80, 24],
    [40, 10],
    [100, 30],
    [41, 11],
    [40, 10],
    [120, 40],
    [60, 12],
    [80, 24],
  ] as const;
  await throughScreens(terminal, async () => {
    for (const [columns, rows] of sizes) {
      terminal.resize(columns, rows);
      // The last frame of this size: header and footer are where they belong, each once.
      await waitFor(
        `a whole frame at ${columns}×${rows}`,
        async () => terminal.screen(),
        (screen) => {
          const lines = screen.map((line) => line.trimEnd());
          const end = lines.findLastIndex((line) => line !== '');
          const frame = lines.slice(Math.max(0, end - (rows - 2)), end + 1);
          return (
            frame.length === rows - 1 &&
            /^ (pg-helm-install|prod-eu)/.test(frame[0] ?? '') &&
            /^ ─+$/.test(frame[1] ?? '') &&
            /^ ─+$/.test(frame.at(-2) ?? '') &&
            /ctrl-c|quit/.test(frame.at(-1) ?? '') &&
            frame.every((line) => line.length <= columns)
          );
        },
        {deadlineMs: 5000, everyMs: 20},
      );
    }
  });
  expect(terminal.output()).not.toMatch(/\u001b\[[23]J/);
});

it('draws only with colours that can be read on light and on dark', {timeout: 30_000}, async () => {
  const terminal = start('wizard', {columns: 80, rows: 24}, 'busy');
  await throughScreens(terminal, async () => undefined);
  const used = new Set([...terminal.output().matchAll(/\u001b\[([\d;]*)m/g)].map(([, codes = '']) => codes));
  // Bold, underlined, inverse and their ends, and the colours whose contrast test/unit/core/colours.test.ts computes.
  const readable = new Set(Object.values(readableColours).map((number) => `38;5;${number}`));
  const other = [...used].filter((codes) => !readable.has(codes) && !/^(|0|1|4|7|22|24|27|39)$/.test(codes));
  expect(other).toEqual([]);
  expect([...used].filter((codes) => readable.has(codes)).length).toBeGreaterThan(2);
});

it('draws with the palette of a terminal that has no more than sixteen colours', {timeout: 20_000}, async () => {
  const terminal = start('field', {env: {FORCE_COLOR: '1'}});
  await terminal.waitFor(ready);
  expect(terminal.output()).toContain('\u001b[36m');
  expect(terminal.output()).not.toContain('38;5');
});

it('is read aloud as lists and lines, and nothing turns', {timeout: 30_000}, async () => {
  const terminal = start('wizard', {columns: 80, rows: 24, env: {INK_SCREEN_READER: 'true'}}, 'busy');
  await throughScreens(terminal, async (name) => {
    if (name === 'home') expect(terminal.output()).toMatch(/list[^]*listitem: \(selected\)[^]*team-a/);
  });
  expect(terminal.output()).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]|─/);
  expect(terminal.output()).toMatch(/Upgrading orders[^]*Leave or stop\?/);
  // What changes every second would be read every second.
  expect(terminal.output()).not.toMatch(/proven \d+ s ago|\d:\d\d of \d+:\d\d/);
});

it('nothing of the cluster reaches the terminal as a sequence', {timeout: 30_000}, async () => {
  const terminal = start('evil', {columns: 100, rows: 30}, 'busy');
  await terminal.waitFor('red');
  terminal.write('\r');
  await terminal.waitFor('CRASH_LOOP');
  for (const [key, seen] of [
    ['i', 'copy'],
    ['l', 'last log'],
    ['v', 'values as helm'],
    ['h', 'Revisions'],
  ] as const) {
    terminal.write(key);
    await terminal.waitFor(seen);
    terminal.write('q');
    await terminal.waitFor(new RegExp(`${seen}[^]*h\\S* history`));
  }
  terminal.write('\u0003');
  await terminal.ended;
  for (const sequence of ['\u001b[2J', '\u001b]0;', '\u001b[?1049', '\u009b', '\u202e', 'red\u001b[', '\u001b[31mred'])
    expect(terminal.output()).not.toContain(sequence);
  expect(terminal.terminal.buffer.active.type).toBe('normal');
});
