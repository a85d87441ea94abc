// A dump on its way into a file of this machine: FILE.partial until it is whole and on the disk, readable by its owner
// only.
import {constants} from 'node:fs';
import {access, link, open, rename, stat, unlink, type FileHandle} from 'node:fs/promises';
import {dirname} from 'node:path';
import {cause, UserError, type Cause, type Remedy} from '../core/cause.ts';
import {propose} from '../commands/command-line.ts';
import type {DumpAt, DumpHeader} from '../operations/ports/database.ts';
import {dumpCommand, dumpInput, headerIn, headerText, isWhole, tailBytes, withoutPasswordsOf} from './dump.ts';
import {codeOf, oneLine, textOf} from './failure.ts';

export interface DumpRequest {
  readonly path: string;
  /** Whether an existing file is replaced once the new one is complete. */
  readonly replace: boolean;
  readonly header: DumpHeader;
  readonly adminPassword: string;
  /** The roles whose passwords belong to the release and not into the dump. */
  readonly ownRoles: readonly string[];
  /** Runs a command in the writer's container; rejects when it cannot be run to its end. */
  readonly run: (
    command: readonly string[],
    stdin: string,
    onOutput: (chunk: Buffer) => Promise<void>,
  ) => Promise<{readonly exitCode: number | null; readonly stderr: string}>;
  /** How many bytes are in the file so far. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

export async function dumpAt(path: string): Promise<DumpAt> {
  let file: FileHandle;
  try {
    const found = await stat(path);
    if (!found.isFile()) return {kind: 'other'};
    file = await open(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'EACCES') return {kind: 'other'};
    if (codeOf(error) !== 'ENOENT') return {kind: 'unwritable', why: whyOf(error)};
    return access(dirname(path), constants.W_OK).then(
      () => ({kind: 'none'}),
      (reason: unknown) => ({
        kind: 'unwritable',
        why: codeOf(reason) === 'ENOENT' ? `the folder ${dirname(path)} does not exist` : whyOf(reason),
      }),
    );
  }
  try {
    const {size} = await file.stat();
    const part = async (length: number, position: number) =>
      (await file.read(Buffer.alloc(length), 0, length, position)).buffer.toString('latin1');
    const header = headerIn(await part(Math.min(size, 4096), 0));
    if (!header) return {kind: 'other'};
    const tail = Math.min(size, tailBytes);
    return {kind: 'dump', ...header, whole: isWhole(await part(tail, size - tail)), bytes: size};
  } finally {
    await file.close();
  }
}

/**
 * @returns the size of the file in bytes, when all of it is on the disk.
 * @throws UserError DUMP_FAILED, or CANCELLED when the signal aborted; there is no file then.
 */
export async function writeDump(request: DumpRequest): Promise<{bytes: number}> {
  const {path, header, replace, ownRoles, adminPassword, run, onBytes, signal} = request;
  const failed = (why: string, evidence: readonly string[] = [], first: readonly Remedy[] = []) =>
    new UserError(dumpFailed(header, why, evidence, first));
  const partial = `${path}.partial`;
  const file = await openNew(partial).catch((error: unknown) => {
    throw failed(`${partial} cannot be written (${whyOf(error)})`);
  });
  let bytes = 0;
  let tail = Buffer.alloc(0);
  const write = async (chunk: Buffer) => {
    await file.appendFile(chunk).catch((error: unknown) => {
      throw failed(`${partial} cannot be written (${whyOf(error)})`);
    });
    bytes += chunk.length;
    tail = Buffer.concat([tail, chunk]).subarray(-tailBytes);
    onBytes(bytes);
  };
  try {
    const filter = withoutPasswordsOf(ownRoles);
    await write(Buffer.from(headerText(header, ownRoles)));
    const {exitCode, stderr} = await run(dumpCommand, dumpInput(adminPassword), (chunk) =>
      write(filter.through(chunk)),
    );
    await write(filter.rest());
    const said = stderr
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => oneLine(line, [adminPassword]))
      .slice(-20);
    if (exitCode === 127) throw failed('its writer has no pg_dumpall', said, [fromHere(header)]);
    if (exitCode !== 0)
      throw failed(exitCode === null ? 'pg_dumpall came to no end' : `pg_dumpall ended with ${exitCode}`, said);
    if (!isWhole(tail.toString('latin1'))) throw failed('pg_dumpall ended well, but its output has no end', said);
    await file.sync();
    const {size} = await file.stat();
    if (size !== bytes) throw failed(`${partial} has ${size} bytes, and ${bytes} were written`);
    await file.close();
    await moveInto(partial, path, replace).catch((error: unknown) => {
      throw failed(
        codeOf(error) === 'EEXIST'
          ? `${path} came into being meanwhile`
          : `${path} cannot be written (${whyOf(error)})`,
      );
    });
    return {bytes};
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(partial).catch(() => undefined);
    if (signal.aborted)
      throw new UserError(cause('CANCELLED', `The dump of ${header.release} was stopped. Nothing was removed.`));
    throw error instanceof UserError
      ? error
      : failed('the connection to the writer broke off', [textOf(error, [adminPassword])]);
  }
}

export function dumpFailed(
  {release, namespace}: Pick<DumpHeader, 'release' | 'namespace'>,
  why: string,
  evidence: readonly string[] = [],
  first: readonly Remedy[] = [],
): Cause {
  return cause('DUMP_FAILED', `The last dump of ${release} could not be made: ${why}. Nothing was removed.`, {
    object: {kind: 'Release', namespace, name: release},
    evidence,
    remedies: [
      ...first,
      {title: 'Put that right and run the same command again'},
      {title: 'Or leave the dump out: run it without --dump-to'},
    ],
  });
}

/**
 * The remedy where the image (or the sandbox) has no pg_dumpall. That program refuses a server that is newer than
 * itself.
 */
function fromHere({release, namespace}: DumpHeader): Remedy {
  return propose(
    'Make the dump on this machine: hold the writer at a port with this, and run pg_dumpall -h 127.0.0.1 -p ' +
      '15432 -U postgres > FILE, not older than the server, beside it',
    {kind: 'connect', release, namespace, context: null, role: null, forward: 15432},
  );
}

/** A partial file that a killed run left is worth nothing, and is removed. */
async function openNew(partial: string): Promise<FileHandle> {
  const make = () => open(partial, 'wx', 0o600);
  return make().catch(async (error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
    await unlink(partial);
    return make();
  });
}

/** Never overwrites a file that was created meanwhile: link refuses to, where rename would not. */
async function moveInto(partial: string, path: string, replace: boolean): Promise<void> {
  if (replace) {
    await rename(partial, path);
  } else {
    try {
      await link(partial, path);
      await unlink(partial);
    } catch (error) {
      // File systems without links.
      if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(codeOf(error)) || (await dumpAt(path)).kind !== 'none')
        throw error;
      await rename(partial, path);
    }
  }
  // The name has to survive a power failure too; not every system can sync a folder.
  const folder = await open(dirname(path), 'r').catch(() => null);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

function whyOf(error: unknown): string {
  const words: Record<string, string> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota is used up',
    EROFS: 'the file system is read-only',
    EACCES: 'not allowed',
    ENOTDIR: 'its folder is a file',
  };
  return words[codeOf(error)] ?? (codeOf(error) || String(error));
}
