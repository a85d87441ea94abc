// Writer and readers may differ in sizes and exposure: what each of them has, and what becomes of the readers' own
// values when somebody names a value for all pods.
import {bytesOf, compareQuantities} from './quantity.ts';
import {labelsOf} from './descriptors/node-selector.ts';
import {readerParts, type ReaderPart, type Readers} from './descriptors/readers.ts';
import type {Parameters} from './parameters.ts';
import {podMemories, type PodMemory} from './settings-room.ts';
import type {Room} from './sized-settings.ts';

type Sized = Pick<Parameters, ReaderPart>;

/** The parameters as they hold for the readers: the release's own, except for what is the readers' own. */
export function ofReaders<All extends Sized & {readonly readers?: Readers}>(parameters: All): All {
  const {cpuLimit, nodeSelector, priorityClass, ...own} = parameters.readers ?? {};
  const orNull = (text: string) => (text === 'none' ? null : text);
  return {
    ...parameters,
    ...own,
    ...(cpuLimit === undefined ? {} : {cpuLimit: orNull(cpuLimit)}),
    ...(nodeSelector === undefined ? {} : {nodeSelector: labelsOf(nodeSelector)}),
    ...(priorityClass === undefined ? {} : {priorityClass: orNull(priorityClass)}),
  };
}

/**
 * The sizes that the settings are made for. The same text serves writer and readers, and must fit into the smaller one:
 * a reader may not have fewer connections than its writer. The readers count even before there are any, so that scaling
 * out changes no setting.
 */
export function smallestRoom(parameters: Parameters): Room {
  const readers = ofReaders(parameters);
  const least = (key: keyof Room) =>
    compareQuantities(readers[key], parameters[key]) < 0 ? readers[key] : parameters[key];
  return {cpu: least('cpu'), memory: least('memory'), storageSize: least('storageSize')};
}

/** The memory of the desired pods. */
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
 * The readers' own values that remain when the given ones apply to all pods. A value for all pods replaces the readers'
 * own, except that a larger disk of theirs stays, because it never shrinks.
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

/** The parts that were the readers' own and become what the writer has. */
export function clearedReaderParts(
  existing: Pick<Parameters, 'readers'>,
  desired: Pick<Parameters, 'readers'>,
): ReaderPart[] {
  return readerParts.filter((part) => existing.readers?.[part] !== undefined && desired.readers?.[part] === undefined);
}

/** Whether writer and readers are both reached as before. */
export function isSameExposure(
  existing: Pick<Parameters, 'exposure' | 'readers'> | null,
  desired: Pick<Parameters, 'exposure' | 'readers'>,
): boolean {
  return existing?.exposure === desired.exposure && existing.readers?.exposure === desired.readers?.exposure;
}
