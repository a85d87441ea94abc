// Typing a scale: the state of the screen, its request, its entry in the menu. Pure.
import {readerOfClaim} from '../../../chart/names.ts';
import type {Status} from '../../../client/questions/status.ts';
import type {RequestOf} from '../../../commands/operation.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface ScaleState {
  readonly name: 'scale';
  /** The number of readers as it was typed. */
  readonly readers: string;
  readonly deleteVolumes: boolean;
}

/** Null: plain helm made the release, so it is not ours. */
export function scaleEntry({parameters}: Status): ScreenEntry<ScaleState> | null {
  if (!parameters) return null;
  const readers = String(parameters.readReplicaCount);
  return {key: 's', label: 'scale', does: {show: {name: 'scale', readers, deleteVolumes: false}}};
}

export function isReaderCount(typed: string): boolean {
  return /^\s*\d{1,2}\s*$/.test(typed) && Number(typed) <= 15;
}

export function scaleAsked({readers, deleteVolumes}: ScaleState): RequestOf<'scale'> {
  return {kind: 'scale', readReplicas: Number(readers), deleteVolumes};
}

/** Identifies what a plan is for: with another key the plan is void. */
export function scaleKeyOf({readers, deleteVolumes}: ScaleState): string {
  return `scale ${readers} ${deleteVolumes}`;
}

/**
 * How many volumes that many readers would not use: those of readers that would go, and of readers that went before.
 */
export function spareVolumes(status: Status | null, readers: number): number {
  if (status === null) return 0;
  return [...status.claims, ...status.spareClaims].filter(
    ({name}) => (readerOfClaim(status.naming, name) ?? -1) >= readers,
  ).length;
}
