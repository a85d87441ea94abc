// The registry refuses to hand the image out.
import {kubectlHere} from '../../commands/kubectl.ts';
import {cause} from '../../core/cause.ts';
import type {Snapshot} from '../snapshot.ts';
import {imageFailure} from './image-failure.ts';
import type {FoundCause} from './rule.ts';
import {evidence, imagesFrom, nameOf, pullWith, refTo} from './messages.ts';

/**
 * Certain: kubelet tries again with the same credentials. Registries also answer this when there is no such repository.
 */
export function imageForbidden(snapshot: Snapshot): FoundCause | null {
  const failure = imageFailure(snapshot, 'forbidden');
  if (!failure) return null;
  return {
    certain: failure.current,
    cause: cause(
      'IMAGE_FORBIDDEN',
      `The registry refuses the image ${failure.image}: credentials are missing or do not suffice, or there is ` +
        'no such repository. ' +
        `Until it gives the image, ${nameOf(failure)} cannot start.`,
      {
        object: refTo('Pod', failure.pod.metadata, snapshot),
        firstSeen: failure.firstSeen,
        evidence: evidence(failure.words),
        remedies: [
          {
            title: 'See whether the namespace has a pull secret for that registry',
            command: kubectlHere(
              snapshot.target,
              'get',
              'secrets',
              '--field-selector',
              'type=kubernetes.io/dockerconfigjson',
            ),
          },
          pullWith(snapshot, 'that holds the credentials'),
          imagesFrom(snapshot, 'a registry that the nodes may pull from'),
        ],
      },
    ),
  };
}
