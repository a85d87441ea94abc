// This machine: a home that cannot be written, a disk that is full, a file system without links. What is asked of the
// cluster goes on; what must be written says where, why and what to do, and leaves nothing half-written.
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {describe, expect, it, onTestFinished} from 'vitest';
import {cliJson} from '../support/cli.ts';
import {fakeApi} from '../support/fakes/fake-api.ts';

interface Refusal {
  readonly outcome: string;
  readonly cause: {readonly code: string; readonly message: string; readonly remedies: readonly {title: string}[]};
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'pghi-machine-'));
  onTestFinished(() => rmSync(path, {recursive: true, force: true}));
  return path;
}

/** A cluster without releases, and where its kubeconfig is. */
async function emptyCluster(): Promise<string> {
  const api = await fakeApi();
  onTestFinished(() => api.stop());
  const file = join(folder(), 'kubeconfig');
  writeFileSync(file, JSON.stringify(api.kubeconfig()));
  return file;
}

/** All that we keep below such a home. */
const below = (home: string) => ({
  HOME: home,
  XDG_CACHE_HOME: join(home, 'cache'),
  XDG_STATE_HOME: join(home, 'state'),
  XDG_CONFIG_HOME: join(home, 'config'),
});

async function expectSandboxRefused(env: Readonly<Record<string, string>>, why: string): Promise<void> {
  const {code, json, stderr} = await cliJson<Refusal>(['sandbox', 'up'], {env});
  expect({code, outcome: json.outcome, cause: json.cause.code}).toEqual({
    code: 4,
    outcome: 'refused',
    cause: 'CLUSTER_UNREACHABLE',
  });
  const kept = join(env['XDG_STATE_HOME'] ?? '', 'pg-helm-install', 'sandbox');
  expect(json.cause.message).toBe(`The sandbox keeps its files in ${kept}, which cannot be written (${why}).`);
  expect(json.cause.remedies[0]?.title).toContain('PGHI_SANDBOX_FOLDER=');
  expect(stderr).not.toMatch(/^\s+at /m);
}

/** A small file system of its own; null where this user may mount none. */
function mounted(options: string): string | null {
  const at = folder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', at], {stdio: 'ignore'});
  } catch {
    return null;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', at], {stdio: 'ignore'}));
  return at;
}
const mayNotMount = 'this user may mount no file system';

it('a home that cannot be written matters to nobody who asks, and the sandbox names it', async ({skip}) => {
  const home = mounted('size=64k,ro');
  if (home === null) return skip(mayNotMount);
  const {code, json} = await cliJson(['list'], {env: {...below(home), KUBECONFIG: await emptyCluster()}});
  expect({code, json}).toMatchObject({code: 0, json: {releases: []}});
  await expectSandboxRefused(below(home), 'EROFS');
});

it.runIf(process.platform === 'linux')('a home in which nothing can be made, not even by root, is named too', () =>
  expectSandboxRefused(below('/proc/self/home'), 'ENOENT'),
);

/** A disk with no room left. */
function fullDisk(): string | null {
  const at = mounted('size=64k');
  try {
    if (at !== null) writeFileSync(join(at, 'filler'), Buffer.alloc(1_000_000));
  } catch {
    // The disk is now as full as it gets.
  }
  return at;
}

describe('a disk that is full', () => {
  it('matters to nobody who asks, and is named by the sandbox', async ({skip}) => {
    const disk = fullDisk();
    if (disk === null) return skip(mayNotMount);
    const env = below(disk);
    const {code} = await cliJson(['list'], {env: {...env, KUBECONFIG: await emptyCluster()}});
    expect(code).toBe(0);
    await expectSandboxRefused(env, 'ENOSPC');
  });

  it('ends a last dump in words, and no half of it is left', async ({skip}) => {
    const disk = mounted('size=64k');
    if (disk === null) return skip(mayNotMount);
    const {writeDump} = await import('../../source/postgres/dump-file.ts');
    const error: unknown = await writeDump({
      path: join(disk, 'orders.sql'),
      replace: false,
      header: {release: 'orders', namespace: 'team-a', madeAt: '2026-01-02T03:04:05.000Z'},
      adminPassword: 'a password',
      ownRoles: [],
      run: async (_command, _stdin, onOutput) => {
        for (let line = 0; line < 100; line++) await onOutput(Buffer.from(`${'x'.repeat(2000)}\n`));
        return {exitCode: 0, stderr: ''};
      },
      onBytes: () => undefined,
      signal: new AbortController().signal,
    }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      reason: {code: 'DUMP_FAILED', message: expect.stringMatching(/the disk is full.*Nothing was removed/) as string},
    });
    expect(readdirSync(disk)).toEqual([]);
  });

  it('keeps the file that is there, whole', async ({skip}) => {
    const disk = fullDisk();
    if (disk === null) return skip(mayNotMount);
    const file = join(disk, 'filler');
    const before = readFileSync(file).length;
    const {saveFile} = await import('../../source/client/save-file.ts');
    await expect(saveFile('--save-answers', file, 'x'.repeat(100_000))).rejects.toThrow(
      `--save-answers: ${file} cannot be written (ENOSPC).`,
    );
    expect(readFileSync(file).length).toBe(before);
    expect(readdirSync(disk)).toEqual(['filler']);
  });
});

it('a home whose file system has no links and keeps no modes (a mounted share) does for what is asked', async () => {
  const home = folder();
  const without = join(home, 'without.mjs');
  // Answers as such a system does. Locks are left out, because nothing of ours uses those of the file system.
  writeFileSync(
    without,
    `import fs from 'node:fs'; import promises from 'node:fs/promises';
import {syncBuiltinESMExports} from 'node:module';
const no = (name) => Object.assign(new Error(name + ' is not supported'), {code: 'ENOTSUP'});
for (const name of ['link', 'symlink', 'chmod', 'chown', 'utimes'])
  { promises[name] = async () => { throw no(name); }; fs[name + 'Sync'] = () => { throw no(name); }; }
syncBuiltinESMExports();\n`,
  );
  const env = {...below(home), NODE_OPTIONS: `--import=${pathToFileURL(without).href}`};
  mkdirSync(join(home, 'state'));
  const kubeconfig = await emptyCluster();
  expect((await cliJson(['list'], {env: {...env, KUBECONFIG: kubeconfig}})).code).toBe(0);
  await expectSandboxRefused(env, 'ENOTSUP');
  expect(existsSync(join(home, 'state', 'pg-helm-install', 'sandbox', 'kubeconfig'))).toBe(false);
});
