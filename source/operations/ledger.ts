// The ledger of what outlives its pod or release: which claims stay or went, and which volumes stay without them.
import type {PersistentVolumeClaim} from '../observation/kubernetes.ts';
import type {Snapshot, Target} from '../observation/snapshot.ts';
import {sizeOf, type RetainedVolume} from '../observation/storage.ts';
import {deleteVolumeCommand} from '../plan/volumes.ts';
import type {LedgerEntry} from '../plan/progress.ts';

/** `retained`: the volumes that outlive these claims. */
export function claimsLedger(
  target: Target,
  claims: readonly PersistentVolumeClaim[],
  isLeft: (name: string) => boolean,
  retained: readonly RetainedVolume[],
): LedgerEntry[] {
  const entries = claims.map((claim): LedgerEntry => ({
    kind: 'PersistentVolumeClaim',
    name: claim.metadata.name,
    fate: isLeft(claim.metadata.name) ? 'kept' : 'deleted',
    bytes: sizeOf(claim),
  }));
  const outlived = retained.filter(({claim}) => !isLeft(claim));
  return [
    ...entries,
    ...outlived.map(({volume, bytes}): LedgerEntry => ({
      kind: 'PersistentVolume',
      name: volume,
      fate: 'kept',
      bytes,
      remove: deleteVolumeCommand(target, volume),
    })),
  ];
}

/** Whether a claim or the Secret of that name is there, and not on its way out. */
export function isLeftIn({claims, secret}: Snapshot): (name: string) => boolean {
  const left = new Set([
    ...claims.filter(({metadata}) => !metadata.deletionTimestamp).map(({metadata}) => metadata.name),
    ...(secret ? [secret.name] : []),
  ]);
  return (name) => left.has(name);
}

/** Whether a claim of that name stays unless we delete it, because nobody else has begun to. */
export function isNotBeingDeletedIn({claims}: Pick<Snapshot, 'claims'>): (name: string) => boolean {
  const deleting = new Set(claims.flatMap(({metadata}) => (metadata.deletionTimestamp ? [metadata.name] : [])));
  return (name) => !deleting.has(name);
}
