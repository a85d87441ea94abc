// Other Nodes than the one that runs the tests.
import {join} from 'node:path';
import {checkoutCache} from './paths.ts';

/** Too old, the oldest line that runs the program, and the newest. */
export const nodeVersions = ['20.20.2', '22.23.5', '26.12.1'] as const;
type NodeVersion = (typeof nodeVersions)[number];

const system = process.platform === 'win32' ? 'win' : process.platform;
const binaryPackage = system === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
/** The name of the npm package with the binary, as the package `node` names it. */
export const nodePackage = `${binaryPackage}-${system}-${process.arch}`;

export function nodeFolder(version: NodeVersion): string {
  return join(checkoutCache, 'pg-helm-install', 'nodes', version);
}

export function otherNode(version: NodeVersion): string {
  return join(nodeFolder(version), 'node_modules', nodePackage, 'bin', system === 'win' ? 'node.exe' : 'node');
}
