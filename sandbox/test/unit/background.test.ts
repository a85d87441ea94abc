// A sandbox is found again by the command line of its process, whichever version started it.
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {isSandbox, runningSandbox} from '../../source/background.ts';
import {noFaults} from '../../source/faults.ts';
import {sandboxFiles} from '../../source/folder.ts';

/** A process with these words on its command line. */
function started(words: readonly string[]) {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()', ...words], {stdio: 'pipe'});
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return new Promise<{pid: number; end: () => Promise<unknown>}>((resolve, reject) => {
    child.once('error', reject).once('spawn', () =>
      resolve({
        pid: child.pid ?? 0,
        end: () => {
          child.kill('SIGKILL');
          return ended;
        },
      }),
    );
  });
}

test.each([
  ['that this version starts', ['dist/sandbox.js', 'sandbox', 'serve']],
  ['that a version up to 0.1.0 started', ['bin/pg-helm-install.js', 'sandbox', 'serve']],
])('a process %s is one, until it ends', async (_which, words) => {
  const {pid, end} = await started(words);
  expect(await isSandbox(pid)).toBe(true);
  await end();
  expect(await isSandbox(pid)).toBe(false);
});

test.skipIf(process.platform !== 'linux')('another process that has its pid is none', async () => {
  const {pid} = await started(['another', 'program']);
  expect(await isSandbox(pid)).toBe(false);
});

test('a folder that an older version runs is found as it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pghi-found-'));
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
  const files = sandboxFiles({PGHI_SANDBOX_FOLDER: folder});
  const {pid, end} = await started(['bin/pg-helm-install.js', 'sandbox', 'serve']);
  const record = {pid, port: 6443, startedAt: '2026-11-28T12:00:00.000Z', faults: noFaults};
  writeFileSync(files.record, JSON.stringify(record));
  expect(await runningSandbox(files)).toEqual(record);
  await end();
  expect(await runningSandbox(files)).toBeNull();
});
