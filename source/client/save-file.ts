// Writes what an operator asked to keep: the whole file or nothing of it.
import {realpath, rename, rm, stat, writeFile} from 'node:fs/promises';
import {badInput} from '../core/cause.ts';

/** A full disk or a kill leaves an old file as it was. @throws UserError BAD_INPUT, naming the flag */
export async function saveFile(flag: string, path: string, text: string, mode = 0o666): Promise<void> {
  try {
    const existing = await stat(path).catch(() => null);
    // A rename would put a file in the place of a pipe, a terminal or /dev/null.
    if (existing && !existing.isFile() && !existing.isDirectory()) return await writeFile(path, text);
    await replace(existing ? await realpath(path) : path, text, mode);
  } catch (error) {
    throw badInput(`${flag}: ${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'error'}).`);
  }
}

async function replace(path: string, text: string, mode: number): Promise<void> {
  // Two runs at once that save to one place: each writes its own, and the later one stays.
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, text, {mode});
    await rename(partial, path);
  } catch (error) {
    await rm(partial, {force: true}).catch(() => undefined);
    throw error;
  }
}
