// The addresses of a sandbox: on Linux all of 127.0.0.0/8 is this machine, and each sandbox has 254 of it to itself.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:net';
import {join} from 'node:path';

export interface Block {
  /** `127.63.201`: the first three numbers. Null where this machine has only 127.0.0.1 (macOS, Windows). */
  readonly prefix: string | null;
  /** Lets another sandbox take the block. */
  release(): void;
}

/**
 * The last number of the first address for pods and Services. Those below it, from 2 on, are the nodes': as many as
 * maxNodes of controllers/autoscaler.ts.
 */
export const firstFree = 22;

/**
 * The sandbox listens on this port as long as it runs: another one that cannot listen there is in a block that is
 * taken.
 */
const markPort = 7127;
const none: Block = {prefix: null, release: () => undefined};

/** Takes the block that the folder names, where it is free, else another one. */
export async function takeBlock(folder: string, platform: NodeJS.Platform = process.platform): Promise<Block> {
  if (platform !== 'linux') return none;
  const file = join(folder, 'network.json');
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as {prefix: string}).prefix : null;
  for (const prefix of [...(before === null ? [] : [before]), ...Array.from({length: 50}, anyPrefix)]) {
    const mark = await markAt(`${prefix}.1`);
    if (!mark) continue;
    if (prefix !== before) writeFileSync(file, JSON.stringify({prefix}));
    return {prefix, release: () => void mark.close()};
  }
  return none;
}

/** 127.0 and 127.1 are left to people who write addresses by hand, 127.255 to broadcasts. */
function anyPrefix(): string {
  const number = (first: number, last: number) => first + Math.floor(Math.random() * (last - first + 1));
  return `127.${number(16, 250)}.${number(1, 250)}`;
}

function markAt(host: string): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(null)).listen(markPort, host, () => resolve(server.unref()));
  });
}
