// Volumes in the sentences of a plan, with their sizes, and what outlives its claim.
import {kubectl} from '../commands/kubectl.ts';
import type {PersistentVolumeClaim} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import {sizeOf, type RetainedVolume} from '../observation/storage.ts';
import {formatBytes} from '../parameters/quantity.ts';

/** Such as ` (20Gi)`, to follow the name; empty when it does not say. */
export function sized(claim: PersistentVolumeClaim): string {
  return inBrackets(sizeOf(claim));
}

export function inBrackets(bytes: number | null): string {
  return bytes === null ? '' : ` (${formatBytes(bytes)})`;
}

/**
 * Kubernetes documentation, "Reclaiming": a volume that is retained has to be deleted by hand, and so has the disk
 * behind it.
 */
export function retainedConsequences(
  target: Target,
  retained: readonly RetainedVolume[],
): {readonly code: 'DATA_KEPT'; readonly object: string; readonly sentence: string}[] {
  return retained.map(({claim, volume, bytes}) => ({
    code: 'DATA_KEPT',
    object: `PersistentVolume/${volume}`,
    sentence:
      `PersistentVolume ${volume}${inBrackets(bytes)}, the disk of ${claim}, stays with all data on it: its ` +
      `reclaim policy is Retain. ${deleteVolumeCommand(target, volume)} takes it out of the cluster; the disk itself ` +
      'is deleted where it is kept.',
  }));
}

export function deleteVolumeCommand(target: Target, volume: string): string {
  return kubectl(target, 'delete', 'pv', volume);
}
