// The way back from an adoption: the commands that make the release one of plain helm again, and what limits them.
// Helm makes it of the values that were in force before; what ours has changed since is said beside it.
import {at, textAt, type Path, type Values} from '../chart/tree.ts';
import {propose} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import type {Remedy} from '../core/cause.ts';
import {objectNames} from '../chart/names.ts';
import {kubectlHere} from '../commands/kubectl.ts';
import {helm, listed} from '../observation/checks/messages.ts';
import type {StatefulSet} from '../observation/kubernetes.ts';
import type {Revision, Target} from '../observation/snapshot.ts';
import {dataSizeOf} from '../observation/storage.ts';
import {isStartedByUs} from '../parameters/image-source.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {compareQuantities} from '../parameters/quantity.ts';
import {isRecordedAsApplied} from './recorded-as-applied.ts';

/** What has changed since the adoption, as far as it concerns the way back. */
export interface ChangedSince {
  /** Keys of the Secret that the chart reads again, whose passwords are not those of the database any more. */
  readonly oldPasswords: readonly string[];
  /** Paths in the values of before whose passwords are not those of the database any more. */
  readonly oldValues: readonly string[];
  /** Disks that have grown: the path of the chart's value, and the size now. */
  readonly grown: readonly {readonly path: string; readonly size: string}[];
  /** Whether the server's image is one that the chart cannot start. */
  readonly isOtherImage: boolean;
}

export const nothingChanged: ChangedSince = {oldPasswords: [], oldValues: [], grown: [], isOtherImage: false};

/** Charts 11 to 16.7.26, values.yaml: primary.persistence.size, readReplicas.persistence.size. */
const usualSize = '8Gi';

/**
 * The newest good revision before the latest adoption; null: there was none, or helm has forgotten it.
 * @param revisions opened, the oldest first
 */
export function beforeAdoption(revisions: readonly Revision[]): Revision | null {
  const adopted = revisions.findLastIndex(isAdoption);
  const earlier = revisions.slice(0, Math.max(0, adopted));
  return earlier.findLast(({status}) => status === 'deployed' || status === 'superseded') ?? null;
}

/** What is told where helm remembers an adoption, and nothing from before; empty where it remembers no adoption. */
export function forgottenWayBack(revisions: readonly Revision[]): readonly Remedy[] {
  if (beforeAdoption(revisions) !== null || !revisions.some(isAdoption)) return [];
  return [
    {
      title:
        'Helm has forgotten what was before (it keeps ten revisions): the way back needs a copy of the values, and ' +
        'helm upgrade with the chart of before',
    },
  ];
}

function isAdoption({description}: Revision): boolean {
  return /^adopt( |$)/.test(description);
}

/** @param values those of the revision to which it goes back */
export function grownSince(values: Values, sets: readonly StatefulSet[], target: Target): ChangedSince['grown'] {
  const {writer, reader} = objectNames(target);
  return (
    [
      [writer, 'primary'],
      [reader, 'readReplicas'],
    ] as const
  ).flatMap(([name, component]) => {
    const set = sets.find(({metadata}) => metadata.name === name);
    const size = set && dataSizeOf(set);
    const was = sizeIn(values, [component, 'persistence', 'size']);
    const isThere = name === writer || at(values, ['architecture']) === 'replication';
    const isGrown = size !== undefined && isThere && compareQuantities(size, was) > 0;
    return isGrown ? [{path: `${component}.persistence.size`, size}] : [];
  });
}

const passwordPaths = {
  user: ['auth.password', 'global.postgresql.auth.password'],
  admin: ['auth.postgresPassword', 'global.postgresql.auth.postgresPassword'],
  replication: ['auth.replicationPassword'],
} as const;

/**
 * Where the values of before have passwords that would take the place of those in the Secret.
 * @param now what the database has; one that is not known counts as another
 */
