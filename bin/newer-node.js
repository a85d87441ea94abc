// Runs the program again with the Node.js that `npm ci` brought into this checkout. Node.js 16 must understand this
// file, and none before 22.15 can replace itself by another program: this process stays until the other one has ended.
import {spawn} from 'node:child_process';
import {closeSync, existsSync, openSync, readFileSync, readSync, realpathSync, writeSync} from 'node:fs';
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
  const password = takePassword();
  const child = spawn(newerNode, [...process.execArgv, program, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', ...(password === undefined ? [] : ['pipe'])],
    env: {...process.env, ...(password === undefined ? {} : {PG_HELM_INSTALL_PASSWORD_FD: '3'})},
  });
  child.once('error', otherwise);
  handOver(child, password);
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

/**
 * Takes the password out of the environment, which the other process would inherit, and which others of this user can
 * read in /proc as long as this process stays. source/core/own-environment.ts does the same, and is not built for an
 * old Node.
 */
function takePassword() {
  const password = process.env.PGHI_PASSWORD;
  if (password === undefined) return undefined;
  delete process.env.PGHI_PASSWORD;
  try {
    overwrite(`PGHI_PASSWORD=${password}`);
  } catch {
    // Not Linux, or a hardened one.
  }
  return password;
}

/** Linux, proc(5): fields 50 and 51 of /proc/self/stat say where the memory of the environment begins and ends. */
function overwrite(entry) {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // The command's name in parentheses may hold spaces; behind it comes field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [start, end] = [Number(fields[47]), Number(fields[48])];
  if (!(start > 0 && end > start)) return;
  const memory = openSync('/proc/self/mem', 'r+');
  try {
    const environment = Buffer.alloc(end - start);
    readSync(memory, environment, 0, environment.length, start);
    const secret = Buffer.from(entry);
    // The same bytes may also end another variable, and stand first there.
    for (let at = environment.indexOf(secret); at >= 0; at = environment.indexOf(secret, at + 1)) {
      writeSync(memory, Buffer.alloc(secret.length), 0, secret.length, start + at);
    }
  } finally {
    closeSync(memory);
  }
}

/** On a pipe, which only the other process can read. */
function handOver(child, password) {
  const pipe = child.stdio[3];
  if (!pipe) return;
  // Where the other process ends early, nobody reads it.
  pipe.on('error', () => undefined);
  pipe.end(password);
}
