// What each kind of change edits in the desired parameters of a release, for the commands and for the screens.
import type {RequestOf, Sizes} from '../../commands/operation.ts';
import type {ChangeKind, Snapshot} from '../../observation/snapshot.ts';
import {mergeAnswers, type Answers} from '../../parameters/answers.ts';
import {images as imagesParameter} from '../../parameters/descriptors/images.ts';
import {readers as readersParameter} from '../../parameters/descriptors/readers.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {keptOfReaders} from '../../parameters/readers.ts';
import {nowhere, type Place} from '../../parameters/place.ts';
import {answersFrom, resolve, sizesOfType} from '../../parameters/resolve.ts';
import type {ChangeConsequence} from '../../plan/change-facts.ts';

export interface Edit {
  /** The operation that is asked for, without its release. */
  readonly asked: RequestOf<Exclude<ChangeKind, 'adopt'>>;
  /** Calls `place` only when the result depends on it. @throws UserError BAD_INPUT */
  readonly parameters: (
    existing: Parameters,
    place: () => Promise<Place>,
    snapshot: Snapshot,
  ) => Parameters | Promise<Parameters>;
  /** Null: the version that the release has. `any`: whatever is at the path that --chart names. */
  readonly chartVersion: string | null;
  /** For helm's history; without it the kind and the flags. */
  readonly description?: string;
  /** As a ChangeRequest has them. */
  readonly rollbackTo?: number;
  readonly notes?: readonly string[];
  /** What is said before the consequences of the plan. */
  readonly preface?: (existing: Parameters, snapshot: Snapshot) => readonly ChangeConsequence[];
}

export function scaled(readReplicaCount: number, deleteVolumes = false): Edit {
  return {
    asked: {kind: 'scale', readReplicas: readReplicaCount, deleteVolumes},
    parameters: (existing) => ({...existing, readReplicaCount}),
    chartVersion: null,
  };
}

/** Resizes. CPU and memory that followed from the earlier type of node follow from the new one. */
export function resized(sizes: Sizes, switchover?: 'never'): Edit {
  return {
    asked: {kind: 'resize', sizes, ...(switchover === undefined ? {} : {switchover})},
    parameters: async (existing, place) => {
      const {readers: ofReaders, ...ofAll} = sizes;
      const isOtherType = ofAll.instanceType !== undefined && ofAll.instanceType !== existing.instanceType;
      const ofType = isOtherType ? sizesOfType(existing, ofAll.instanceType, await place()) : {};
      const readers = {...keptOfReaders(existing.readers, ofAll), ...ofReaders};
      const desired = {...existing, ...ofType, ...ofAll, readers};
      // The readers keep a larger disk of their own; where they have the same as the writer, it is no longer their own.
      return {...desired, readers: readersParameter.resolve(desired.readers, desired, nowhere)};
    },
    chartVersion: null,
  };
}

/**
 * Another version of the chart or of the images, within the major version of PostgreSQL.
 * @param chartVersion as an Edit has it
 */
export function upgraded(images: NonNullable<Answers['images']>, chartVersion: string | null): Edit {
  return {
    asked: {kind: 'upgrade', images, chartVersion},
    parameters: (existing) => ({...existing, images: editedImages(existing, images)}),
    chartVersion,
  };
}

/**
 * The images with what is asked for. A new tag drops the old digest, which would take precedence over it.
 * @throws UserError BAD_INPUT for a tag that the source does not have
 */
function editedImages(existing: Parameters, asked: NonNullable<Answers['images']>): Parameters['images'] {
  const {images} = mergeAnswers({images: asked}, answersFrom(existing));
  // Where the source changes to another kind of image, the merge drops the tag.
  return imagesParameter.resolve(images, {}, nowhere);
}

export function restarted(): Edit {
  return {asked: {kind: 'restart'}, parameters: (existing) => existing, chartVersion: null};
}

/** @param valuesFile the files from which the extra chart values among the answers came; null: none */
export function changed(given: Answers, valuesFile: readonly string[] | null = null): Edit {
  return {
    asked: {kind: 'set', answers: given, valuesFile},
    parameters: async (existing, place) => {
      const inside = given.allowFrom?.kind === 'internal';
      const asksPlace = inside || isOtherType(existing, given) || given.metrics === 'on';
      return changedParameters(existing, given, asksPlace ? await place() : nowhere);
    },
    chartVersion: null,
  };
}

/** What a `set` makes of the parameters. @throws UserError BAD_INPUT */
export function changedParameters(existing: Parameters, given: Answers, here: Place): Parameters {
  const cloud = here.cloud ?? (existing.allowFrom.kind === 'internal' ? existing.allowFrom.cloud : null);
  const base = answersFrom({
    ...existing,
    ...(isOtherType(existing, given) ? sizesOfType(existing, given.instanceType, here) : {}),
    readers: keptOfReaders(existing.readers, given),
  });
  // The storage class never changes, not even where its name is not known.
  return {
    ...resolve(mergeAnswers(given, reached(base, given)), {...here, cloud}),
    storageClass: existing.storageClass,
  };
}

function isOtherType(existing: Parameters, given: Answers): boolean {
  return given.instanceType !== undefined && given.instanceType !== existing.instanceType;
}

/** Drops the load balancers' `allowFrom` where the readers had the only load balancer and lose it. */
function reached({allowFrom, ...rest}: Answers, given: Answers): Answers {
  const goes = given.readers?.exposure !== undefined && (given.exposure ?? rest.exposure) !== 'load-balancer';
  const stays = allowFrom !== undefined && !(goes && given.readers?.exposure !== 'load-balancer');
  return stays ? {...rest, allowFrom} : rest;
}
