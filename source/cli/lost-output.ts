// When nobody reads what we print any more, or it cannot be written, an operation that has begun goes on all the same.

interface LostOutput {
  /** Whether something that was printed did not arrive although somebody wanted it. */
  readonly missing: () => boolean;
}

/** `goesOn`: whether there is more to do than to print. */
export function onLostOutput(
  {stdout, stderr}: Pick<NodeJS.Process, 'stdout' | 'stderr'>,
  goesOn: () => boolean,
): LostOutput {
  let missing = false;
  const onError = ({code = 'error'}: NodeJS.ErrnoException) => {
    // A reader that has enough, such as `head`, is no failure of ours.
    if (code !== 'EPIPE' && code !== 'EOF' && !missing) {
      missing = true;
      stderr.write(
        `Standard output cannot be written (${code}). ` +
          `${goesOn() ? 'What was begun goes on.' : 'Send it where there is room, and run the same command again.'}\n`,
      );
    }
    if (!goesOn()) process.exit(missing ? 1 : (process.exitCode ?? 0));
  };
  stdout.on('error', onError);
  stderr.on('error', () => undefined);
  const write = stdout.write.bind(stdout) as (...args: unknown[]) => boolean;
  // When standard output is a file, `write` throws instead of emitting an error.
  stdout.write = (...args: unknown[]) => {
    try {
      return write(...args);
    } catch (error) {
      onError(error as NodeJS.ErrnoException);
      return false;
    }
  };
  return {missing: () => missing};
}
