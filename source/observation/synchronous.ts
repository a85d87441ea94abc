// Readers that commits wait for: how many may be away.
import type {Warning} from '../core/cause.ts';
import type {Parameters} from '../parameters/parameters.ts';

/** Null: more than one reader may be away, or no commit waits. */
export function synchronousWarning({
  synchronousReplicas = 0,
  readReplicaCount,
}: Pick<Parameters, 'synchronousReplicas' | 'readReplicaCount'>): Warning | null {
  if (synchronousReplicas === 0 || synchronousReplicas < readReplicaCount - 1) return null;
  return {
    code: 'SYNC_MAY_BLOCK',
    message:
      `Each commit waits for ${synchronousReplicas} of ${readReplicaCount} readers: one may be away, and while two ` +
      'are, every write waits.',
  };
}
