// A quota of the namespace does not allow another pod or claim.
import {cause} from '../../core/cause.ts';
import type {Snapshot} from '../snapshot.ts';
import {failedCreate} from './failed-create.ts';
import type {FoundCause} from './rule.ts';
import {removeAndInstall, evidence, kubectl, refTo} from './messages.ts';

/** Certain: somebody has to raise the quota or ask for less. */
export function quotaExceeded(snapshot: Snapshot): FoundCause | null {
  const failed = failedCreate(snapshot, /exceeded quota|failed quota|must specify (limits|requests)\./);
  if (!failed) return null;
  const unsaid = /failed quota: ([^:]+): must specify ([^;]*?)(?: for:|;|$)/.exec(failed.words);
  const over = /exceeded quota: ([^,]+), requested: (.+), used: (.+), limited: (.+)$/.exec(failed.words);
  const {namespace} = snapshot.target;
  const why = unsaid
    ? `the quota ${unsaid[1]} of the namespace ${namespace} demands that every container states ${unsaid[2]}`
    : over
      ? `the quota ${over[1]} of the namespace ${namespace} leaves no room: wanted ${over[2]}, in use ${over[3]}, ` +
        `allowed ${over[4]}`
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
        unsaid
          ? removeAndInstall(snapshot, `${unsaid[2] === 'limits.cpu' ? '--cpu-limit' : `a value for ${unsaid[2]}`}`)
          : removeAndInstall(snapshot, 'less: --memory, --cpu, --storage-size or --read-replicas'),
      ],
    }),
  };
}
