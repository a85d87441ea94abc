// The registry has no such image, or no registry answers under that name.
import {cause, type Remedy} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {imageSourceOf, postgresVersionOf} from '../../chart/image.ts';
import {majorOf} from '../../chart/postgres-major.ts';
import {defaultTagOf} from '../../parameters/descriptors/images.ts';
import type {Snapshot} from '../snapshot.ts';
import {imageFailure} from './image-failure.ts';
import type {FoundCause} from './rule.ts';
import {capitalised} from '../../core/capitalised.ts';
import {askFor, evidence, imagesFrom, nameOf, refTo} from './messages.ts';

/**
 * Looks at the pods of the release; observation/pods/image-trial.ts reports on the pod that tries an image before a
 * change.
 * Certain when the registry says so, because waiting does not heal it. A registry that is silent may come back.
 */
export function imageNotFound(snapshot: Snapshot): FoundCause | null {
  const failure = imageFailure(snapshot, 'absent') ?? imageFailure(snapshot, 'other');
  if (!failure) return null;
  const {problem, image, words, firstSeen, current} = failure;
  const absent = problem === 'absent';
  const what = absent
    ? `the registry has no image ${image}`
    : `the image ${image} could not be pulled, because its registry does not answer as it should`;
  return {
    certain: absent && current,
    cause: cause('IMAGE_NOT_FOUND', `${capitalised(what)}. ${capitalised(nameOf(failure))} cannot start without it.`, {
      object: refTo('Pod', failure.pod.metadata, snapshot),
      firstSeen,
      evidence: evidence(words),
      remedies: [
        isExporter(image)
          ? otherExporter(snapshot)
          : absent
            ? anotherTag(snapshot, image)
            : {title: 'Wait, when the registry or the way to it is being repaired: the nodes go on trying'},
        imagesFrom(snapshot, 'a registry that has the image and that the nodes reach'),
      ],
    }),
  };
}

/** The image of the metrics exporter, for which no PostgreSQL tag is a remedy. */
function isExporter(image: string): boolean {
  return /(^|\/)postgres-exporter([:@]|$)/.test(image);
}

function otherExporter(snapshot: Snapshot): Remedy {
  const keys = 'metrics.image.registry, repository and tag of one that is there, in a file for --values';
  return askFor(snapshot, {kind: 'set', title: `Set ${keys}`, blanks: '--values FILE', flags: keys});
}

/** Our default tags are known to exist for official images and for bitnamilegacy only. */
function anotherTag(snapshot: Snapshot, image: string): Remedy {
  const [, registry = '', repository = '', tag = ''] = /^([^/]+)\/([^:@]+):([^@]+)$/.exec(image) ?? [];
  const source = imageSourceOf(registry, repository, false);
  const known = source === 'official' || source === 'bitnamilegacy' ? defaultTagOf(source) : null;
  const fits = tag !== known && majorOf(postgresVersionOf(tag)) === majorOf(known);
  if (known === null || !fits)
    return askFor(snapshot, {
      kind: 'upgrade',
      title: 'Move to an --image-tag that exists; data and password stay',
      blanks: '--image-tag TAG',
      flags: 'an --image-tag that exists',
    });
  return propose('Move to an --image-tag that exists, such as this one; data and password stay', {
    kind: 'upgrade',
    ...releaseRef(snapshot.target),
    images: {tag: known},
    chartVersion: null,
  });
}
