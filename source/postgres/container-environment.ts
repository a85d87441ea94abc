// What the container of a database was started with, read in the container itself: from its variables, or from the
// files that they name.
import {environmentNames, type ContainerEnvironment} from '../chart/container-environment.ts';
import {textOf} from './failure.ts';
import type {Exec} from './psql.ts';

/**
 * Prints one line for each variable, in base64; an empty one where it is not set. No value appears in the arguments of
 * a command.
 */
const script = [
  'for name in "$@"; do',
  'eval "file=\\${${name}_FILE-}"',
  'if [ -n "$file" ] && [ -r "$file" ]; then base64 < "$file" | tr -d "\\n";',
  'else eval "printf %s \\"\\${$name-}\\"" | base64 | tr -d "\\n"; fi',
  'echo; done',
].join('\n');
const timeoutMs = 10_000;

/** Clear text passes through standard output only. @returns why it could not be read, without a password */
export async function readContainerEnvironment(
  exec: Exec,
  pod: string,
  container: string,
): Promise<ContainerEnvironment | {readonly failure: string}> {
  try {
    const {exitCode, stdout} = await exec(
      pod,
      container,
      ['sh', '-c', script, 'sh', ...environmentNames],
      '',
      timeoutMs,
    );
    if (exitCode !== 0) return {failure: `its environment could not be read: exit code ${exitCode ?? 'unknown'}`};
    const lines = stdout.split('\n');
    const values = environmentNames.map((name, index) => [name, decoded(lines[index] ?? '')] as const);
    return Object.fromEntries(values.filter(([, value]) => value !== ''));
  } catch (error) {
    return {failure: `its environment could not be read: ${textOf(error)}`};
  }
}

/** A line end at the end is not part of a password for the server either. */
function decoded(line: string): string {
  return Buffer.from(line, 'base64').toString('utf8').replace(/\n+$/, '');
}
