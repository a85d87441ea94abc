// What the readers have that differs from the writer, in sentences: what they keep, and what a change makes the same.
import {objectNames} from '../chart/names.ts';
import type {Target} from '../observation/snapshot.ts';
import {render} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import {labelsText} from '../parameters/descriptors/node-selector.ts';
import {readerParts, type ReaderPart} from '../parameters/descriptors/readers.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {clearedReaderParts, ofReaders} from '../parameters/readers.ts';
import type {ChangeConsequence, ChangeFacts} from './change-facts.ts';

const called: Readonly<Record<ReaderPart, string>> = {
  cpu: 'CPU',
  memory: 'memory',
  cpuLimit: 'limit of CPU',
  storageSize: 'disk',
  exposure: 'exposure',
  instanceType: 'type of node',
  nodeSelector: 'node labels',
  priorityClass: 'priority class',
};

/** `CPU 250m (writer: 1), disk 20Gi (writer: 8Gi)`; empty where they have what the writer has. */
export function readersOwnText(parameters: Parameters): string {
  const readers = ofReaders(parameters);
  return readerParts
    .filter((part) => parameters.readers?.[part] !== undefined)
    .map((part) => `${called[part]} ${shown(readers[part])} (writer: ${shown(parameters[part])})`)
    .join(', ');
}

function shown(value: Parameters[ReaderPart]): string {
  return typeof value === 'object' && value !== null ? labelsText(value) : (value ?? 'none');
}

/** Where a value for all pods replaces one that the readers had of their own. */
export function readersEvened({before, existing, desired}: ChangeFacts): ChangeConsequence[] {
  if (existing === null) return [];
  const was = ofReaders(existing);
  const parts = clearedReaderParts(existing, desired).filter((part) => shown(was[part]) !== shown(desired[part]));
  if (parts.length === 0) return [];
  const texts = parts.map((part) => `${called[part]} ${shown(desired[part])} instead of ${shown(was[part])}`);
  return [
    {
      code: codeOf(parts),
      object: `StatefulSet/${objectNames(before.target).reader}`,
      sentence: `The readers get what the writer has: ${texts.join(', ')}.${back(before.target, existing, parts)}`,
    },
  ];
}

function codeOf(parts: readonly ReaderPart[]): ChangeConsequence['code'] {
  if (parts.every((part) => part === 'exposure')) return 'ENDPOINT_CHANGE';
  return parts.some((part) => sizes.includes(part)) ? 'RESIZE_IN_PLACE' : 'REPLICA_RESTART';
}

const sizes: readonly ReaderPart[] = ['cpu', 'memory', 'cpuLimit', 'storageSize'];

/** The command that gives the readers their own values back. A disk that grew does not come back. */
function back(target: Target, existing: Parameters, parts: readonly ReaderPart[]): string {
  const own = parts.filter((part) => part !== 'storageSize');
  if (own.length === 0) return '';
  const readers = Object.fromEntries(own.map((part) => [part, existing.readers[part]]));
  const command = render({kind: 'set', ...releaseRef(target), answers: {readers}, valuesFile: null});
  return ` They get their own back with: ${command}`;
}
