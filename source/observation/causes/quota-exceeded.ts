// A quota of the namespace does not allow another pod or claim.
import {cause, type Remedy} from '../../core/cause.ts';
import type {Snapshot} from '../snapshot.ts';
import {exceededQuotaName, quotaShortage} from '../want-of-room.ts';
import {failedCreate} from './failed-create.ts';
import type {FoundCause} from './rule.ts';
import {askFor, evidence, kubectl, refTo} from './messages.ts';

/** Certain: somebody has to raise the quota or ask for less. */
export function quotaExceeded(snapshot: Snapshot): FoundCause | null {
  const failed = failedCreate(snapshot, /exceeded quota|failed quota|must specify (limits|requests)\./);
  if (!failed) return null;
  const unsaid = /failed quota: ([^:]+): must specify ([^;]*?)(?: for:|;|$)/.exec(failed.words);
  const quota = exceededQuotaName(failed.words);
  const {namespace} = snapshot.target;
  const why = unsaid
    ? `the quota ${unsaid[1]} of the namespace ${namespace} demands that every container states ${unsaid[2]}`
    : quota
      ? `the quota ${quota} of the namespace ${namespace} leaves no room: ${quotaShortage(failed.words)}`
      : `a quota of the namespace ${namespace} leaves no room`;
  return {
    certain: failed.current,
    cause: cause('QUOTA_EXCEEDED', `The StatefulSet ${failed.set.metadata.name} may not create its next pod: ${why}.`, {
      object: refTo('StatefulSet', failed.set.metadata, snapshot),
      firstSeen: failed.firstSeen,
      evidence: evidence(failed.words),
      remedies: [
        {
          title: 'See the quotas of the namespace; who runs the cluster can raise them',
          command: kubectl(snapshot, 'describe resourcequota'),
        },
        unsaid ? stateWhatIsDemanded(snapshot, unsaid[2] ?? '') : askForLess(snapshot),
      ],
    }),
  };
}

/** `demanded`: such as limits.cpu. */
function stateWhatIsDemanded(snapshot: Snapshot, demanded: string): Remedy {
  const title = `Give the containers what the quota demands: ${demanded}`;
  if (demanded === 'limits.cpu')
    return askFor(snapshot, {kind: 'set', title, blanks: '--cpu-limit QUANTITY', flags: '--cpu-limit'});
  return askFor(snapshot, {kind: 'set', title, blanks: '--values FILE', flags: `a value for ${demanded}`});
}

function askForLess(snapshot: Snapshot): Remedy {
  return askFor(snapshot, {
    kind: 'resize',
    title: 'Or ask for less: resize with a smaller --memory or --cpu, or scale with fewer --read-replicas',
    blanks: '--memory QUANTITY --cpu QUANTITY',
    flags: 'less: --memory, --cpu, --storage-size or --read-replicas',
  });
}
