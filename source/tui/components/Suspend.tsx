// Ctrl-z: the screens are suspended, the shell has its terminal back, and `fg` brings them back as they were.
import {useApp, useStdout} from 'ink';
import {useKeys} from '../keys/keyboard.tsx';
import {bracketPastes} from '../keys/terminal-modes.ts';

/** Work that helm or the cluster has begun goes on; our own waits with the screens. */
export function Suspend() {
  const {suspendTerminal} = useApp();
  const {stdout} = useStdout();
  useKeys(({name}) => {
    if (name !== 'ctrl-z' || process.platform === 'win32') return false;
    void suspendTerminal(() => stopUntilForeground(stdout));
    return true;
  });
  return null;
}

/** How long it may take until the signal that the process sent itself stops it; while it is stopped nothing runs. */
const stoppedWithinMs = 100;

async function stopUntilForeground(stdout: NodeJS.WritableStream & {readonly isTTY?: boolean}): Promise<void> {
  stdout.write('\u001b[?2004l');
  // Also stops the program that runs us, such as npx, because the shell waits for the whole process group.
  process.kill(0, 'SIGTSTP');
  await new Promise<void>((resolve) => {
    process.once('SIGCONT', () => resolve());
    setTimeout(resolve, stoppedWithinMs);
  });
  bracketPastes(stdout);
}
