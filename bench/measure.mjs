// One run of a program: how long it took, how it ended and, where it is asked for, how much memory it held at most.
import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';

/** The programs that run now, so that an interrupted bench leaves no process behind. */
const running = new Set();

/**
 * Measures from before the start of the process until its end and the end of its output, in ms.
 * `peakBytes` is null where the system has no /proc. Throws what the program printed unless it ended with 0.
 */
export async function measure(program, args, {env = process.env, memory = false} = {}) {
  const began = performance.now();
  const child = spawn(program, args, {env, stdio: ['ignore', 'pipe', 'pipe']});
  running.add(child);
  const peak = memory ? watchPeak(child.pid) : null;
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  try {
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const ms = performance.now() - began;
    if (code !== 0)
      throw new Error(`${[program, ...args].join(' ')} ended with ${code}\n${stderr}${stdout.slice(-2000)}`);
    return {ms, stdout, peakBytes: peak?.() ?? null};
  } finally {
    peak?.();
    running.delete(child);
  }
}

export function stopRunning() {
  for (const child of running) child.kill('SIGTERM');
}

/**
 * Runs each program in turn, `n` times, so that whatever else the machine does affects all of them alike. Returns the
 * runs by name.
 */
export async function interleaved(n, programs, report = () => undefined) {
  const runs = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < n; round += 1) {
    for (const [name, run] of Object.entries(programs)) {
      const one = await run(round);
      runs[name].push(one);
      report(`${round + 1}/${n} ${name} ${Math.round(one.ms)} ms`);
    }
  }
  return runs;
}

/** The kernel keeps the high-water mark itself, so only what is added in the last 10 ms can be missed. */
function watchPeak(pid) {
  let bytes = null;
  const look = () => {
    try {
      const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      if (kib) bytes = Number(kib) * 1024;
    } catch {
      // The process has ended, or there is no /proc.
    }
  };
  const timer = setInterval(look, 10);
  return () => {
    clearInterval(timer);
    return bytes;
  };
}
