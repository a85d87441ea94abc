// The steps of an install, in an order that loses nothing: each looks first whether it is already done.
import {UserError, cause, type Cause} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {kubectl} from '../../commands/kubectl.ts';
import {sameValues} from '../../chart/same-values.ts';
import {isStale, keptSortingProblem} from '../../chart/collations.ts';
import {at} from '../../chart/tree.ts';
import {toValues, type Values} from '../../chart/values.ts';
import {clusterTimeOf} from '../../observation/cluster-time.ts';
import {numberIsHeldByOthers} from '../../observation/field-owners.ts';
import {missingObjects} from '../../observation/missing-objects.ts';
import {isReady, proofOf, viewOf} from '../../observation/release-view.ts';
import type {Snapshot, Target} from '../../observation/snapshot.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import type {Chart} from '../ports/helm.ts';
import type {Scope} from '../ports/index.ts';
import type {Step} from '../converge.ts';
import {certificateSteps} from './certificate-steps.ts';
import {metricsSteps} from './metrics-steps.ts';
import {writerWaits, type FirstValues} from './synchronous-steps.ts';
import {helmMayWorkMs, leavePending} from './leave-pending.ts';
import {secret, type DesiredSecret} from './secret-step.ts';
import {oncePerRun} from './once-per-run.ts';

export interface DesiredRelease {
  readonly chart: Chart;
  readonly values: Values;
  /** For helm's history. */
  readonly description?: string;
  readonly readReplicaCount: number;
}

export interface DesiredInstall extends DesiredRelease {
  readonly secret: DesiredSecret;
}

type InstallStep = Step<DesiredRelease>;
/** A step that the cluster does by itself: it is only waited for, also by a run that merely watches. */
type WaitingStep = Step<Pick<DesiredRelease, 'readReplicaCount'>>;

export const namespace: InstallStep = {
  name: 'namespace',
  done: (snapshot) => snapshot.namespace !== null || snapshot.release.revisions.length > 0 || snapshot.secret !== null,
  async run(ports) {
    await ports.createNamespace();
    return null;
  },
  command: (ports) => kubectl(ports.target, 'create', 'namespace', ports.target.namespace),
};

export const release: InstallStep = {
  name: 'release',
  done: isDeployedAsDesired,
  /**
   * A pending record younger than this may belong to a helm that is still at work, perhaps our own of a run that was
   * killed. The clock that wrote its time may be ahead of all others, so a run that has waited this long need not wait
   * longer.
   */
  holdBack(snapshot, _wanted, waitedMs) {
    const {newest} = viewOf(snapshot);
    if (!newest?.status.startsWith('pending')) return null;
    const age = clusterTimeOf(snapshot) - Date.parse(newest.updatedAt ?? '');
    return age < helmMayWorkMs && waitedMs < helmMayWorkMs ? 'helm may still be at work' : null;
  },
  async run(ports, {chart, values, description, readReplicaCount}, snapshot, signal) {
    const {newest} = viewOf(snapshot);
    if (!newest) {
      await ports.helm.install({chart, values}, signal);
      return null;
    }
    if (newest.status === 'pending-install' || newest.status === 'pending-rollback')
      return leavePending(ports, newest, newest.revision, signal);
    if (newest.status === 'pending-upgrade') {
      const {revisions} = snapshot.release;
      const good = revisions.findLast(({status}) => status === 'deployed' || status === 'superseded');
      // A failed install that was being completed by an upgrade goes on from there, like a pending install.
      const completes = revisions.some(({status, revision}) => status === 'failed' && revision < newest.revision);
      if (!good && !completes) throw new UserError(nowhereBack(newest.revision, ports));
      return leavePending(ports, newest, (good ?? newest).revision, signal);
    }
    await ports.helm.upgrade(
      {
        chart,
        values,
        forceConflicts: numberIsHeldByOthers(snapshot, readReplicaCount),
        ...(description === undefined ? {} : {description}),
      },
      signal,
    );
    return newest.status === 'deployed'
      ? null
      : `Revision ${newest.revision} was ${newest.status}. It was completed by a new one.`;
  },
  command: (ports, {chart}) => ports.helm.describe(chart),
};

/**
 * Installs with commits that wait for no readers: the first start of a database would wait for readers that cannot be
 * there yet.
 */
function firstRelease(first: FirstValues): InstallStep {
  return {
    ...release,
    done: (snapshot, desired) =>
      isDeployedAsDesired(snapshot, {...desired, ...first}) || isDeployedAsDesired(snapshot, desired),
    run: async (ports, desired, snapshot, signal) =>
      (await release.run?.(ports, {...desired, ...first}, snapshot, signal)) ?? null,
  };
}

const commits: InstallStep = {
  ...release,
  name: 'commits wait for readers',
  shownAs: {track: 'readers', text: 'commits are to wait for them'},
  run: async (ports, desired, snapshot, signal) => {
    const description = 'install, second step: commits wait for readers';
    return (await release.run?.(ports, {...desired, description}, snapshot, signal)) ?? null;
  },
  command: (ports, {chart}) => ports.helm.describe(chart, 'upgrade'),
};

