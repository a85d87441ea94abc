// The thread in which pg_dump runs: it blocks until the server answers, like a program that reads a socket.
import fs from 'node:fs';
import {parentPort, receiveMessageOnPort, workerData} from 'node:worker_threads';
const {port, wake, words, tool, passwords, environment, file} = workerData;
const {open} = await import(tool);
/** What the server has sent and pg_dump has not read. */
const pieces = [];
let seen = 0;
let ended = false;
let wasEmpty = false;

/** Collects what has arrived; with `waits`, blocks until something has. */
function take(waits) {
  for (;;) {
    const received = receiveMessageOnPort(port);
    if (received) {
      if (received.message === null) ended = true;
      else pieces.push(received.message);
      continue;
    }
    if (pieces.length > 0 || ended || !waits) return;
    const now = Atomics.load(wake, 0);
    if (now === seen) Atomics.wait(wake, 0, now);
    else seen = now;
  }
}

/** Waits while the pipe is full; when nobody reads the pipe any more, the program ends. */
function writeWhole(fd, bytes) {
  for (let at = 0; at < bytes.length;) {
    try {
      at += fs.writeSync(fd, bytes, at, bytes.length - at);
    } catch (error) {
      if (error.code === 'EPIPE') process.exit(141);
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
  return bytes.length;
}

const target = file === '' ? 1 : fs.openSync(file, 'w');
let code = 0;
const program = await open({
  noExitRuntime: false,
  thisProgram: '/bin/pg_dump',
  print: (text) => writeWhole(target, Buffer.from(`${text}\n`)),
  printErr: (text) => writeWhole(2, Buffer.from(`${text}\n`)),
  onExit: (status) => {
    code = status;
  },
  preRun: [
    (module) => {
      Object.assign(module.ENV, environment, {
        HOME: '/home/postgres',
        USER: 'postgres',
        LOGNAME: 'postgres',
        ...(passwords === '' ? {} : {PGPASSFILE: '/passwords'}),
      });
      module.onRuntimeInitialized = () => {
        const write = module.addFunction((from, length) => {
          parentPort.postMessage({sent: module.HEAPU8.slice(from, from + length)});
          return length;
        }, 'iii');
        // After a read that found nothing, the next one waits; the first only looks.
        const read = module.addFunction((to, most) => {
          take(wasEmpty);
          wasEmpty = pieces.length === 0;
          if (wasEmpty) return 0;
          const [piece] = pieces;
          const length = Math.min(most, piece.length);
          module.HEAPU8.set(piece.subarray(0, length), to);
          if (length === piece.length) pieces.shift();
          else pieces[0] = piece.subarray(length);
          parentPort.postMessage({taken: length});
          return length;
        }, 'iii');
        module._pgl_set_rw_cbs(read, write);
        // pg_dump looks for its own executable.
        module.FS.mkdirTree('/bin');
        module.FS.writeFile('/bin/pg_dump', '');
        module.FS.chmod('/bin/pg_dump', 0o755);
        if (passwords !== '') {
          module.FS.writeFile('/passwords', passwords);
          module.FS.chmod('/passwords', 0o600);
        }
        const {streams} = module.FS;
        streams[1].stream_ops = {
          ...streams[1].stream_ops,
          write: (_stream, buffer, from, length) =>
            writeWhole(target, Buffer.from(buffer.buffer, buffer.byteOffset + from, length)),
        };
      };
    },
  ],
});

// -f is left out here: a path of the container means nothing inside WebAssembly, and `target` is that file already.
const kept = [];
for (let at = 0; at < words.length; at++) {
  if (['-f', '--file'].includes(words[at])) at++;
  else if (!/^(-f.+|--file=.*)$/.test(words[at])) kept.push(words[at]);
}
try {
  code = program.callMain(kept) ?? code;
} catch (error) {
  if (error?.status === undefined) {
    process.stderr.write(`pg_dump: error: ${error.message}\n`);
    code = 1;
  } else code = error.status;
}
process.exit(code);
