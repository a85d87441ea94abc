// The store in a file: each change is appended before anybody hears of it, so that a kill loses nothing; read back at
// start.
import {closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {allKinds, type Kind} from './kinds.ts';
import type {KubeObject} from './objects.ts';
import {describe, type Change, type Store} from './store.ts';

/** One line: an object as it now is, an object that went, or where the counter stood. */
type Line =
  | {readonly put: KubeObject; readonly of: string}
  | {readonly gone: {namespace: string | null; name: string}; readonly of: string; readonly revision: number}
  | {readonly revision: number};

/** Bytes. A journal that is this much longer than what it keeps is written again. */
const spareBytes = 16 * 1024 * 1024;

interface Journal {
  /** Writes nothing more; the file stays. */
  close(): void;
}

/**
 * Fills the store from `journal.ndjson` in the folder, and from then on keeps its changes there. The store must be
 * empty, and nobody may change it before.
 */
export function openJournal(folder: string, store: Store): Journal {
  const file = join(folder, 'journal.ndjson');
  replay(file, store);
  let written = compact(file, store);
  let descriptor = openSync(file, 'a', 0o600);
  let limit = written + spareBytes;
  const end = store.onChange((change) => {
    written += append(descriptor, lineOf(change));
    if (written < limit) return;
    closeSync(descriptor);
    written = compact(file, store);
    descriptor = openSync(file, 'a', 0o600);
    limit = written + spareBytes;
  });
  return {
    close() {
      end();
      closeSync(descriptor);
    },
  };
}

function replay(file: string, store: Store): void {
  if (!existsSync(file)) return;
  const kept = new Map<string, {kind: Kind; object: KubeObject}>();
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    const line = parsed(text);
    if (!line) continue;
    if ('revision' in line) store.restoreRevision(line.revision);
    if (!('of' in line)) continue;
    const kind = allKinds.find((candidate) => describe(candidate) === line.of);
    if (!kind) continue;
    if ('put' in line)
      kept.set(`${line.of} ${line.put.metadata.namespace ?? ''}/${line.put.metadata.name}`, {kind, object: line.put});
    else {
      kept.delete(`${line.of} ${line.gone.namespace ?? ''}/${line.gone.name}`);
    }
    if ('put' in line) store.restoreRevision(Number(line.put.metadata.resourceVersion));
  }
  for (const {kind, object} of kept.values()) store.restore(kind, object);
}

/** Null for the torn last line of a process that was killed while it wrote. */
function parsed(text: string): Line | null {
  if (text === '') return null;
  try {
    return JSON.parse(text) as Line;
  } catch {
    return null;
  }
}

/** @returns the bytes of the new file */
function compact(file: string, store: Store): number {
  const fresh = `${file}.new`;
  rmSync(fresh, {force: true});
  const descriptor = openSync(fresh, 'w', 0o600);
  let bytes = append(descriptor, {revision: store.revision});
  for (const {kind, object} of store.everything()) bytes += append(descriptor, {put: object, of: describe(kind)});
  closeSync(descriptor);
  renameSync(fresh, file);
  return bytes;
}

function lineOf({type, kind, object, revision}: Change): Line {
  const {namespace = null, name} = object.metadata;
  return type === 'DELETED'
    ? {gone: {namespace, name}, of: describe(kind), revision}
    : {put: object, of: describe(kind)};
}

function append(descriptor: number, line: Line): number {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
  return bytes.length;
}
