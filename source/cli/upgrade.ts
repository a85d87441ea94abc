// upgrade: another version of the chart or of the images, within the major version of PostgreSQL.
import {answersFromFlags, mergeAnswers} from '../parameters/answers.ts';
import {flagsFor} from '../parameters/help.ts';
import {answersFrom} from '../parameters/resolve.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {text} from './session.ts';

export const runUpgrade: Run = async (invocation) => {
  const {options} = invocation;
  const {images} = answersFromFlags(options);
  const chartVersion = text(options['chartVersion']);
  return changeRelease(invocation, async () => ({
    kind: 'upgrade',
    parameters: (existing) => ({...existing, images: editedImages(existing, images ?? {})}),
    // A path that is named has one version: that is the one which is meant.
    chartVersion: chartVersion ?? (text(options['chart']) === null ? null : 'any'),
    deleteVolumes: false,
    flags: [...flagsFor(images ? {images} : {}), ...(chartVersion === null ? [] : ['--chart-version', chartVersion])],
  }));
};

/** A new tag leaves the old digest behind: it would win over the tag. */
function editedImages(
  existing: Parameters,
  asked: NonNullable<ReturnType<typeof answersFromFlags>['images']>,
): Parameters['images'] {
  const {images} = mergeAnswers({images: asked}, answersFrom(existing));
  return {
    source: images?.source ?? existing.images.source,
    tag: images?.tag ?? existing.images.tag,
    digest: images?.digest ?? null,
    pullSecret: images?.pullSecret ?? null,
  };
}
