// Writes a file that an operator asked for: the whole file or nothing of it.
import {realpath, rename, rm, stat, writeFile} from 'node:fs/promises';
import {badInput} from '../core/cause.ts';

/** A full disk or a kill leaves an existing file as it was. @throws UserError BAD_INPUT, naming the flag */
export async function saveFile(flag: string, path: string, text: string, mode = 0o666): Promise<void> {
  try {
    const existing = await stat(path).catch(() => null);
    // A rename would replace a pipe, a terminal or /dev/null by a file.
    if (existing && !existing.isFile() && !existing.isDirectory()) return await writeFile(path, text);
    await replace(existing ? await realpath(path) : path, text, mode);
  } catch (error) {
    throw badInput(`${flag}: ${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'error'}).`);
  }
}

async function replace(path: string, text: string, mode: number): Promise<void> {
  // Two runs may save to one place at once: each writes a file of its own, and the later one stays.
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, text, {mode});
    await rename(partial, path);
  } catch (error) {
    await rm(partial, {force: true}).catch(() => undefined);
    throw error;
  }
}
