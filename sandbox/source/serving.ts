// The token and the port of a sandbox: made once, so that a kubeconfig that somebody has copied stays valid.
import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {randomBytes} from 'node:crypto';
import {join} from 'node:path';

interface Serving {
  readonly token: string;
  /** 0: none yet. */
  readonly port: number;
}

export function readServing(folder: string): Serving {
  const file = fileIn(folder);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Serving;
  return {token: randomBytes(24).toString('base64url'), port: 0};
}

export function keepServing(folder: string, serving: Serving): void {
  writeOwn(fileIn(folder), JSON.stringify(serving));
}

/** Writes the file as a whole or not at all, and for its owner alone. */
export function writeOwn(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, {mode: 0o600});
  renameSync(`${file}.new`, file);
}

const fileIn = (folder: string) => join(folder, 'serving.json');
