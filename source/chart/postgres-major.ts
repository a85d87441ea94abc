// PostgreSQL's major versions: the files of one cannot be read by another, so no change may cross them.
import {cause, type Cause} from '../core/cause.ts';
import type {Images} from '../parameters/parameters.ts';
import {baseSystemOf, postgresVersionOf} from './image.ts';

/** `17.6` → 17; null when the text does not begin with a number. */
export function majorOf(version: string | null): number | null {
  const major = /^\d+/.exec(version ?? '')?.[0];
  return major === undefined ? null : Number(major);
}

export interface MajorGuard {
  readonly target: {readonly namespace: string; readonly release: string};
  /** What the server says; null when it could not be asked. */
  readonly running: string | null;
  readonly existing: Images;
  readonly desired: Images;
  /** The PostgreSQL version that the desired chart says it is for; empty when it does not. */
  readonly chartAppVersion: string;
}

/** Why the change is not allowed; null when it is. A tag that says no version is judged when the image is tried. */
export function majorProblem({target, running, existing, desired, chartAppVersion}: MajorGuard): Cause | null {
  const is = running ?? postgresVersionOf(existing.tag);
  const asked = desired.digest === null || desired.tag !== existing.tag ? postgresVersionOf(desired.tag) : null;
  if (is === null) return null;
  if (asked !== null && majorOf(asked) !== majorOf(is))
    return otherMajor(target, is, asked, `the image tag ${desired.tag}`);
  const chart = majorOf(chartAppVersion);
  return chart !== null && chart !== majorOf(is) ? otherMajor(target, is, chartAppVersion, 'the chart') : null;
}

/** Why one image may not follow the other: text would sort differently, and indexes on it would be wrong. */
export function collationProblem({target, existing, desired}: MajorGuard): Cause | null {
  const [is, asked] = [baseSystemOf(existing.tag), baseSystemOf(desired.tag)];
  if (is === null || asked === null || is === asked) return null;
  const {release, namespace} = target;
  return cause(
    'COLLATION_CHANGED',
    `${release} runs images of ${is}, and the image tag ${desired.tag} is of ${asked}, whose C library may sort text ` +
      'differently: indexes on text would then miss rows. Nothing was changed.',
    {
      object: {kind: 'Release', namespace, name: release},
      remedies: [
        {title: `Name a tag of ${is}`},
        {title: 'To move to the other system: install a release under another name, and restore a dump of this one'},
      ],
    },
  );
}

/** `source`: what brings the other version. */
export function otherMajor(
  {release, namespace}: MajorGuard['target'],
  is: string,
  asked: string,
  source: string,
): Cause {
  return cause(
    'VERSION_INCOMPATIBLE',
    `${release} runs PostgreSQL ${majorOf(is)} (${is}), and ${source} is of PostgreSQL ${majorOf(asked)} ` +
      `(${asked}). The files of one major version cannot be read by another. Nothing was changed.`,
    {
      object: {kind: 'Release', namespace, name: release},
      remedies: [
        {title: `Name a version of PostgreSQL ${majorOf(is)}`},
        {
          title:
            'To move to another major version: install a release under another name, and restore a dump of this ' +
            'one there',
        },
      ],
    },
  );
}

/**
 * Tags that may follow `running`: of the same major version and, where its tag says it, of the same base system. Newest
 * first; what has no version is left out.
 */
export function tagsThatMayFollow(tags: readonly string[], running: string): readonly string[] {
  const [major, system] = [majorOf(postgresVersionOf(running)), baseSystemOf(running)];
  return tags
    .filter(
      (tag) =>
        majorOf(postgresVersionOf(tag)) === major &&
        (system === null || baseSystemOf(tag) === system) &&
        !/\.sig$|\.att$|\.sbom$|-metadata$/.test(tag),
    )
    .sort(newestFirst);
}

/** Compares tags by their numbers from left to right: `17.6.0-debian-12-r4` comes before `-r0`. */
function newestFirst(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (right[at] ?? -1) - (left[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function numbersOf(tag: string): readonly number[] {
  return (tag.match(/\d+/g) ?? []).map(Number);
}

/** PostgreSQL's major version by the chart's own. Source: appVersion of charts 16.7.26, 17.1.0 and 18.8.11. */
const majorOfChart: Readonly<Record<number, number>> = {16: 17, 17: 17, 18: 18};

/** Versions of the chart for the same major version of PostgreSQL, newest first, without those of an unknown one. */
export function chartVersionsOfMajor(versions: readonly string[], major: number): readonly string[] {
  return versions
    .filter((version) => /^\d+\.\d+\.\d+$/.test(version) && majorOfChart[majorOf(version) ?? 0] === major)
    .sort(newestFirst);
}
