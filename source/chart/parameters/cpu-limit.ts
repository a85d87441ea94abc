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
  // Undefined in the Lease of an operation that an earlier version of this program began.
  write: (value = null, _naming, all) => inEach(value, ofReaders({...all, cpuLimit: value}).cpuLimit, limited),
  read: (values) => (textAt(values, path) === undefined ? null : quantityAt(values, path)),
};

/** The limits of the databases; empty: none has one. */
export function cpuLimitsOf(all: Parameters): readonly string[] {
  // Undefined in the Lease of an operation that an earlier version of this program began.
  const limits = [all.cpuLimit ?? null, ofReaders({...all, cpuLimit: all.cpuLimit ?? null}).cpuLimit];
  return limits.filter((limit) => limit !== null);
}

/**
 * The CPU of a pod that dumps or restores: it uses one core at most, and no more than the database may. Without a limit
 * it takes what is free.
 */
export function cpuOfBackups(limit: string | null): {readonly request: string; readonly limits: Values} {
  if (limit === null) return {request: '100m', limits: {}};
  const smaller = (a: string, b: string) => (compareQuantities(a, b) < 0 ? a : b);
  return {request: smaller('100m', limit), limits: {cpu: smaller('1', limit)}};
}

const limited = (cpu: string | null | undefined): Values => (cpu === null ? {} : {resources: {limits: {cpu}}});
