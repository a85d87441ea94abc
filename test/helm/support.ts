// The helm programs of a checkout, programs that only pretend, and folders that go away.
import {chmodSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import type {HelmProgram} from '../../source/helm/find.ts';

const bin = join(import.meta.dirname, '../../node_modules/.cache/pg-helm-install/bin');

interface RealHelm {
  readonly program: HelmProgram;
  /** Names the files of recorded texts. */
  readonly line: '3.18' | '4.1';
}

/** Both major versions. They are there on Linux alone, where `npm install` fetches them. */
export const realHelms: readonly RealHelm[] = [
  {line: '3.18', program: {path: join(bin, 'helm'), version: '3.18.0', major: 3}},
  {line: '4.1', program: {path: join(bin, 'helm4'), version: '4.1.4', major: 4}},
];
export const noRealHelm = process.platform !== 'linux';
if (!noRealHelm) {
  const absent = realHelms.filter(({program}) => !existsSync(program.path));
  if (absent.length > 0)
    throw new Error(`Run npm install: ${absent.map(({program}) => program.path).join(', ')} not there.`);
}

export const tinyChart = join(import.meta.dirname, 'charts/tiny');

/** Removed when the test ends. */
export function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'pghi-test-')));
  onTestFinished(() => rmSync(path, {recursive: true, force: true}));
  return path;
}

/** A program of its own, written in sh. */
export function script(path: string, body: string): string {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}
