// The keys of the demo: space pauses before the next step and goes on, q ends it.
import type {Invocation} from '../command.ts';
import {isOnTerminal} from '../confirm.ts';

export interface Keys {
  /**
   * Waits for as long as the demo is paused.
   * @returns false when it is to end
   * @throws the reason of the signal
   */
  waitWhilePaused(): Promise<boolean>;
  /** Gives the terminal back as it was. */
  close(): void;
}

/** From now on keys are read where there is a terminal: no question may be asked before `close`. */
export function readKeys(invocation: Invocation): Keys {
  const {stdin, stdout, signal, asking} = invocation;
  let [paused, ended] = [false, false];
  const isTerminal = isOnTerminal(invocation);
  const onData = (data: Buffer) => {
    for (const key of data.toString()) {
      if (key === ' ') paused = !paused;
      if (key === 'q') ended = true;
      if (key === '\u0003') process.kill(process.pid, 'SIGINT');
    }
  };
  if (isTerminal) {
    stdin.setRawMode(true);
    stdin.on('data', onData);
    // A question that was asked before has paused it.
    stdin.resume();
    stdout.write('Space pauses before the next step, q ends the demo.\n');
  }
  return {
    async waitWhilePaused() {
      if (paused && !ended) stdout.write('Paused: space goes on.\n');
      // While the demo waits for its user, nothing is said of a long wait.
      asking.isOpen = paused && !ended;
      while (paused && !ended && !signal.aborted) await new Promise((later) => setTimeout(later, 50));
      asking.isOpen = false;
      signal.throwIfAborted();
      return !ended;
    },
    close() {
      if (!isTerminal) return;
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
