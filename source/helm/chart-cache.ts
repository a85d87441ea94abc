// Where pulled charts are kept, so that a second run needs no network.
import {createHash} from 'node:crypto';
import {mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {homedir, tmpdir} from 'node:os';
import {isAbsolute, join} from 'node:path';
import type {Environment} from './environment.ts';
import {clock} from '../core/time.ts';

const abandonedAfterMs = 24 * 60 * 60 * 1000;

/**
 * `$XDG_CACHE_HOME/pg-helm-install`, else below `~/.cache`. A relative XDG_CACHE_HOME is ignored, as the XDG Base
 * Directory Specification demands.
 */
export function cacheFolder(environment: Environment): string {
  const named = environment['XDG_CACHE_HOME'];
  return join(named && isAbsolute(named) ? named : join(homedir(), '.cache'), 'pg-helm-install');
}

export function chartCacheFolder(environment: Environment): string {
  return join(cacheFolder(environment), 'charts');
}

/** The cached file of one version from one source. The hash in its name keeps different sources of a chart apart. */
export function cachedChart(folder: string, source: string, version: string): string {
  const hash = createHash('sha256').update(`${source}\n${version}`).digest('hex').slice(0, 16);
  return join(folder, `postgresql-${version.replace(/[^\w.+-]/g, '_')}-${hash}.tgz`);
}

/**
 * The file beside the cached chart that holds the hexadecimal SHA-256 of what was first pulled under that version. It
 * stays when the chart is removed.
 */
export function digestFile(file: string): string {
  return `${file}.sha256`;
}

/** Null: that version was not pulled before. */
export async function recordedDigest(file: string): Promise<string | null> {
  const text = await readFile(digestFile(file), 'utf8').catch(() => '');
  return /^[0-9a-f]{64}/.exec(text)?.[0] ?? null;
}

/** Records the digest of the chart at `path`. Where the cache cannot be written, nothing is recorded. */
export async function recordDigest(file: string, path: string): Promise<void> {
  const digest = await digestOf(path);
  if (digest !== null) await writeFile(digestFile(file), `${digest}\n`, {mode: 0o600}).catch(() => undefined);
}

/** Whether the file exists and still has the digest that it had when it was pulled. */
export async function isAsRecorded(file: string, known: string | null): Promise<boolean> {
  const digest = await digestOf(file);
  return digest !== null && (known === null || digest === known);
}

/** The digest of the chart in that folder; empty when there is none. */
export async function digestIn(folder: string): Promise<string> {
  const [chart] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  return (chart === undefined ? null : await digestOf(join(folder, chart))) ?? '';
}

/** Null: there is no such file. */
async function digestOf(path: string): Promise<string | null> {
  const bytes = await readFile(path).catch(() => null);
  return bytes && createHash('sha256').update(bytes).digest('hex');
}

/**
 * `fill` writes one file into the folder it is given; that becomes `file` by a rename, so that a kill leaves the cache
 * as it
 * was. Returns where the chart is: elsewhere when the cache cannot be written (a read-only home).
 */
export async function keepChart(file: string, folder: string, fill: (into: string) => Promise<void>): Promise<string> {
  const writable = await mkdir(folder, {recursive: true, mode: 0o700}).then(
    () => true,
    () => false,
  );
  const into = await mkdtemp(join(folder, '.pull-')).catch(() => mkdtemp(join(tmpdir(), 'pg-helm-install-')));
  const keeps = writable && into.startsWith(folder);
  try {
    await fill(into);
    const [chart] = (await readdir(into)).filter((name) => name.endsWith('.tgz'));
    if (chart === undefined) throw new Error(`helm pull wrote no chart into ${into}`);
    if (!keeps) return join(into, chart);
    await rename(join(into, chart), file);
    return file;
  } catch (error) {
    await rm(into, {recursive: true, force: true});
    throw error;
  } finally {
    if (keeps) {
      await rm(into, {recursive: true, force: true});
      await sweep(folder);
    }
  }
}

/** Removes what killed runs left behind. No pull that is still at work is a day old. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith('.pull-')) continue;
    const path = join(folder, name);
    const made = await stat(path).then(
      ({mtimeMs}) => mtimeMs,
      () => clock.wall(),
    );
    if (clock.wall() - made > abandonedAfterMs) await rm(path, {recursive: true, force: true});
  }
}