export function oldValuesIn(
  values: Values,
  now: Readonly<Partial<Record<keyof typeof passwordPaths, string>>>,
): ChangedSince['oldValues'] {
  return (['user', 'admin', 'replication'] as const).flatMap((role) =>
    passwordPaths[role].filter((path) => {
      const was = at(values, path.split('.'));
      const password = typeof was === 'string' || typeof was === 'number' ? String(was) : '';
      return password !== '' && password !== now[role];
    }),
  );
}

function sizeIn(values: Values, path: Path): string {
  return textAt(values, path) || usualSize;
}

/** Images that our script starts know nothing of the chart's own start. */
export function hasOtherImage(now: Parameters | null): boolean {
  return now !== null && isStartedByUs(now.images.source);
}

/** The steps in order, each with its command, to be pasted; the first words say what limits the way. */
export function wayBack(target: Target, revision: Revision, changed: ChangedSince): readonly Remedy[] {
  const before = [...otherImage(target, changed), ...oldPasswords(target, changed)];
  return [
    ...before,
    ...(isRecordedAsApplied(revision) ? rollback(target, changed) : upgrade(target, revision, changed)),
  ];
}

function upgrade(target: Target, {revision, chartVersion}: Revision, changed: ChangedSince): readonly Remedy[] {
  const {grown, oldValues} = changed;
  const {release} = target;
  const sizes = grown.flatMap(({path, size}) => ['--set', `${path}=${size}`]);
  const keeps = grown.length === 0 ? '' : ', and grown disks keep their size';
  // Empty is the chart's own default: it then takes what its Secret has.
  const passwords = oldValues.flatMap((path) => ['--set', `${path}=`]);
  const without =
    oldValues.length === 0
      ? ''
      : `; without ${listed(oldValues)} of before.yaml, because the database has other passwords now`;
  return [
    {
      title: `The way back: save the values of revision ${revision} as long as helm remembers them (ten revisions)`,
      command: `${helm(target, 'get', 'values', release, '--revision', String(revision), '-o', 'yaml')} > before.yaml`,
    },
    {
      title:
        'Then apply them, with the chart from where it came (CHART). The writer restarts; the data stays as it is ' +
        `now${keeps}; readers that came since go, their volumes stay${without}`,
      command: helm(
        target,
        ...['upgrade', release, 'CHART', '--version', chartVersion, '-f', 'before.yaml'],
        ...sizes,
        ...passwords,
      ),
    },
  ];
}

/** Helm's record of what kubectl applied is of all objects as they were, so that no chart is needed. */
function rollback(target: Target, {grown}: ChangedSince): readonly Remedy[] {
  if (grown.length > 0)
    return [
      {
        title:
          'There is no way back by helm any more: disks have grown, and Kubernetes refuses the StatefulSets of before',
      },
    ];
  return [
    {
      title:
        'The way back: have helm apply the objects as kubectl had applied them. The writer restarts; the data stays',
      command: helm(target, 'rollback', target.release, '1'),
    },
  ];
}

/** Whoever reads the chart's Secret would be locked out: the chart makes no new passwords where a Secret is there. */
function oldPasswords(target: Target, {oldPasswords: keys}: ChangedSince): readonly Remedy[] {
  if (keys.length === 0) return [];
  const {secret} = objectNames(target);
  const pairs = keys.map((key) => `"${key}":"{{index .data "${key}"}}"`).join(',');
  const read = kubectlHere(target, 'get', 'secret', secret, '-o', `go-template={"data":{${pairs}}}`);
  const write = kubectlHere(target, 'patch', 'secret', target.fullname, '--patch-file', '/dev/stdin');
  return [
    {
      title:
        `First give Secret ${target.fullname}, which the chart reads again, the passwords that the database has now: ` +
        `${listed(keys)} ${keys.length === 1 ? 'has' : 'have'} changed since`,
      command: `${read} | ${write}`,
    },
  ];
}

function otherImage(target: Target, {isOtherImage}: ChangedSince): readonly Remedy[] {
  if (!isOtherImage) return [];
  return [
    propose('First go back to an image of the chart with upgrade --image-source; history shows the one of before', {
      kind: 'history',
      ...releaseRef(target),
    }),
  ];
}
