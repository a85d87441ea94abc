// Readers that commits wait for: how many may be away.
import {render} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import type {Warning} from '../core/cause.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {viewOf} from './release-view.ts';
import type {Snapshot, Target} from './snapshot.ts';

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

/** Every write hangs: fewer readers confirm commits than each waits for. Null: enough do, or nobody was asked. */
export function commitsWaitWarning(
  snapshot: Snapshot,
  {synchronousReplicas = 0}: Pick<Parameters, 'synchronousReplicas'>,
): Warning | null {
  const {streams} = viewOf(snapshot);
  if (!snapshot.database.some(({kind}) => kind === 'replication')) return null;
  // Without any stream, the writer does not say how many readers a commit waits for.
  const needed =
    streams.length === 0 ? synchronousReplicas : Math.max(...streams.map(({commitsWaitFor = 0}) => commitsWaitFor));
  const confirming = streams.filter(({state, sync}) => state === 'streaming' && sync !== 'async').length;
  if (confirming >= needed) return null;
  const fewer = waitForFewer(snapshot.target, confirming);
  const message =
    `Every write waits: each commit is to be confirmed by ${needed} ${needed === 1 ? 'reader' : 'readers'}, and ` +
    `${confirming === 0 ? 'none streams' : `${confirming} ${confirming === 1 ? 'streams' : 'stream'}`}. When that ` +
    `cannot be waited for: ${fewer}`;
  return {code: 'COMMITS_WAIT', message};
}

/** The command by which commits wait for that many readers. */
export function waitForFewer(target: Target, synchronousReplicas: number): string {
  return render({
    kind: 'set',
    ...releaseRef(target),
    valuesFile: null,
    answers: {synchronousReplicas},
  });
}
