// Standard input that is complete before the program starts. With a pipe, a run that is killed between starting helm
// and writing would leave helm an empty input, and an upgrade without values uses the chart's defaults: helm would make
// other StatefulSets and remove those of the database.
import {randomBytes} from 'node:crypto';
import {closeSync, openSync, rmSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {badInput} from '../core/cause.ts';

interface WholeInput {
  /** Positioned at the beginning of the input. */
  readonly descriptor: number;
  close(): void;
}

/**
 * A file that only this user may read, and that has no name by the time it is returned, where the system allows that.
 * @throws UserError BAD_INPUT
 */
export function wholeInput(text: string): WholeInput {
  const path = join(tmpdir(), `pg-helm-install-${randomBytes(12).toString('hex')}`);
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, 'wx+', 0o600);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at, bytes.length - at, at);
  } catch (error) {
    if (descriptor !== null) closeSync(descriptor);
    rmSync(path, {force: true});
    throw badInput(
      `The folder for temporary files, ${tmpdir()}, cannot be written ` +
        `(${(error as NodeJS.ErrnoException).code ?? 'error'}). Make room there, or name another folder with ` +
        'TMPDIR.',
    );
  }
  const opened = descriptor;
  // Windows keeps the name while the file is open.
  const isUnlinked = process.platform !== 'win32';
  if (isUnlinked) rmSync(path, {force: true});
  return {
    descriptor: opened,
    close() {
      closeSync(opened);
      if (!isUnlinked) rmSync(path, {force: true});
    },
  };
}
