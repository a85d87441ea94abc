// What helm reads is there before helm is, so that a kill in between leaves no upgrade without values.
import {spawn} from 'node:child_process';
import {closeSync, mkdtempSync, readdirSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test, vi} from 'vitest';
import {wholeInput} from '../../source/helm/whole-input.ts';
import {folder, script} from './support.ts';
import {waitFor} from '../support/wait-for.ts';

test('a child that starts as we are killed reads all of it', async () => {
  const [dir, source] = [folder(), join(import.meta.dirname, '..', '..', 'source', 'helm', 'run.ts')];
  const helm = script(join(dir, 'helm'), `sleep 0.2; cat > '${dir}/read'; mv '${dir}/read' '${dir}/stdin'`);
  // The program kills itself in the tick in which it started helm: nothing can be written any more.
  const own = `
    import {registerHooks, syncBuiltinESMExports} from 'node:module';
    import childProcess from 'node:child_process';
    const {spawn} = childProcess;
    childProcess.spawn = (...given) => {
      const child = spawn(...given);
      process.kill(process.pid, 'SIGKILL');
      return child;
    };
    syncBuiltinESMExports();
    const {run} = await import(${JSON.stringify(join(dir, 'run.mjs'))});
    await run({path: ${JSON.stringify(helm)}, args: [], input: 'the values', environment: process.env});`;
  const {build} = await import('esbuild');
  await build({
    entryPoints: [source],
    outfile: join(dir, 'run.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    banner: {
      js:
        "import {createRequire as __createRequire} from 'node:module';const " +
        'require=__createRequire(import.meta.url);',
    },
  });
  const child = spawn(process.execPath, ['--input-type=module', '-e', own.replace('registerHooks, ', '')], {
    stdio: 'ignore',
  });
  expect(await new Promise((resolve) => child.on('exit', (_code, signal) => resolve(signal)))).toBe('SIGKILL');
  const read = await waitFor(
    'what helm read',
    async () => readdirSync(dir).includes('stdin') && readFileSync(join(dir, 'stdin'), 'utf8'),
    (text) => text !== false,
  );
  expect(read).toBe('the values');
});

test('nothing of it is left in the folder for temporary files', () => {
  const dir = mkdtempSync(join(tmpdir(), 'pghi-whole-'));
  vi.stubEnv('TMPDIR', dir);
  try {
    const {descriptor, close} = wholeInput('values');
    expect([readdirSync(dir), readFileSync(descriptor, 'utf8')]).toEqual([[], 'values']);
    close();
    expect(() => closeSync(descriptor)).toThrow('EBADF');
  } finally {
    vi.unstubAllEnvs();
  }
});

test('a folder that cannot be written is named', () => {
  vi.stubEnv('TMPDIR', join(tmpdir(), 'pghi-not-there'));
  try {
    expect(() => wholeInput('values')).toThrow('TMPDIR');
  } finally {
    vi.unstubAllEnvs();
  }
});
