// A real pseudo-terminal: fast typing, and a terminal that is as before however the app ends.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build, type Plugin} from 'esbuild';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {root} from '../support/paths.ts';
import {runInTerminal} from '../support/pseudo-terminal.ts';
import {bursts} from '../support/typing.ts';

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
  await build({
    entryPoints: [join(root, 'test', 'screens', 'fixtures', 'app.tsx')],
    outfile: join(folder, 'app.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
    plugins: [withoutDevtools],
    banner: {js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);"},
    logLevel: 'error',
  });
}, 30_000);
afterAll(() => rmSync(folder, {recursive: true, force: true}));

/** The app in a shell that tells afterwards what the terminal is set to. */
function start(mode: string, size: {columns?: number; rows?: number; env?: Record<string, string>} = {}) {
  return runInTerminal('/bin/sh', ['-c', '"$0" "$1" "$2"; echo "code=$?"; stty -a', process.execPath, join(folder, 'app.mjs'), mode], size);
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

it('asks for marked pastes, and takes one of several lines as one', {timeout: 20_000}, async () => {
  const terminal = start('field');
  await terminal.waitFor(ready);
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

it('draws without colours when NO_COLOR is set', {timeout: 20_000}, async () => {
  const coloured = start('field');
  await coloured.waitFor(ready);
  const plain = start('field', {env: {NO_COLOR: '1'}});
  await plain.waitFor(ready);
  const colour = /\u001b\[[\d;]*m/;
  expect(coloured.output()).toMatch(colour);
  expect(plain.output()).not.toMatch(colour);
  expect((await plain.screen())[1]).toBe('▏');
});
