// The chart values that the installer decides itself, and the flag to use instead of setting one.
import {badInput} from '../core/cause.ts';
import {isObject, leaves} from './tree.ts';
import type {Path, Values} from './tree.ts';

export interface OwnedPath {
  readonly path: Path;
  /** Null: no flag changes it, the installer needs it as it is. */
  readonly flag: string | null;
}

const own = (flag: string | null, ...paths: readonly string[]): OwnedPath[] =>
  paths.map((path) => ({path: path.split('.'), flag}));
/** The same value of the writer and of the readers. */
const ownBoth = (flag: string | null, ...paths: readonly string[]): OwnedPath[] =>
  ['primary', 'readReplicas'].flatMap((component) => own(flag, ...paths.map((path) => `${component}.${path}`)));
const ownKeys = (flag: string | null, under: string, ...keys: readonly string[]): OwnedPath[] =>
  keys.map((key) => ({path: [...under.split('.'), key], flag}));

export const annotation = {
  hostname: 'external-dns.alpha.kubernetes.io/hostname',
  awsInternal: 'service.beta.kubernetes.io/aws-load-balancer-internal',
  awsScheme: 'service.beta.kubernetes.io/aws-load-balancer-scheme',
  azureInternal: 'service.beta.kubernetes.io/azure-load-balancer-internal',
  gcpType: 'networking.gke.io/load-balancer-type',
} as const;
const internalAnnotations = [
  annotation.awsInternal,
  annotation.awsScheme,
  annotation.azureInternal,
  annotation.gcpType,
];
const selectorLabels = ['app.kubernetes.io/name', 'app.kubernetes.io/instance', 'app.kubernetes.io/component'];
const imageKeys = (image: string): string[] =>
  ['registry', 'repository', 'pullSecrets'].map((key) => `${image}.${key}`);

/** The first entry that matches names the flag. What no entry matches may be set with --values. */
export const ownedPaths: readonly OwnedPath[] = [
  // Names and kind of the objects: everything else finds them by these, and a change moves the volumes.
  ...own(
    null,
    'architecture',
    'fullnameOverride',
    'nameOverride',
    'namespaceOverride',
    'global.postgresql',
    'primary.name',
    'readReplicas.name',
  ),
  ...['commonLabels', 'primary.podLabels', 'readReplicas.podLabels'].flatMap((under) =>
    ownKeys(null, under, ...selectorLabels),
  ),
  ...own('--username', 'auth.username'),
  ...own('--database', 'auth.database'),
  ...own('--password-file', 'auth.password', 'auth.postgresPassword', 'auth.replicationPassword'),
  ...own(null, 'auth'),
  // They would write passwords into helm's record.
  ...own(null, 'passwordUpdateJob', 'serviceBindings', 'ldap.bindpw', 'ldap.bind_password', 'primary.initdb.password'),
  ...own(
    '--image-source',
    'global.imageRegistry',
    ...imageKeys('image'),
    ...imageKeys('metrics.image'),
    ...imageKeys('volumePermissions.image'),
  ),
  ...own('--image-tag', 'image.tag'),
  ...own('--image-digest', 'image.digest'),
  ...own('--pull-secret', 'global.imagePullSecrets'),
  ...own(null, 'global.security'),
  ...own('--storage-class', 'global.storageClass', 'global.defaultStorageClass'),
  ...ownBoth('--storage-class', 'persistence.storageClass'),
  ...ownBoth('--storage-size', 'persistence.size'),
  // They decide where the data is and whether it stays.
  ...ownBoth(
    null,
    'persistence.enabled',
    'persistence.existingClaim',
    'persistence.volumeName',
    'persistence.mountPath',
    'persistence.subPath',
    'persistentVolumeClaimRetentionPolicy',
  ),
  ...own(null, 'postgresqlDataDir', 'diagnosticMode', 'primary.standby'),
  ...own('--read-replicas', 'readReplicas.replicaCount'),
  ...own('--synchronous-replicas', 'replication'),
  ...ownBoth('--cpu and --memory', 'resources', 'resourcesPreset'),
  ...ownBoth('--instance-type', 'nodeSelector', 'nodeAffinityPreset'),
  ...ownBoth('--spread', 'affinity', 'podAffinityPreset', 'podAntiAffinityPreset'),
  ...ownBoth(
    null,
    'updateStrategy',
    'startupProbe',
    'customStartupProbe',
    'readinessProbe',
    'customReadinessProbe',
    'lifecycleHooks',
  ),
  ...own(null, 'containerPorts.postgresql'),
  ...ownBoth(null, 'service.ports'),
  ...ownBoth('--exposure', 'service.type'),
  ...ownBoth('--allow-from', 'service.loadBalancerSourceRanges'),
  ...['primary', 'readReplicas'].flatMap((component) => [
    ...ownKeys('--hostname', `${component}.service.annotations`, annotation.hostname),
    ...ownKeys('--internal', `${component}.service.annotations`, ...internalAnnotations),
  ]),
];

const isPrefix = (prefix: Path, path: Path): boolean =>
  prefix.length <= path.length && prefix.every((key, index) => path[index] === key);

/**
 * Throws UserError BAD_INPUT for an extra value at, above or below an owned path, and for one that looks like a
 * password. `source`: the file they are from.
 */
export function checkExtraValues(extra: Values, source = 'Extra values'): void {
  for (const {path} of leaves(extra)) {
    const name = path.join('.');
    const owned = ownedPaths.find((candidate) => isPrefix(candidate.path, path));
    if (owned !== undefined) {
      throw badInput(
        `${source}: ${name} may not be set here: ` +
          `${owned.flag === null ? 'the installer needs it as it is' : `use ${owned.flag} instead`}.`,
      );
    }
    const covered = ownedPaths.find((candidate) => isPrefix(path, candidate.path));
    if (covered !== undefined) {
      throw badInput(
        `${source}: all of ${name} may not be replaced, because the installer sets ` +
          `${covered.path.join('.')}${covered.flag === null ? '' : ` (${covered.flag})`}. Give only the keys below ` +
          'it that you want to add.',
      );
    }
  }
  refusePasswords(extra, [], source);
}

/** helm keeps values in clear text in its record. */
function refusePasswords(value: unknown, path: Path, source: string): void {
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
