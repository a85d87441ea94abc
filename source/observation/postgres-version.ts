// Which PostgreSQL a StatefulSet runs, as far as it says so itself.
import {databaseIn, labelKeys} from '../chart/names.ts';
import {postgresVersionOf} from '../chart/image.ts';
import type {StatefulSet} from './kubernetes.ts';

/**
 * The chart's label says the version that the chart was made for; the image may be another one, and says its version in
 * its tag. Null: neither says it.
 */
export function declaredVersion({metadata, spec}: StatefulSet): string | null {
  const labelled = metadata.labels?.[labelKeys.version] ?? null;
  const image = databaseIn(spec.template?.spec.containers)?.image ?? '';
  const [, tag = ''] = /:([^/:@]+)(?:@|$)/.exec(image) ?? [];
  const tagged = postgresVersionOf(tag);
  return tagged === null || `${labelled}.`.startsWith(`${tagged}.`) ? labelled : tagged;
}
