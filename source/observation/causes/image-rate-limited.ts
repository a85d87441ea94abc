// The registry says that this address pulled too often.
import {cause} from '../../core/cause.ts';
import type {Snapshot} from '../snapshot.ts';
import {imageFailure} from './image-failure.ts';
import type {FoundCause} from './rule.ts';
import {capitalised} from '../../core/capitalised.ts';
import {evidence, imagesFrom, nameOf, pullWith, refTo} from './messages.ts';

/** Not certain: the limit passes, and kubelet goes on trying. */
export function imageRateLimited(snapshot: Snapshot): FoundCause | null {
  const failure = imageFailure(snapshot, 'limited');
  if (!failure) return null;
  return {
    certain: false,
    cause: cause(
      'IMAGE_RATE_LIMITED',
      `The registry limits how often images are pulled and refuses ${failure.image} for now. ` +
        `${capitalised(nameOf(failure))} starts when the limit has passed, which can take hours.`,
      {
        object: refTo('Pod', failure.pod.metadata, snapshot),
        firstSeen: failure.firstSeen,
        evidence: evidence(failure.words),
        remedies: [
          {title: 'Wait: the nodes go on trying'},
          pullWith(snapshot, 'of an account: an account has a limit of its own'),
          imagesFrom(snapshot, 'a registry without such a limit'),
        ],
      },
    ),
  };
}
