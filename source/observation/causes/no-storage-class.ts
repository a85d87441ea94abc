// No provisioner is asked for a volume: the storage class does not exist, or none is named and there is no default.
import {kubectl} from '../../commands/kubectl.ts';
import {cause} from '../../core/cause.ts';
import type {Snapshot} from '../snapshot.ts';
import {firstSeenOf} from './database-pods.ts';
import {pendingClaims} from './pending-claim.ts';
import type {FoundCause} from './rule.ts';
import {removeAndInstall, evidence, pendingClaimsFirst, refTo} from './messages.ts';

const noClass = 'no persistent volumes available for this claim and no storage class is set';
const absentClass = /storageclass\.storage\.k8s\.io "([^"]*)" not found/;

/**
 * Certain: a class has to be made or named. Source: the volume controller's events `FailedBinding` and
 * `ProvisioningFailed`.
 */
export function noStorageClass(snapshot: Snapshot): FoundCause | null {
  for (const {claim, newest} of pendingClaims(snapshot)) {
    const name = claim.spec.storageClassName ?? '';
    const absent = absentClass.exec(newest.message ?? '')?.[1];
    // A claim that was given a class since, or another one, is not what the event was about.
    if (absent === undefined ? name !== '' || !newest.message?.includes(noClass) : absent !== name) continue;
    return {
      certain: true,
      cause: cause(
        'NO_STORAGE_CLASS',
        name
          ? `The storage class ${name} does not exist, so the claim ${claim.metadata.name} gets no volume and its ` +
              'pod cannot start.'
          : `The claim ${claim.metadata.name} names no storage class and the cluster has no default one, so it ` +
              'gets no volume and its pod cannot start.',
        {
          object: refTo('PersistentVolumeClaim', claim.metadata, snapshot),
          firstSeen: firstSeenOf(newest),
          evidence: evidence(newest.message),
          remedies: [
            {
              title: 'See which storage classes there are; who may not list them asks whoever runs the cluster',
              command: kubectl(snapshot.target, 'get', 'storageclass'),
            },
            removeAndInstall(snapshot, '--storage-class NAME, one of those'),
            pendingClaimsFirst(snapshot),
          ],
        },
      ),
    };
  }
  return null;
}
