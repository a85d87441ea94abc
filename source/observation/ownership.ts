// Whether a release is ours to change; and if it is not, what it is and how its owner goes on with it.
import {cause, type Cause, type Remedy} from '../core/cause.ts';
import {adoptAsIs, releaseRef} from '../commands/operation.ts';
import {propose} from '../commands/command-line.ts';
import {databaseChart, objectNames} from '../chart/names.ts';
import {managedByUs} from '../chart/own-marks.ts';
import {isOfInstaller, restartsOnDelete} from '../chart/naming-values.ts';
import {differenceText, ownedDifferences, readBackDifferences, type ValueDifference} from '../chart/read-back.ts';
import {at} from '../chart/tree.ts';
import type {Values} from '../chart/values.ts';
import {kubectlHere} from '../commands/kubectl.ts';
import {helm, listed, object} from './checks/messages.ts';
import type {ReleaseState, Revision, Snapshot, Target} from './snapshot.ts';

type Ownership =
  /** Helm has no record of it, or only its history: there is nothing that somebody else could own. */
  | {readonly kind: 'none'}
  | {readonly kind: 'ours'}
  | {readonly kind: 'other chart'; readonly newest: Revision; readonly holdsPostgres: boolean}
  | {readonly kind: 'plain helm'; readonly newest: Revision}
  /** Installed by us; since then somebody's plain helm has set what we would take back. */
  | {readonly kind: 'changed'; readonly newest: Revision; readonly differences: readonly ValueDifference[]};

export interface Held {
  readonly target: Target;
  readonly release: ReleaseState;
  /** Whether it has StatefulSets of PostgreSQL on the cluster. */
  readonly holdsPostgres: boolean;
}

/** The newest revision before the newest one that was ours to change. */
export interface RecordedRevision {
  readonly revision: number;
  /** Nothing was deployed since. */
  readonly isDeployed: boolean;
  readonly values: Values;
}

/** Judged by the newest record, whatever became of it, because helm goes on from that one. */
export function ownershipOf({target, release, holdsPostgres}: Held): Ownership {
  const newest = release.revisions.at(-1);
  if (newest === undefined) return {kind: 'none'};
  const values = release.values ?? {};
  if (newest.chartName !== databaseChart)
    return {kind: 'other chart', newest, holdsPostgres: holdsPostgres || at(values, [databaseChart]) !== undefined};
  // Helm keeps the name and its history; nothing of it is there that could be changed.
  if (newest.status === 'uninstalled') return {kind: 'none'};
  return ofDatabase(values, target, newest);
}

function ofDatabase(values: Values, target: Target, newest: Revision): Ownership {
  const differences = readBackDifferences(values, target);
  const isWrittenHere = isOfInstaller(values, target);
  if (differences?.length === 0 && isWrittenHere) return {kind: 'ours'};
  // A Secret that was given says nothing of who wrote the values.
  const isPlain = differences === null || (target.given?.secret !== undefined && !restartsOnDelete(values));
  if (!isWrittenHere && isPlain) return {kind: 'plain helm', newest};
  return {kind: 'changed', newest, differences: differences ?? []};
}

/**
 * Whether what is there without a release was left by an uninstall of ours, whose Secret stays with the data. Somebody
 * else may have made the Secret, but a database that it remembers was written into it by us.
 */
export function isLeftByUs({secret, operation}: Pick<Snapshot, 'secret' | 'operation'>): boolean {
  return secret?.ours === true || (secret?.systemIdentifier ?? null) !== null || operation !== null;
}

/**
 * NOT_OURS with the ways to go on; null where the release is ours, or there is none. `chart`: where helm is told to
 * take the chart from.
 */
export function notOurs(held: Held, earlier: RecordedRevision | null, chart: string): Cause | null {
  const ownership = ownershipOf(held);
  switch (ownership.kind) {
    case 'none':
    case 'ours':
      return null;
    case 'other chart':
      return otherChart(held.target, ownership);
    case 'plain helm':
      return plainHelm(held.target, ownership, earlier, chart);
    case 'changed':
      return changed(held, ownership, earlier, chart);
  }
}

function otherChart(target: Target, {newest, holdsPostgres}: Extract<Ownership, {kind: 'other chart'}>): Cause {
  const what = holdsPostgres ? ', an application with PostgreSQL inside' : '';
  return cause(
    'NOT_OURS',
    `Release ${target.release} in namespace ${target.namespace} is a release of the chart ${newest.chartName} ` +
      `${newest.chartVersion}${what}. pg-helm-install changes and removes only what it installed. ` +
      'Nothing was changed.',
    {
      object: object('Release', target, target.release),
      remedies: [
        ...(holdsPostgres ? [detachment(target)] : []),
        {title: 'See all that belongs to it', command: helm(target, 'get', 'manifest', target.release)},
        {
          title: `Change it with the chart ${newest.chartName} and helm. To remove all of it, not the database alone`,
          command: helm(target, 'uninstall', target.release),
        },
      ],
    },
  );
}

function detachment(target: Target): Remedy {
  return propose('Take the database out of it, as a release of its own; the plan says how, and what it risks', {
    ...adoptAsIs(releaseRef(target)),
    detach: true,
  });
}

