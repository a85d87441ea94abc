// Asks for one line on the terminal. Every question of the command line goes through here.
import {createInterface} from 'node:readline';
import {Writable} from 'node:stream';
import type {Invocation} from './command.ts';

type Asking = Pick<Invocation, 'stdin' | 'signal' | 'asking'> & {readonly stdout: NodeJS.WritableStream};

/**
 * @param hidden true: what is typed is not shown, because it is a password
 * @returns null when the person leaves (Ctrl-C, end of input) or the run is stopped
 */
export async function typedLine(
  {stdin, stdout, signal, asking}: Asking,
  question: string,
  {hidden = false}: {readonly hidden?: boolean} = {},
): Promise<string | null> {
  if (signal.aborted) return null;
  // readline draws what is typed onto its output, and this output draws nothing.
  const unseen = new Writable({write: (_chunk, _encoding, done) => done()});
  const lines = createInterface({input: stdin, output: hidden ? unseen : stdout, terminal: true});
  asking.isOpen = true;
  try {
    return await new Promise<string | null>((resolve) => {
      const left = () => resolve(null);
      signal.addEventListener('abort', left, {once: true});
      lines.on('SIGINT', left);
      lines.on('close', left);
      if (hidden) stdout.write(question);
      lines.question(hidden ? '' : question, resolve);
    });
  } finally {
    asking.isOpen = false;
    lines.close();
    if (hidden) stdout.write('\n');
  }
}
