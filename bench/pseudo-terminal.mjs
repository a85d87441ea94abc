// A program in a pseudo-terminal: what it writes, with the time at which it was there.
import {spawn} from '@lydell/node-pty';

/** The programs that run now, so that an interrupted bench leaves no process behind. */
const running = new Set();

/** Starts the program in a UTF-8 xterm of `columns`×`rows`, with the given environment. */
export function openTerminal(program, args, {env = process.env, columns = 80, rows = 24} = {}) {
  const began = performance.now();
  const child = spawn(program, args, {
    cols: columns,
    rows,
    name: 'xterm-256color',
    env: terminalEnvironment(env),
  });
  running.add(child);
  let output = '';
  let looks = [];
  let code = null;
  const look = () => {
    const at = performance.now();
    looks = looks.filter((one) => !one(at));
  };
  const endedBefore = (who, what) =>
    new Error(`${who} ended with ${code} before "${what}" was seen:\n${output.slice(-2000)}`);
  child.onData((data) => {
    output += data;
    look();
  });
  const ended = new Promise((resolve) => {
    child.onExit(({exitCode}) => {
      running.delete(child);
      code = exitCode;
      look();
      resolve(exitCode);
    });
  });
  return {
    output: () => output,
    write: (text) => child.write(text),
    ended,
    kill: () => child.kill('SIGKILL'),
    /** Resolves when `what` has been written, from now on. */
    written(what) {
      const from = output.length;
      return new Promise((resolve, reject) => {
        looks.push(() => {
          if (output.includes(what, Math.max(0, from - what.length))) resolve();
          else if (code !== null) reject(endedBefore('The program', what));
          else return false;
          return true;
        });
      });
    },
    /**
     * Milliseconds from the start of the process until `what` had been written. Rejects with the output if it ends
     * before.
     */
    seen: (what) =>
      new Promise((resolve, reject) => {
        const isSeen = (at) => {
          if (output.includes(what)) resolve(at - began);
          else if (code !== null) reject(endedBefore([program, ...args].join(' '), what));
          else return false;
          return true;
        };
        if (!isSeen(performance.now())) looks.push(isSeen);
      }),
  };
}

/** The environment without variables that make programs believe that they run in CI or without colours. */
function terminalEnvironment(env) {
  const clean = Object.entries(env).filter(
    ([name]) => !/^(CI|CI_.*|CONTINUOUS_INTEGRATION|NO_COLOR|FORCE_COLOR)$/.test(name),
  );
  return {...Object.fromEntries(clean), LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8'};
}

export function closeTerminals() {
  for (const child of running) child.kill('SIGKILL');
}
