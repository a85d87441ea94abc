// A volume was asked for, and the provisioner does not answer.
import {kubectl, kubectlHere} from '../../commands/kubectl.ts';
import {cause} from '../../core/cause.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import type {ClusterEvent} from '../kubernetes.ts';
import type {Snapshot} from '../snapshot.ts';
import {firstSeenOf, momentOf} from './database-pods.ts';
import {pendingClaims} from './pending-claim.ts';
import type {FoundCause} from './rule.ts';
import {removeAndInstall, evidence, pendingClaimsFirst, refTo} from './messages.ts';

/** A provisioner that works answers within this; network disks take some seconds. */
const graceMs = 10_000;
/** `WaitForFirstConsumer` is none of them: there the volume waits for the pod, not the other way round. */
const asked = /^(ExternalProvisioning|Provisioning|ProvisioningFailed)$/;

/** Not certain: the provisioner may come back, and a full one may get room. */
export function volumePending(snapshot: Snapshot): FoundCause | null {
  for (const {claim, events, newest} of pendingClaims(snapshot)) {
    const first = events.find(isAsked);
    const last = events.findLast(isAsked);
    if (!isAsked(newest) || !first || !last) continue;
    const since = momentOf(firstSeenOf(first));
    if (clusterTimeOf(snapshot) - since < graceMs) continue;
    const failure = last.reason === 'ProvisioningFailed' ? 'could not make it' : 'has not answered';
    const name = claim.spec.storageClassName ?? '';
    const className = name ? ` of the storage class ${name}` : '';
    return {
      certain: false,
      cause: cause(
        'VOLUME_PENDING',
        `The claim ${claim.metadata.name} still has no volume: the provisioner${className} ${failure}. Its pod ` +
          'starts when the volume is there.',
        {
          object: refTo('PersistentVolumeClaim', claim.metadata, snapshot),
          firstSeen: firstSeenOf(first),
          evidence: evidence(last.message),
          remedies: [
            {
              title: 'See what the claim waits for',
              command: kubectlHere(snapshot.target, 'describe', 'pvc', claim.metadata.name),
            },
            {
              title: 'See whether the driver of the storage class runs',
              command: kubectl(snapshot.target, 'get', 'pods', '--all-namespaces'),
            },
            removeAndInstall(snapshot, 'another --storage-class'),
            pendingClaimsFirst(snapshot),
          ],
        },
      ),
    };
  }
  return null;
}

function isAsked({reason}: ClusterEvent): boolean {
  return asked.test(reason ?? '');
}
