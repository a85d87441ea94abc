// The Node.js that runs the programs in pods. Pods of root run as another user, who may not look into root's home: a
// Node.js that lies there (a version manager's, or that of a checkout) is put beside the programs.
import {chmod, copyFile, link, rm, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';

/** @returns `node` itself where every user may run it, else its twin in `folder`, which they may enter */
export async function nodeForPods(node: string, folder: string): Promise<string> {
  const mayRun = await othersMayRun(node);
  if (mayRun && (await othersMayPass(dirname(node)))) return node;
  const twin = join(folder, 'node');
  await rm(twin, {force: true});
  // A link costs nothing, but it has the mode of the file, and it cannot lead to another file system.
  const copied = () => copyFile(node, twin).then(() => chmod(twin, 0o755));
  await (mayRun ? link(node, twin).catch(copied) : copied());
  return twin;
}

async function othersMayRun(path: string): Promise<boolean> {
  return ((await stat(path)).mode & 0o001) !== 0;
}

async function othersMayPass(folder: string): Promise<boolean> {
  const above = dirname(folder);
  return (await othersMayRun(folder)) && (above === folder || (await othersMayPass(above)));
}