/** Whether there is a settings file from the beginning: one that appears later is mounted only by a new pod. */
function hasSettingsFile(values: Values | null): boolean {
  return at(values, ['primary', 'extendedConfiguration']) !== undefined;
}

export const storage: WaitingStep = {
  name: 'storage',
  done: (snapshot, {readReplicaCount}) =>
    viewOf(snapshot).claims.filter(({status}) => status?.phase === 'Bound').length >= 1 + readReplicaCount ||
    (proofOf(snapshot, 'writer') !== null && viewOf(snapshot).streaming >= readReplicaCount),
};

export const writer: WaitingStep = {
  name: 'writer',
  done: (snapshot) => isReady(viewOf(snapshot).writerPod),
};

/**
 * Once in a run, rebuilds what the libraries of another image sorted, where a volume was kept: the writer has this
 * image now, and the readers copy what it has.
 */
function rebuildKeptIndexes(): InstallStep {
  return oncePerRun({
    name: 'indexes of before',
    shownAs: {track: 'writer', text: 'indexes on text are looked at'},
    async run(ports, _desired, _snapshot, signal) {
      const sorting = await ports.sorting();
      if (sorting === null) {
        return `How ${ports.target.release} sorts text could not be asked: doctor asks again.`;
      }
      const problem = keptSortingProblem({target: ports.target}, sorting);
      if (problem) throw new UserError(problem);
      const stale = sorting.texts.filter(isStale);
      await ports.rebuildIndexes(stale, signal);
      const indexes = stale.reduce((sum, {objects}) => sum + objects, 0);
      if (indexes === 0) return null;
      const [what, were] = indexes === 1 ? ['1 index', 'was'] : [`${indexes} indexes`, 'were'];
      return `${what} on text ${were} sorted by another version of the system's libraries, and ${were} rebuilt.`;
    },
  });
}

export const readers: WaitingStep = {
  name: 'readers',
  done: (snapshot, {readReplicaCount}) => viewOf(snapshot).streaming >= readReplicaCount,
};

export const endpoints: WaitingStep = {
  name: 'endpoints',
  done: (snapshot, {readReplicaCount}) =>
    proofOf(snapshot, 'writer') !== null && (readReplicaCount === 0 || proofOf(snapshot, 'reader') !== null),
};

/**
 * The steps after the Lease is taken, which needs the namespace first.
 * @param isProven whether an earlier run came to its end, and so has proven the release
 * @param keepsData whether the writer gets a volume that was there before the release
 */
export function installSteps(
  parameters: Parameters,
  target: Target,
  {isProven, keepsData, now}: {readonly isProven: boolean; readonly keepsData: boolean; readonly now: () => number},
): readonly Step<DesiredInstall>[] {
  const {readReplicaCount, synchronousReplicas = 0} = parameters;
  const waits = synchronousReplicas > 0;
  const values = waits ? toValues({...parameters, synchronousReplicas: 0}, target) : null;
  const inPlaceSupport = {mayResize: false, nodeLabels: null, mayReload: hasSettingsFile(values)};
  const certificate = certificateSteps(parameters, target);
  const metrics = metricsSteps(parameters.metrics, {isProven, mayBeThere: false});
  return [
    secret,
    ...metrics.before,
    ...certificate.before,
    values === null ? release : firstRelease({values, readReplicaCount}),
    storage,
    writer,
    ...(keepsData && !isProven ? [rebuildKeptIndexes()] : []),
    ...metrics.role,
    readers,
    ...(waits ? [commits, ...writerWaits({target, readReplicaCount, synchronousReplicas, inPlaceSupport, now})] : []),
    ...certificate.after,
    endpoints,
    ...metrics.after,
  ];
}

function nowhereBack(revision: number, {target}: Scope): Cause {
  return cause(
    'RELEASE_LOCKED',
    `Revision ${revision} of ${target.release} is pending-upgrade and no earlier one was ever deployed, so there ` +
      'is none to go back to. Nothing was changed.',
    {
      remedies: [
        propose('Remove the release, its data and password stay, then install again', {
          kind: 'uninstall',
          ...releaseRef(target),
          deleteData: false,
          dumpTo: null,
        }),
      ],
    },
  );
}

function isDeployedAsDesired(snapshot: Snapshot, desired: DesiredRelease): boolean {
  const {revisions, values} = snapshot.release;
  const newest = revisions.at(-1);
  return (
    newest?.status === 'deployed' &&
    newest.chartVersion === desired.chart.version &&
    sameValues(values, desired.values) &&
    !isDrifted(snapshot, desired.readReplicaCount)
  );
}

/**
 * Whether somebody scaled a StatefulSet without helm, whose record then says another number than the cluster has, or
 * deleted what helm made.
 */
export function isDrifted(snapshot: Snapshot, readReplicaCount: number): boolean {
  const {writerSet, readerSet} = viewOf(snapshot);
  return (
    missingObjects(snapshot).length > 0 ||
    (writerSet !== null && writerSet.spec.replicas !== 1) ||
    (readerSet !== null && (readerSet.spec.replicas ?? 0) !== readReplicaCount)
  );
}
