// Runs a command with long output in a container: the output is handed on piece by piece, no faster than it is taken,
// and a connection that has fallen silent is noticed.
import {PassThrough, Writable} from 'node:stream';
import {finished} from 'node:stream/promises';
import {Exec} from '@kubernetes/client-node/dist/exec.js';
import type {WebSocket} from 'ws';
import {ConnectionError} from './api.ts';
import type {Connection} from './connect.ts';
import {configOf, exitCodeOf, wordsOf} from './exec.ts';
import {clock} from '../core/time.ts';

const pingEveryMs = 10_000;
/** A connection without a byte or an answer to a ping for this long is considered dead. */
const silenceMs = 45_000;
/** What arrives while a piece is being taken waits in memory, up to about this many bytes. */
const maxWaiting = 4 * 1024 * 1024;
const maxErrorText = 64 * 1024;

/**
 * @returns the exit code (null when the cluster did not say), after all output was taken.
 * @throws ConnectionError; what `onOutput` throws; the signal's reason when it aborts
 */
export async function streamFromPod(
  {credentials}: Connection,
  namespace: string,
  pod: string,
  container: string,
  command: readonly string[],
  stdin: string,
  {onOutput, signal}: {readonly onOutput: (chunk: Buffer) => Promise<void>; readonly signal: AbortSignal},
): Promise<{exitCode: number | null; stderr: string}> {
  signal.throwIfAborted();
  const input = new PassThrough();
  input.write(stdin);
  const stdout = new Writable({
    highWaterMark: maxWaiting,
    write(chunk: Buffer, _encoding, done) {
      onOutput(chunk).then(() => done(), done);
    },
  });
  let stderr = '';
  const errors = new Writable({
    write(chunk: Buffer, _encoding, done) {
      stderr = (stderr + chunk.toString('utf8')).slice(-maxErrorText);
      done();
    },
  });
  // client-node ends `stdout` when the status has arrived.
  const taken = finished(stdout);
  taken.catch(() => undefined);

  const cleanUps: (() => void)[] = [];
  let isOver = false;
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      stdout.on('error', reject);
      const onAbort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, {once: true});
      cleanUps.push(() => signal.removeEventListener('abort', onAbort));
      new Exec(configOf(credentials))
        .exec(namespace, pod, container, [...command], stdout, errors, input, false, (status) => {
          const code = exitCodeOf(status);
          if (code === null) stderr += `\n${status.message ?? ''}`;
          resolve(code);
        })
        .then((socket) => {
          // The call was stopped while the socket was being opened.
          if (isOver) return socket.terminate();
          const stop = follow(socket, stdout, (what) => reject(new ConnectionError(what(pod))));
          cleanUps.push(stop, () => socket.terminate());
        })
        .catch((error: unknown) => reject(new ConnectionError(wordsOf(error))));
    });
    await taken;
    return {exitCode, stderr};
  } finally {
    isOver = true;
    for (const cleanUp of cleanUps) cleanUp();
    input.destroy();
    stdout.destroy();
  }
}

/** Reads from the socket no faster than `stdout` takes it, and watches for silence. @returns what ends the watching */
function follow(socket: WebSocket, stdout: Writable, onLost: (what: (pod: string) => string) => void): () => void {
  const watch = watchSilence(socket, () => onLost((pod) => `nothing was heard of ${pod} for ${silenceMs / 1000} s`));
  socket.onclose = () => onLost((pod) => `the connection to ${pod} broke off`);
  socket.on('message', () => stdout.writableNeedDrain && socket.pause());
  stdout.on('drain', () => socket.resume());
  return watch.stop;
}

function watchSilence(socket: WebSocket, onSilence: () => void): {readonly stop: () => void} {
  let heardAt = clock.now();
  const heard = () => void (heardAt = clock.now());
  for (const event of ['message', 'pong'] as const) socket.on(event, heard);
  const timer = setInterval(() => {
    // While the socket is paused, because of a slow disk, say, nothing can be heard.
    if (socket.isPaused) return heard();
    if (clock.now() - heardAt > silenceMs) return onSilence();
    if (socket.readyState === socket.OPEN) socket.ping();
  }, pingEveryMs);
  return {stop: () => clearInterval(timer)};
}
