// The key and the certificate of the API: made once for a folder, kept in it.
import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Tls} from './tls.ts';

/** The pair that the folder keeps; it is made on first use. */
export async function tlsOf(folder: string): Promise<Tls> {
  const file = join(folder, 'tls.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Tls;
  // Needed only once in the life of a folder, and half as large as the rest of the program.
  const {createTls} = await import('./new-certificate.ts');
  const tls = await createTls();
  writeFileSync(`${file}.new`, JSON.stringify(tls), {mode: 0o600});
  renameSync(`${file}.new`, file);
  return tls;
}
