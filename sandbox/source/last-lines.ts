// The end of a log, as evidence.
import {readFile} from 'node:fs/promises';

/** Empty when there is no such file. */
export async function lastLines(file: string, count: number): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).slice(-count);
}
