// Fetches the Nodes that the tests of test/nodes run the program on: not development dependencies, because each is 190
// MB that only these tests need, and would be another `node` in node_modules/.bin.
import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir} from 'node:fs/promises';
import {promisify} from 'node:util';
import build from './program-setup.ts';
import {nodeFolder, nodePackage, nodeVersions, otherNode} from '../nodes.ts';

export default async function setup(): Promise<void> {
  build();
  await Promise.all(
    nodeVersions.map(async (version) => {
      if (existsSync(otherNode(version))) return;
      const folder = nodeFolder(version);
      await mkdir(folder, {recursive: true});
      const words = ['install', `${nodePackage}@${version}`, '--prefix', folder, '--no-save', '--no-package-lock'];
      await promisify(execFile)('npm', [...words, '--no-audit', '--no-fund'], {cwd: folder});
    }),
  );
}
