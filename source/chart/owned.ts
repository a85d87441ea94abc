// The chart values that the installer decides itself, and the flag to use instead of setting one.
import {labelKeys} from './names.ts';
import {badInput} from '../core/cause.ts';
import {components, owned, ownedInBoth, ownedKeys, type OwnedPath} from './parameters/chart-parameter.ts';
import {parameterPaths} from './parameters/index.ts';
import {isObject, leaves, type Path, type Values} from './tree.ts';

const selectorLabels = [labelKeys.name, labelKeys.instance, labelKeys.component];

/**
 * Names and kind of the objects. Everything else finds the objects by these, and changing one would move the volumes.
 */
const identity: readonly OwnedPath[] = [
  ...owned(
    null,
    'architecture',
    'fullnameOverride',
    'nameOverride',
    'namespaceOverride',
    'global.postgresql',
    ...components.map((component) => `${component}.name`),
  ),
  ...['commonLabels', ...components.map((component) => `${component}.podLabels`)].flatMap((under) =>
    ownedKeys(null, under, ...selectorLabels),
  ),
  ...owned(null, 'containerPorts.postgresql'),
  ...ownedInBoth(null, 'service.ports'),
];

const credentials: readonly OwnedPath[] = [
  ...owned('--password-file', 'auth.password', 'auth.postgresPassword', 'auth.replicationPassword'),
  ...owned(null, 'auth'),
  // These would write passwords into helm's record.
  ...owned(
    null,
    'passwordUpdateJob',
    'serviceBindings',
    'ldap.bindpw',
    'ldap.bind_password',
    'primary.initdb.password',
  ),
];

const settings: readonly OwnedPath[] = [
  // These decide where the data is and whether it stays.
  ...ownedInBoth(
    null,
    'persistence.enabled',
    'persistence.existingClaim',
    'persistence.volumeName',
    'persistence.mountPath',
    'persistence.subPath',
    'persistentVolumeClaimRetentionPolicy',
  ),
  ...owned(null, 'postgresqlDataDir', 'diagnosticMode', 'primary.standby'),
  ...owned(null, 'replication'),
  ...ownedInBoth(
    null,
    'updateStrategy',
    'startupProbe',
    'customStartupProbe',
    'readinessProbe',
    'customReadinessProbe',
    'lifecycleHooks',
  ),
];

/** The first entry that matches names the flag. What no entry matches may be set with --values. */
export const ownedPaths: readonly OwnedPath[] = [...identity, ...parameterPaths(), ...credentials, ...settings];

const isPrefix = (prefix: Path, path: Path): boolean =>
  prefix.length <= path.length && prefix.every((key, index) => path[index] === key);

/** The message names at most this many values; a file with many more is the chart's own values.yaml. */
const maxNamed = 12;

/**
 * Throws UserError BAD_INPUT for extra values at, above or below an owned path, all of them at once, and for one that
 * looks like a password. `source`: the file they are from.
 */
export function checkExtraValues(extra: Values, source = 'Extra values'): void {
  const problems = leaves(extra).flatMap(({path}) => problemOf(path) ?? []);
  const [first] = problems;
  if (first && problems.length === 1) throw badInput(`${source}: ${first.sentence}`);
  if (first) {
    const named = problems.slice(0, maxNamed).map(({name, why}) => `${name} (${why})`);
    const more = problems.length - named.length;
    const whole =
      more > maxNamed
        ? " It looks like the chart's whole values.yaml: give only what is to differ from it, without these."
        : '';
    throw badInput(
      `${source}: ${problems.length} values may not be set here: ${named.join('; ')}` +
        `${more > 0 ? `; and ${more} more` : ''}.${whole}`,
    );
  }
  refusePasswords(extra, [], source);
}

interface Problem {
  readonly name: string;
  /** The short form, in brackets behind the name. */
  readonly why: string;
  readonly sentence: string;
}

function problemOf(path: Path): Problem | null {
  const name = path.join('.');
  const owner = ownedPaths.find((candidate) => isPrefix(candidate.path, path));
  if (owner !== undefined) {
    const why = owner.flag === null ? 'the installer needs it as it is' : `use ${owner.flag} instead`;
    return {name, why, sentence: `${name} may not be set here: ${why}.`};
  }
  const covered = ownedPaths.find((candidate) => isPrefix(path, candidate.path));
  if (covered === undefined) return null;
  const sets = `${covered.path.join('.')}${covered.flag === null ? '' : ` (${covered.flag})`}`;
  return {
    name,
    why: `the installer sets ${sets}`,
    sentence:
      `all of ${name} may not be replaced, because the installer sets ${sets}. Give only the keys below it that you ` +
      'want to add.',
  };
}

/** @throws UserError BAD_INPUT for an extra value at or below a path that a parameter excludes, or in its place */
export function refuseExcluded(extra: Values, excluded: readonly OwnedPath[]): void {
  for (const {path, flag} of excluded) {
    const other = leaves(extra).find((leaf) => isPrefix(path, leaf.path) || isPrefix(leaf.path, path));
    if (other !== undefined)
      throw badInput(
        `${other.path.join('.')} of the extra values contradicts ${flag}. Leave one of them out: that value of ` +
          `--values, or ${flag}.`,
      );
  }
}

/** Values under such keys are names and paths, such as where a secret is to be fetched from. */
const describing = /annotations$|labels$/i;

/** Refuses what looks like a password, because helm keeps values in clear text in its record. */
function refusePasswords(value: unknown, path: Path, source: string): void {
  if (describing.test(path.at(-1) ?? '')) return;
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [String(index), item])
    : isObject(value)
      ? Object.entries(value)
      : [];
  for (const [key, item] of entries) {
    const where = [...path, key];
    if (typeof item === 'string' && item !== '' && /(password|passwd|pwd)$/i.test(key)) {
      throw badInput(
        `${source}: ${where.join('.')} looks like a password, and helm would keep it in clear text. Put it into ` +
          'a Secret of your own and name that.',
      );
    }
    refusePasswords(item, where, source);
  }
}
