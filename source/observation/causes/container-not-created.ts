// Kubelet has the image and cannot make a container of it: a Secret or key is missing, say, or the user is not allowed.
import {kubectlHere} from '../../commands/kubectl.ts';
import {cause} from '../../core/cause.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import type {Snapshot} from '../snapshot.ts';
import {containersOf, databasePods, isCurrent, momentOf} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {changeValues, evidence, nameOf, refTo} from './messages.ts';

/** Kubernetes: kubelet/container/sync_result.go and kuberuntime. */
const refused = /^(CreateContainerConfigError|CreateContainerError|RunContainerError|PreCreateHookError)$/;
/** An object that is made in the same moment is found by kubelet's next try. */
const graceMs = 10_000;

/** Looks at every container of the pod, also those that an operator added. Certain once kubelet has tried again. */
export function containerNotCreated(snapshot: Snapshot): FoundCause | null {
  for (const subject of databasePods(snapshot)) {
    for (const {name, state} of containersOf(subject.pod)) {
      const {reason = '', message = ''} = state?.waiting ?? {};
      if (!refused.test(reason)) continue;
      const age = clusterTimeOf(snapshot) - momentOf(subject.pod.metadata.creationTimestamp);
      return {
        certain: reason === 'CreateContainerConfigError' && age > graceMs && isCurrent(snapshot, subject),
        cause: cause(
          'CONTAINER_NOT_CREATED',
          `The container ${name} of ${nameOf(subject)} cannot be made: ${message || reason}. The pod gets ready ` +
            'when all of its containers run.',
          {
            object: refTo('Pod', subject.pod.metadata, snapshot),
            evidence: evidence(`container ${name}: ${reason}`, message),
            remedies: [
              {
                title: 'Make what it names, where that is missing: the pod tries again by itself. See what there is',
                command: kubectlHere(snapshot.target, 'get', 'secrets,configmaps'),
              },
              changeValues(snapshot, 'what names it'),
            ],
          },
        ),
      };
    }
  }
  return null;
}
