// The sandbox may be killed at any moment: its PostgreSQL processes end with it.
import {spawn} from 'node:child_process';
import {cpSync, readdirSync, readFileSync, readlinkSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {build} from 'esbuild';
import {afterAll, beforeAll, onTestFinished, test} from 'vitest';
import {programFiles} from '../../source/places.ts';
import {root} from '../../../test/support/paths.ts';
import {waitFor} from '../../../test/support/wait-for.ts';

/** Built in the checkout, where the packages are. */
const built = join(root, 'node_modules', '.cache', 'pg-helm-install', `kubelet-holder-${process.pid}`);
const script = join(built, 'kubelet-holder.mjs');
const folders: string[] = [];

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, 'kubelet-holder.ts')],
    outfile: script,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  cpSync(programFiles(), join(built, 'programs'), {recursive: true});
});
afterAll(() => {
  rmSync(built, {recursive: true, force: true});
  for (const folder of folders) rmSync(folder, {recursive: true, force: true});
});

test.skipIf(process.platform !== 'linux').each(['initializing', 'ready'])(
  'killed while its writer is %s, it leaves no process',
  async (moment) => {
    const holder = spawn(process.execPath, [script], {stdio: ['ignore', 'pipe', 'inherit']});
    onTestFinished(() => void holder.kill('SIGKILL'));
    const exited = new Promise((resolve) => holder.once('exit', resolve));
    let folder = '';
    for await (const line of createInterface({input: holder.stdout})) {
      if (line.startsWith('folder ')) folders.push((folder = line.slice('folder '.length)));
      if (line === moment) break;
    }
    // A server that runs has children.
    await waitFor(
      'processes of the writer',
      () => processesOf(folder),
      (running) => running.length > (moment === 'ready' ? 5 : 0),
      {everyMs: 2},
    );
    holder.kill('SIGKILL');
    await exited;
    await waitFor(
      'the processes of the pod to end',
      () => processesOf(folder),
      (left) => left.length === 0,
      {deadlineMs: 5000, everyMs: 10},
    );
  },
);

/** The processes that name the folder or are in it: PostgreSQL's own children say only what they do. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(folder) || readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) ? [`${pid} ${line}`] : [];
      } catch {
        return [];
      }
    });
}
