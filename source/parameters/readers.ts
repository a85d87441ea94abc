// Writer and readers may have different sizes and another exposure: what each has, and what becomes of the readers' own
// where somebody names a value for all.
import {bytesOf, compareQuantities} from './quantity.ts';
import {readerParts, type ReaderPart, type Readers} from './descriptors/readers.ts';
import type {Parameters} from './parameters.ts';
import {podMemories, type PodMemory} from './settings-room.ts';
import type {Room} from './sized-settings.ts';

type Sized = Pick<Parameters, ReaderPart>;

/** Parameters as the readers have them: the same, but for what is their own. */
export function ofReaders<All extends Sized & {readonly readers?: Readers}>(parameters: All): All {
  // The Lease of an operation that an earlier version began does not say it.
  const {cpuLimit, ...own} = parameters.readers ?? {};
  return {...parameters, ...own, ...(cpuLimit === undefined ? {} : {cpuLimit: cpuLimit === 'none' ? null : cpuLimit})};
}

/**
 * What the settings are sized for. One text is for both, and must fit into the smaller one: a reader may not have fewer
 * connections than its writer. That there are no readers yet does not matter: scaling out is to change no setting.
 */
export function smallestRoom(parameters: Parameters): Room {
  const readers = ofReaders(parameters);
  const least = (key: keyof Room) =>
    compareQuantities(readers[key], parameters[key]) < 0 ? readers[key] : parameters[key];
  return {cpu: least('cpu'), memory: least('memory'), storageSize: least('storageSize')};
}

/** Of the pods that are wanted. */
export function memoryOfPods(parameters: Parameters): readonly PodMemory[] {
  const {memory, readReplicaCount} = parameters;
  return podMemories(memory, readReplicaCount === 0 ? memory : ofReaders(parameters).memory);
}

/** The sizes of disks, by what has them. */
export interface DiskSizes {
  readonly writer: string;
  readonly readers: string;
}

export function diskSizesOf(parameters: Pick<Parameters, 'storageSize' | 'readers'>): DiskSizes {
  const {storageSize, readers} = parameters;
  return {writer: storageSize, readers: readers?.storageSize ?? storageSize};
}

/**
 * A value that is named for all pods is the readers' too, and what was their own is over; but for a disk that is larger
 * than it: that one never shrinks.
 */
export function keptOfReaders(readers: Readers | undefined, given: Readonly<Record<string, unknown>>): Readers {
  const kept = readerParts.filter(
    (part) => readers?.[part] !== undefined && (given[part] === undefined || isLargerDisk(part, readers, given[part])),
  );
  return Object.fromEntries(kept.map((part) => [part, readers?.[part]]));
}

function isLargerDisk(part: ReaderPart, {storageSize}: Readers, given: unknown): boolean {
  return part === 'storageSize' && storageSize !== undefined && bytesOf(storageSize) > bytesOf(String(given));
}

/** What was the readers' own, and becomes what the writer has. */
export function evened(existing: Pick<Parameters, 'readers'>, desired: Pick<Parameters, 'readers'>): ReaderPart[] {
  return readerParts.filter((part) => existing.readers?.[part] !== undefined && desired.readers?.[part] === undefined);
}

/** Whether writer and readers are both reached as before. */
export function isSameExposure(
  existing: Pick<Parameters, 'exposure' | 'readers'> | null,
  desired: Pick<Parameters, 'exposure' | 'readers'>,
): boolean {
  return existing?.exposure === desired.exposure && existing.readers?.exposure === desired.readers?.exposure;
}
