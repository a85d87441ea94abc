// A program of a container that the sandbox itself runs, such as psql: passes its arguments, environment and streams to
// the sandbox, and exits with the code that the sandbox answers.
import {ask, fromSandbox, toSandbox} from './frames.mjs';

const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name.startsWith('PG') && name !== 'PGHI_SANDBOX'),
);
// The exit code of a program that lost its output: 128 plus the number of SIGPIPE.
const outputLost = 141;
let unwritten = 0;
let code = null;

function leave() {
  if (code !== null && unwritten === 0) process.exit(code);
}

function write(stream, bytes) {
  unwritten++;
  stream.write(bytes, () => {
    unwritten--;
    leave();
  });
}

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(outputLost));
const {socket, send} = ask(process.argv.slice(2), environment, (kind, bytes) => {
  if (kind === fromSandbox.exit) code = Number(bytes.toString());
  else write(kind === fromSandbox.output ? process.stdout : process.stderr, bytes);
  leave();
});
process.stdin
  .on('data', (chunk) => send(toSandbox.input, chunk))
  .on('end', () => send(toSandbox.endOfInput))
  .on('error', () => send(toSandbox.endOfInput));
socket.on('error', (error) => {
  process.stderr.write(`the sandbox does not answer: ${error.message}\n`);
  process.exit(2);
});
socket.on('close', () => {
  code ??= 2;
  leave();
});
