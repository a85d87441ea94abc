// test/recorded-demo.json: what a person sees of a real demo in a terminal of 80×24, for the README's picture. Runs one
// in a sandbox of its own; a test holds the titles, commands and sentences equal to those of today's demo.
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {spawnSync} from 'node:child_process';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {spawn} from '@lydell/node-pty';

// A CommonJS package whose names import() does not see.
const xterm = createRequire(import.meta.url)('@xterm/headless');
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join(root, 'bin', 'pg-helm-install.js');
const [columns, rows] = [80, 24];

/** What is written when a frame is taken, in this order: a step has ended, rows are written, there is a plan. */
const moments = [
  /\n {2}\d+\.\d s\r?\n/,
  /writes were out for/,
  /writing: \d{3} rows/,
  ...Array.from({length: 3}, () => /writes were out for/),
  /The same by command:[^]*?--yes/,
  /rows were acknowledged/,
  /sandbox down --delete/,
];

const folder = mkdtempSync(join(tmpdir(), 'pghi-record-'));
// When root runs it, PostgreSQL runs as another user, who has to get into the folder.
chmodSync(folder, 0o711);
const env = {...process.env, PGHI_SANDBOX_FOLDER: join(folder, 'state'), LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8'};
const frames = [];
try {
  const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true});
  const child = spawn(process.execPath, [program, 'demo'], {cols: columns, rows, name: 'xterm-256color', env});
  let seen = '';
  const look = () => {
    const found = moments[frames.length]?.exec(seen);
    if (!found) return;
    seen = seen.slice(found.index + found[0].length);
    frames.push(screenOf(terminal));
    look();
  };
  child.onData((data) => {
    seen += data;
    terminal.write(data, look);
  });
  await new Promise((ended) => child.onExit(ended));
  await new Promise((written) => terminal.write('', written));
} finally {
  spawnSync(process.execPath, [program, 'sandbox', 'down', '--delete'], {env});
  rmSync(folder, {recursive: true, force: true});
}
if (frames.length < moments.length) throw new Error(`only ${frames.length} of ${moments.length} frames were seen`);
writeFileSync(join(root, 'test', 'recorded-demo.json'), `${JSON.stringify(frames, null, 2)}\n`);

function screenOf({buffer: {active}}) {
  const lines = Array.from(
    {length: rows},
    (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
  );
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
}
