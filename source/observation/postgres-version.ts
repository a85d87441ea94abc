// Which PostgreSQL a StatefulSet runs, as far as it says so itself.
import {databaseIn, labelKeys} from '../chart/names.ts';
import {postgresVersionOf} from '../chart/image.ts';
import type {Pod, StatefulSet} from './kubernetes.ts';

/** What the tag of the image says that the pod runs; null where it says none, as beside a digest. */
export function versionOfPod({spec}: Pod, {fullname}: {readonly fullname: string}): string | null {
  // Chart 10 calls the container as the release's objects.
  const container = databaseIn(spec.containers) ?? spec.containers.find(({name}) => name === fullname);
  return versionOfImage(container?.image ?? '');
}

export function versionOfImage(image: string): string | null {
  const [, tag = ''] = /:([^/:@]+)(?:@|$)/.exec(image) ?? [];
  return postgresVersionOf(tag);
}

/**
 * The chart's label says the version that the chart was made for; the image may be another one, and says its version in
 * its tag. Null: neither says it.
 */
export function declaredVersion({metadata, spec}: StatefulSet): string | null {
  const labelled = metadata.labels?.[labelKeys.version] ?? null;
  const tagged = versionOfImage(databaseIn(spec.template?.spec.containers)?.image ?? '');
  return tagged === null || `${labelled}.`.startsWith(`${tagged}.`) ? labelled : tagged;
}
