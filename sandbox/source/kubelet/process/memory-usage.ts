// How much memory a pod uses here: its processes, and what its volumes in memory hold. Only Linux tells; elsewhere the
// processes are not counted.
import {readdir, readFile, readlink, stat} from 'node:fs/promises';
import {join} from 'node:path';

/** Bytes. `folders`: where the pod's processes are; `inMemory`: its emptyDir volumes of medium Memory. */
export async function memoryUsage(folders: readonly string[], inMemory: readonly string[]): Promise<number> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const processes = await Promise.all(pids.map((pid) => ofProcess(pid, folders)));
  const volumes = await Promise.all(inMemory.map(sizeOf));
  // The processes run the same program: its pages count once.
  const program = Math.max(0, ...processes.map(({mapped}) => mapped));
  return [program, ...processes.map(({own}) => own), ...volumes].reduce((sum, bytes) => sum + bytes, 0);
}

/** Bytes: the process's own memory with its part of shared memory, and what of files it has mapped. */
async function ofProcess(pid: string, folders: readonly string[]): Promise<{own: number; mapped: number}> {
  const place = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  if (!folders.some((folder) => place === folder || place.startsWith(`${folder}/`))) return {own: 0, mapped: 0};
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
  return {own: bytes('Pss_Anon') + bytes('Pss_Shmem'), mapped: bytes('Rss') - bytes('Anonymous')};
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => (found.isDirectory() ? sizeOf(join(folder, name)) : found.size),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
