// For operators who have the lines read aloud: during a long wait, says that the command goes on.
import {clock} from '../core/time.ts';
import type {Invocation, Run} from './command.ts';
import {addsLines} from './options.ts';

const heartbeatMs = 30_000;

/**
 * Runs a command, and says something when it was silent for a while. The time in which a person is asked something, or
 * uses another program on the same terminal, is neither reported nor counted.
 * @param isWaitedFor false for a command that only goes on until it is stopped
 */
export async function withHeartbeat(run: Run, invocation: Invocation, isWaitedFor: boolean): Promise<number> {
  const {stdout, stderr, output, asking, interrupts} = invocation;
  const isWanted = addsLines(invocation) && stdout.isTTY === true;
  if (!isWanted || !isWaitedFor || output !== 'text') return run(invocation);
  // A stream that is a file does not say it.
  const written = () => stdout.bytesWritten + (Number(stderr.bytesWritten) || 0);
  let [lookedAt, heardAt, heard, workedMs] = [clock.now(), clock.now(), written(), 0];
  const timer = setInterval(() => {
    const now = clock.now();
    const isPersonsTurn = asking.isOpen || interrupts.ignored;
    if (!isPersonsTurn) workedMs += now - lookedAt;
    if (isPersonsTurn) heardAt = now;
    else if (written() !== heard) heardAt = lookedAt;
    if (now - heardAt >= heartbeatMs) {
      heardAt = now;
      stdout.write(`Still at work, ${Math.round(workedMs / 1000)} s so far.\n`);
    }
    [lookedAt, heard] = [now, written()];
  }, 1000);
  try {
    return await run(invocation);
  } finally {
    clearInterval(timer);
  }
}
