// Archives, as npm and PostgreSQL send them: in pieces, with long names, and sometimes cut short.
import {lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {extract, pack} from 'tar-stream';
import {unpack} from '../../../source/kubelet/binaries/unpack.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pghi-unpack-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const longName = `base/${'a'.repeat(120)}/${'b'.repeat(120)}`;
const large = Buffer.alloc(300_001, 'pages');

async function archive(): Promise<Buffer> {
  const packed = pack();
  packed.entry({name: 'base', type: 'directory', mode: 0o700});
  packed.entry({name: 'base/1', mode: 0o640}, large);
  packed.entry({name: 'empty', mode: 0o600}, '');
  packed.entry({name: longName, mode: 0o600}, 'deep');
  packed.entry({name: 'pg_tblspc', type: 'symlink', linkname: '/elsewhere', mode: 0o777});
  packed.entry({name: 'program', mode: 0o755}, '#!/bin/sh');
  packed.finalize();
  const parts: Buffer[] = [];
  for await (const part of packed) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function unpacked(bytes: Buffer, pieceBytes: number): Promise<void> {
  const reader = extract();
  const done = unpack(reader, folder, 0o700);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    if (!reader.write(bytes.subarray(at, at + pieceBytes)))
      await Promise.race([done, new Promise<void>((resolve) => reader.once('drain', () => resolve()))]);
  }
  reader.end(null);
  return done;
}

test.each([100, 511, 65_536])('in pieces of %d bytes: names, contents, modes and links', async (pieceBytes) => {
  await unpacked(await archive(), pieceBytes);
  const mode = (name: string) => lstatSync(join(folder, name)).mode & 0o777;
  expect(readFileSync(join(folder, 'base/1')).equals(large)).toBe(true);
  expect(readFileSync(join(folder, 'empty'), 'utf8')).toBe('');
  expect(readFileSync(join(folder, longName), 'utf8')).toBe('deep');
  expect(readlinkSync(join(folder, 'pg_tblspc'))).toBe('/elsewhere');
  expect([mode('base'), mode('base/1'), mode('empty'), mode('program')]).toEqual([0o700, 0o640, 0o600, 0o755]);
});

test('one after the other is one: a backup has an archive for each tablespace', async () => {
  const packed = pack();
  packed.entry({name: 'second'}, 'tablespace');
  packed.finalize();
  const parts: Buffer[] = [];
  for await (const part of packed) parts.push(part as Buffer);
  await unpacked(Buffer.concat([await archive(), ...parts]), 8192);
  expect(readFileSync(join(folder, 'second'), 'utf8')).toBe('tablespace');
});

test('cut short, it is no archive', async () => {
  const bytes = await archive();
  await expect(unpacked(bytes.subarray(0, 100_000), 8192)).rejects.toThrow('Unexpected end of data');
});

test('where a file cannot be written, it says so', async () => {
  const packed = pack();
  packed.entry({name: 'a'}, 'a file');
  packed.entry({name: 'a/b'}, 'within a file');
  packed.finalize();
  const parts: Buffer[] = [];
  for await (const part of packed) parts.push(part as Buffer);
  await expect(unpacked(Buffer.concat(parts), 8192)).rejects.toThrow(/ENOTDIR|EEXIST/);
});
