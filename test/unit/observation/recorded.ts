// The recorded snapshots, by name.
import {readdirSync, readFileSync} from 'node:fs';
import type {Snapshot} from '../../../source/observation/snapshot.ts';

const folder = new URL('../../snapshots/', import.meta.url);

export function recorded(name: string): Snapshot {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Snapshot;
}

export const recordedNames: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));
