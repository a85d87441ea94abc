// A claim asks for a larger volume and does not get it.
import {kubectlHere} from '../../commands/kubectl.ts';
import {cause} from '../../core/cause.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {growingClaims, growthText} from '../storage.ts';
import {eventsAbout, firstSeenOf, momentOf} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {evidence, refTo} from './messages.ts';

/** A driver that works answers within this. */
const graceMs = 10_000;

/**
 * Not certain: the cluster tries again and again. Source: Kubernetes API, conditions of claims; external-resizer's and
 * kubelet's events.
 */
export function volumeGrowth(snapshot: Snapshot): FoundCause | null {
  for (const claim of growingClaims(snapshot, viewOf(snapshot).claims)) {
    const failures = eventsAbout(snapshot, 'PersistentVolumeClaim', claim).filter(({reason}) =>
      /^(VolumeResizeFailed|FileSystemResizeFailed)$/.test(reason ?? ''),
    );
    const since = Math.min(
      ...(claim.status?.conditions ?? []).flatMap(({lastTransitionTime}) =>
        lastTransitionTime ? [momentOf(lastTransitionTime)] : [],
      ),
    );
    if (failures.length === 0 && !(clusterTimeOf(snapshot) - since > graceMs)) continue;
    const asked = claim.spec.resources?.requests?.['storage'] ?? '?';
    return {
      certain: false,
      cause: cause(
        'VOLUME_PENDING',
        `The claim ${claim.metadata.name} asks for ${asked} and has ` +
          `${claim.status?.capacity?.['storage'] ?? '?'} so far. The database runs on meanwhile.`,
        {
          object: refTo('PersistentVolumeClaim', claim.metadata, snapshot),
          firstSeen: firstSeenOf(failures[0]),
          evidence: evidence(growthText(claim), ...failures.map(({message}) => message)),
          remedies: [
            {
              title: 'See what the claim waits for',
              command: kubectlHere(snapshot.target, 'describe', 'pvc', claim.metadata.name),
            },
          ],
        },
      ),
    };
  }
  return null;
}