function plainHelm(
  target: Target,
  {newest}: Extract<Ownership, {kind: 'plain helm'}>,
  earlier: RecordedRevision | null,
  chart: string,
): Cause {
  const complete: Remedy = {
    title: 'When no helm is at work on it any more, complete it',
    command: helm(target, 'rollback', target.release, String(newest.revision)),
  };
  return cause(
    'NOT_OURS',
    `Release ${target.release} in namespace ${target.namespace} is PostgreSQL by plain helm: its values are not of ` +
      'the shape that pg-helm-install writes, so what it would lose is not known. Nothing was changed.',
    {
      object: object('Release', target, target.release),
      remedies: [
        ...(earlier ? withRollbackRemedy(target, newest, earlier, chart) : []),
        ...(newest.status.startsWith('pending') ? [complete] : []),
        ...(newest.status === 'deployed' ? [adoption(target)] : []),
        propose('See its values', {kind: 'values', ...releaseRef(target)}),
        {
          title: 'Go on with helm. To remove it; the volumes stay, a Secret that the chart made goes',
          command: helm(target, 'uninstall', target.release),
        },
      ],
    },
  );
}

/** Nothing of it changes before it is shown and confirmed. */
function adoption(target: Target): Remedy {
  return propose('Take it over, with its data, names and passwords as they are', adoptAsIs(releaseRef(target)));
}

function changed(
  {target, release}: Held,
  {newest, differences}: Extract<Ownership, {kind: 'changed'}>,
  earlier: RecordedRevision | null,
  chart: string,
): Cause {
  const found =
    differences.length === 0 && earlier ? ownedDifferences(release.values ?? {}, earlier.values) : differences;
  const texts = found.map(differenceText);
  const told = texts.length === 0 ? '' : ` ${listed(texts.slice(0, 3))}${texts.length > 3 ? ', and more' : ''}.`;
  return cause(
    'NOT_OURS',
    `Somebody's helm changed ${target.release} in namespace ${target.namespace} in values that pg-helm-install ` +
      `decides (revision ${newest.revision}, ${newest.status}).${told} Going on would take that back, and the ` +
      'database could end up on another volume or folder. Nothing was changed.',
    {
      object: object('Release', target, target.release),
      evidence: texts,
      remedies: [
        ...(earlier
          ? withRollbackRemedy(target, newest, earlier, chart)
          : [{title: `Set these values back with helm upgrade, chart postgresql ${newest.chartVersion}`}]),
        {title: 'Or leave it as it is and go on with helm', command: helm(target, 'history', target.release)},
      ],
    },
  );
}

/**
 * The one command with which helm makes it ours again. Seen with helm 3.18 and 4.1: after a revision that failed, a
 * rollback looks for the objects of the older one in the failed manifest and fails where they are not in it, while an
 * upgrade goes by the revision that is deployed, and takes its values with --reuse-values.
 */
function withRollbackRemedy(
  target: Target,
  newest: Revision,
  {revision, isDeployed}: RecordedRevision,
  chart: string,
): readonly Remedy[] {
  const {release} = target;
  if (newest.status === 'failed' && isDeployed)
    return [
      {
        title:
          `Have helm bring back the values of revision ${revision}, which is still deployed; then run the same ` +
          'command again',
        command: helm(target, 'upgrade', release, chart, '--version', newest.chartVersion, '--reuse-values'),
      },
    ];
  const back: Remedy = {
    title:
      `Go back to revision ${revision}, the last one of pg-helm-install, then run the same command again. What was ` +
      'written to another volume or folder since stays there, and is not in the database then',
    command: helm(target, 'rollback', release, String(revision)),
  };
  if (newest.status === 'deployed') return [back];
  return [
    back,
    propose('Where helm says that the rollback failed, finish it', {kind: 'recover', ...releaseRef(target)}),
  ];
}

/** Volumes of the release's names without a release, a Secret or an operation of ours: somebody else's data. */
export function notOurVolumes({
  claims,
  target,
  secret,
  unreadable,
}: Pick<Snapshot, 'claims' | 'target' | 'secret' | 'unreadable'>): Cause {
  const names = claims.map(({metadata}) => metadata.name);
  const {secret: name} = objectNames(target);
  const label = `${managedByUs.key}=${managedByUs.value}`;
  const why = secret
    ? `is not labelled as ours (${label})`
    : unreadable.includes('secrets')
      ? 'may not be read'
      : 'is not there';
  return cause(
    'NOT_OURS',
    `There is no release ${target.release} in namespace ${target.namespace}, and nothing says that ` +
      `${listed(names)} ${names.length === 1 ? 'was' : 'were'} left by pg-helm-install: its Secret ${name} ` +
      `${why}. Nothing was deleted.`,
    {
      object: object('PersistentVolumeClaim', target, names[0] ?? ''),
      remedies: [
        {title: 'Look at what is there', command: kubectlHere(target, 'describe', 'pvc', ...names)},
        ...(secret
          ? [
              {
                title: 'When it is the Secret of this database, label it, and run the same command: it goes too then',
                command: kubectlHere(target, 'label', 'secret', name, label),
              },
            ]
          : []),
        {
          title: 'Delete the volumes, when they are yours. The data on them is gone for good',
          command: kubectlHere(target, 'delete', 'pvc', ...names),
        },
      ],
    },
  );
}
