// The modes of a terminal that we set, and how they end. Source: xterm ctlseqs, DECSET 2004 and 25.
type OutputFormat = Pick<NodeJS.WriteStream, 'write'> & {readonly isTTY?: boolean};

/**
 * Makes the terminal mark where a paste begins and ends; returns a function that undoes it. Does nothing without a
 * terminal.
 */
export function bracketPastes(stdout: OutputFormat): () => void {
  if (!stdout.isTTY) return () => {};
  stdout.write('\u001b[?2004h');
  return () => void stdout.write('\u001b[?2004l');
}

/** For an end without an unmount: puts the terminal into the state that a shell expects. */
export function restoreTerminal(stdin: Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode'>, stdout: OutputFormat): void {
  if (stdin.isTTY) stdin.setRawMode(false);
  if (stdout.isTTY) stdout.write('\u001b[?2004l\u001b[?25h');
}
