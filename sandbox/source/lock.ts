// Only one process runs the sandbox of a folder: the lock names it. A lock whose process is gone does not count.
import {readFile, rm, writeFile} from 'node:fs/promises';

/** @returns null when the lock is ours now, else the pid of its holder */
export async function takeLock(file: string, isHolder: (pid: number) => Promise<boolean>): Promise<number | null> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      await writeFile(file, String(process.pid), {flag: 'wx'});
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (holder > 0 && holder !== process.pid && (await isHolder(holder))) return holder;
    await rm(file, {force: true});
  }
  throw new Error(`the lock ${file} comes back as soon as it is taken away`);
}
