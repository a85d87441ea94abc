// A scale as it is typed: the state of its screen, what it asks for, its entry in the menu. Pure.
import {readerOfClaim} from '../../../chart/names.ts';
import type {Status} from '../../../client/status.ts';
import type {AskedOf} from '../../../commands/operation.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface ScaleState {
  readonly name: 'scale';
  /** As it was typed. */
  readonly readers: string;
  readonly deleteVolumes: boolean;
}

/** Null: helm installed it, not we. */
export function scaleEntry({parameters}: Status): ScreenEntry<ScaleState> | null {
  if (!parameters) return null;
  const readers = String(parameters.readReplicaCount);
  return {key: 's', label: 'scale', does: {show: {name: 'scale', readers, deleteVolumes: false}}};
}

export function isReaderCount(typed: string): boolean {
  return /^\s*\d{1,2}\s*$/.test(typed) && Number(typed) <= 15;
}

export function scaleAsked({readers, deleteVolumes}: ScaleState): AskedOf<'scale'> {
  return {kind: 'scale', readReplicas: Number(readers), deleteVolumes};
}

/** A plan is for one key: with another one it is void. */
export function scaleKeyOf({readers, deleteVolumes}: ScaleState): string {
  return `scale ${readers} ${deleteVolumes}`;
}

/** How many there are that so many readers do not use: of those that would go, and of those that went before. */
export function spareVolumes(status: Status | null, readers: number): number {
  if (status === null) return 0;
  return [...status.claims, ...status.spareClaims].filter(
    ({name}) => (readerOfClaim(status.naming, name) ?? -1) >= readers,
  ).length;
}
