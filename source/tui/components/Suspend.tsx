// Ctrl-z: the screens step aside, the shell has its terminal back, and `fg` brings them back as they were.
import {useApp, useStdout} from 'ink';
import {useKeys} from '../keys/keyboard.tsx';
import {bracketPastes} from '../keys/terminal-modes.ts';

/** What is begun goes on where it is helm's or the cluster's work; ours waits with the screens. */
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

/** How long a process may take to be stopped by the signal that it sent itself; nothing runs while it is. */
const stoppedWithinMs = 100;

async function stopUntilForeground(stdout: NodeJS.WritableStream & {readonly isTTY?: boolean}): Promise<void> {
  stdout.write('\u001b[?2004l');
  // Also whoever runs us, as npx does: the shell waits for all of them.
  process.kill(0, 'SIGTSTP');
  await new Promise<void>((resolve) => {
    process.once('SIGCONT', () => resolve());
    setTimeout(resolve, stoppedWithinMs);
  });
  bracketPastes(stdout);
}
