// pg_dump of a container: PostgreSQL's own, compiled to WebAssembly. This thread asks the sandbox where the server
// listens and where the tool is, and carries bytes between the two: it reads the socket, and a worker runs the tool,
// which waits for what the server sends.
import {readFileSync} from 'node:fs';
import {connect} from 'node:net';
import {MessageChannel, Worker} from 'node:worker_threads';
import {ask, fromSandbox} from './frames.mjs';

const words = process.argv.slice(2);

/** The option's value from the command line, in its short or its long form, else from the environment. */
function option(short, long, variable, otherwise) {
  for (const [at, word] of words.entries()) {
    if (word === short || word === `--${long}`) return words[at + 1] ?? '';
    if (word.startsWith(`--${long}=`)) return word.slice(long.length + 3);
    if (word.startsWith(short) && !word.startsWith('--')) return word.slice(2);
  }
  return process.env[variable] || otherwise;
}

function fail(text, code = 1) {
  process.stderr.write(`pg_dump: error: ${text}\n`);
  process.exit(code);
}

/** Resolves to the host and port where the server listens on this machine, and the path of the tool. */
function placeOf(host, port) {
  const said = {[fromSandbox.output]: '', [fromSandbox.errors]: '', [fromSandbox.exit]: ''};
  return new Promise((resolve) => {
    const {socket} = ask(['dump-place', host, port], {}, (kind, bytes) => {
      said[kind] += bytes.toString();
    });
    socket.on('error', (error) => fail(`the sandbox does not answer: ${error.message}`));
    socket.on('close', () => {
      const code = said[fromSandbox.exit];
      if (code === '0') resolve(JSON.parse(said[fromSandbox.output]));
      else fail(said[fromSandbox.errors].trim(), Number(code));
    });
  });
}

const format = option('-F', 'format', '', 'p');
if (!/^[pct]/.test(format))
  fail(`the pg_dump of the sandbox writes plain text, the custom and the tar format, not ${format}`);
const needsServer = !words.some((word) => ['--version', '-V', '--help', '-?'].includes(word));
const place = await placeOf(option('-h', 'host', 'PGHOST', ''), option('-p', 'port', 'PGPORT', '5432'));
let passwords = '';
try {
  if (process.env.PGPASSFILE) passwords = readFileSync(process.env.PGPASSFILE, 'utf8');
} catch {
  // The server says whether a password is needed.
}

const wake = new Int32Array(new SharedArrayBuffer(4));
const {port1, port2} = new MessageChannel();
/** The most bytes that may wait for the worker: few, because a dump may be larger than the memory. */
const maxWaiting = 1 << 20;
let waiting = 0;
const socket = needsServer
  ? connect(
      place.host.startsWith('/')
        ? {path: `${place.host}/.s.PGSQL.${place.port}`}
        : {host: place.host, port: place.port},
    )
  : null;
socket
  ?.on('data', (chunk) => {
    waiting += chunk.length;
    if (waiting > maxWaiting) socket.pause();
    give(Uint8Array.from(chunk));
  })
  .on('error', (error) => fail(`connection to server failed: ${error.message}`))
  .on('end', () => give(null));
if (socket) socket.on('connect', start);
else start();

/** Sends bytes to the worker; null marks the end. */
function give(bytes) {
  port1.postMessage(bytes, bytes ? [bytes.buffer] : []);
  Atomics.add(wake, 0, 1);
  Atomics.notify(wake, 0);
}

function start() {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name.startsWith('PG') && !name.startsWith('PGHI_') && name !== 'PGPASSFILE',
    ),
  );
  const worker = new Worker(new URL('./dump-worker.mjs', import.meta.url), {
    workerData: {
      port: port2,
      wake,
      words,
      tool: place.tool,
      passwords,
      environment,
      file: option('-f', 'file', '', ''),
    },
    transferList: [port2],
  });
  worker
    .on('message', ({sent, taken = 0}) => {
      if (sent) socket?.write(sent);
      waiting -= taken;
      if (waiting < maxWaiting / 2) socket?.resume();
    })
    .on('error', (error) => fail(error.message))
    .on('exit', (code) => process.exit(code));
}
