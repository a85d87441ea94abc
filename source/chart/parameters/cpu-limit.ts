// How much CPU each pod may use at most. What runs beside the database gets a limit too, because a quota of limits.cpu
// demands one of each container of the namespace.
import {cpuLimit as descriptor} from '../../parameters/descriptors/cpu-limit.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {compareQuantities} from '../../parameters/quantity.ts';
import {ofReaders} from '../../parameters/readers.ts';
import {textAt, type Values} from '../tree.ts';
import {inEach, mainFlag, ownedInBoth, quantityAt, type ChartParameter} from './chart-parameter.ts';

const path = ['primary', 'resources', 'limits', 'cpu'];

export const cpuLimit: ChartParameter<string | null> = {
  owns: ownedInBoth(mainFlag(descriptor), 'resources.limits.cpu'),
  write: (value, _naming, all) => inEach(value, ofReaders({...all, cpuLimit: value}).cpuLimit, limited),
  read: (values) => (textAt(values, path) === undefined ? null : quantityAt(values, path)),
};

/** The limits of the databases; empty: none has one. */
export function cpuLimitsOf(all: Parameters): readonly string[] {
  return [all.cpuLimit, ofReaders(all).cpuLimit].filter((limit) => limit !== null);
}

interface PodCpu {
  readonly request: string;
  readonly limits: Values;
}

/** A dump takes its time beside the database: one core at most, where the database has a limit. */
export function cpuOfDump(limit: string | null): PodCpu {
  return cpuBeside(limit, limit === null ? null : smaller('1', limit));
}

/** A restore, and a proof with a whole server of its own, may use as much as the database: somebody waits for them. */
export function cpuOfRestore(limit: string | null): PodCpu {
  return cpuBeside(limit, limit);
}

function cpuBeside(limit: string | null, most: string | null): PodCpu {
  return {request: smaller('100m', limit ?? '100m'), limits: most === null ? {} : {cpu: most}};
}

const smaller = (a: string, b: string): string => (compareQuantities(a, b) < 0 ? a : b);

const limited = (cpu: string | null | undefined): Values => (cpu === null ? {} : {resources: {limits: {cpu}}});
