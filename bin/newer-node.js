// Runs the program again with the Node.js that `npm ci` brought into this checkout. Node.js 16 must understand this
// file, and none before 22.15 can replace itself by another program: this process stays until the other one has ended.
import {spawn} from 'node:child_process';
import {existsSync, realpathSync} from 'node:fs';
import {constants} from 'node:os';
import {dirname, join} from 'node:path';
import {isatty} from 'node:tty';
import {fileURLToPath} from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const program = join(folder, 'pg-helm-install.js');
const executable = process.platform === 'win32' ? 'node.exe' : 'node';
const newerNode = join(folder, '..', 'node_modules', 'node', 'bin', executable);

/** Calls `otherwise` where there is none, or where it does not start here. */
export function runWithNewerNode(otherwise) {
  // Where it is the one that runs, its version is not what it says, and this would have no end.
  if (!existsSync(newerNode) || realpathSync(newerNode) === realpathSync(process.execPath)) return otherwise();
  const child = spawn(newerNode, [...process.execArgv, program, ...process.argv.slice(2)], {stdio: 'inherit'});
  child.once('error', otherwise);
  passSignalsTo(child);
  child.once('exit', (code, signal) => {
    // A shell says it so of a program that a signal ended.
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
  });
}

/** A second signal of a kind means more than the first: the other process must get each of them once. */
function passSignalsTo(child) {
  const hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  // A terminal sends these to both processes; anybody else only to the one that they know.
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => hasTerminal || child.kill(signal));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
}
