// Fetches a package once, by the user's npm: its registry, its proxy, its credentials.
import {createHash} from 'node:crypto';
import {chmod, mkdir, readFile, readdir, symlink, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {gunzip} from 'node:zlib';
import {execa} from 'execa';
import {cause, UserError} from '../../../../source/cause.ts';
import type {Environment} from '../../folder.ts';
import type {NpmPackage} from './package.ts';
import {Untar, type TarEntry} from './untar.ts';

const timeoutMs = 10 * 60 * 1000;

/**
 * @returns the folder of the package, below `into`.
 * @throws UserError with what npm said, or when it brought something else
 */
export async function fetchPackage(
  {what, name, version, megabytes, integrity}: NpmPackage,
  into: string,
  environment: Environment,
  onDoing: (text: string) => void,
): Promise<string> {
  const notFetched = (said: string) => failed(what, `${name}@${version}`, said);
  onDoing(`Fetching ${what} (${name}@${version}, about ${megabytes} MB) by npm, once.`);
  await mkdir(into, {recursive: true});
  const {exitCode, stderr} = await execa(
    'npm',
    ['pack', `${name}@${version}`, '--pack-destination', into, '--silent'],
    {env: environment, extendEnv: false, reject: false, cwd: into, timeout: timeoutMs},
  );
  const [file] = (await readdir(into)).filter((one) => one.endsWith('.tgz'));
  if (exitCode !== 0 || !file)
    throw notFetched(stderr || (exitCode === undefined ? 'npm could not be started' : `npm ended with ${exitCode}`));
  const packed = await readFile(join(into, file));
  const found = `sha512-${createHash('sha512').update(packed).digest('base64')}`;
  if (found !== integrity)
    throw notFetched(`what came is another package than the one this version was made with: its checksum is ${found}`);
  await unpack(await promisify(gunzip)(packed), into);
  return join(into, 'package');
}

async function unpack(tar: Buffer, into: string): Promise<void> {
  const entries: {entry: TarEntry; parts: Buffer[]}[] = [];
  const archive = new Untar({
    entry: (entry) => entries.push({entry, parts: []}),
    data: (bytes) => entries.at(-1)?.parts.push(bytes),
  });
  archive.write(tar);
  for (const {
    entry: {path, kind, mode, target},
    parts,
  } of entries) {
    const place = join(into, path);
    await mkdir(kind === 'folder' ? place : dirname(place), {recursive: true});
    if (kind === 'link') await symlink(target, place);
    if (kind !== 'file') continue;
    await writeFile(place, parts);
    await chmod(place, mode);
  }
}

function failed(what: string, which: string, said: string): UserError {
  return new UserError(
    cause('CLUSTER_UNREACHABLE', `The sandbox needs ${what}, and npm could not fetch ${which}.`, {
      evidence: said.split('\n').filter(Boolean).slice(-5),
      remedies: [{title: 'See whether npm reaches its registry, then try again', command: `npm view ${which} version`}],
    }),
  );
}
