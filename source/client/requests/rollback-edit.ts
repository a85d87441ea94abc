// Which revision a rollback goes to, and what of that revision can be desired again.
import {badInput, cause, UserError} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {databaseChart, objectNames, selectorOf} from '../../chart/names.ts';
import {readBackDifferences} from '../../chart/read-back.ts';
import {fromValues, type Values} from '../../chart/values.ts';
import type {Api} from '../../cluster/api.ts';
import {readLease} from '../../cluster/lease.ts';
import {paths} from '../../cluster/paths.ts';
import {ifAllowed} from '../../cluster/readable.ts';
import {readHistory, readRevision} from '../../cluster/releases.ts';
import {readSteering} from '../../cluster/steering.ts';
import {toTheSecond} from '../../core/time.ts';
import type {StatefulSet} from '../../observation/kubernetes.ts';
import type {OperationRecord, Revision, Target} from '../../observation/snapshot.ts';
import {betweenMark} from '../../plan/restart-order.ts';
import {heldIn, ownershipRefusal} from '../../operations/ownership.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {rollBack} from '../../plan/rollback.ts';
import {revertedThere} from '../../plan/steering.ts';
import type {Edit} from './edits.ts';
import {notFound} from '../questions/existing-release.ts';
import {wayBackTo} from './way-back.ts';

/**
 * A rollback is an upgrade with the old revision's chart and its values, adjusted; never `helm rollback`. That would
 * put back the manifest as it was: a smaller disk in the StatefulSet, which Kubernetes refuses for good, and without
 * what older versions of ours did not set yet. It would also do nothing for the pods, which would stay broken.
 *
 * The revision is chosen only once: a rollback that was begun and not finished goes on to the same one, because what
 * helm has recorded since would make another revision the newest before the newest.
 * @param asked null: the newest good one before the newest. @throws UserError RELEASE_NOT_FOUND, BAD_INPUT, NOT_OURS
 */
export async function rolledBack(api: Api, target: Target, asked: number | null): Promise<Edit> {
  const {revisions, newest, operation, ...now} = await ownHistory(api, target);
  if (operation?.kind === 'rollback' && operation.wanted && isSame(asked, operation.wanted.rollbackTo))
    return continued(operation, operation.wanted, target);
  const last = revisionIn(newest);
  if (asked === null && operation === null && last !== null) return repeated(newest, last, target);
  const revision = chosen(revisions, asked, target);
  return begun(revision, await parametersOf(api, target, revision, now));
}

/** What helm and the Lease remember of a release. */
interface History {
  /** In order, the oldest first. */
  readonly revisions: readonly Revision[];
  readonly newest: Revision;
  readonly operation: OperationRecord | null;
  readonly sets: readonly StatefulSet[];
  /** The values of the newest revision. */
  readonly now: Values | null;
}

/**
 * Read before a message names any revision: the release may be one of somebody else's chart.
 * @throws UserError RELEASE_NOT_FOUND, NOT_OURS
 */
async function ownHistory(api: Api, target: Target): Promise<History> {
  const labels = {labelSelector: selectorOf(target)};
  const [revisions, lease, listed] = await Promise.all([
    readHistory(api, target),
    leaseOf(api, target),
    ifAllowed(api.list<StatefulSet>(paths.statefulSets(target.namespace), labels)),
  ]);
  const sets = listed?.items ?? [];
  await assertHistoryInHelm(api, target, sets);
  const newest = revisions.at(-1);
  if (!newest) throw notFound(target);
  const record = (revision: number) => readRevision(api, target, revision);
  const values = (await record(newest.revision))?.values ?? null;
  const seen = {target, release: {revisions, values}, statefulSets: sets};
  const foreign = await ownershipRefusal(heldIn(seen), record);
  if (foreign) throw new UserError(foreign);
  return {revisions, newest, operation: lease?.operation ?? null, sets, now: values};
}

/** @throws UserError STEERED where the tool that applies the release keeps no history in helm */
async function assertHistoryInHelm(api: Api, target: Target, sets: readonly StatefulSet[]): Promise<void> {
  const steering = await readSteering(api, sets);
  if (steering?.tool === 'Argo CD') throw new UserError(revertedThere(target, steering));
}

/**
 * The parameters of a revision.
 * @throws UserError NOT_OURS where its values are not those that we write, with the way back to what plain helm made
 */
async function parametersOf(
  api: Api,
  target: Target,
  {revision}: Revision,
  now: Pick<History, 'sets' | 'now'>,
): Promise<Parameters> {
  const opened = await readRevision(api, target, revision);
  const isOurs = opened !== null && readBackDifferences(opened.values, target)?.length === 0;
  const parameters = isOurs ? fromValues(opened.values) : null;
  if (parameters) return parameters;
  const isOfChart = opened?.revision.chartName === databaseChart;
  const back = isOfChart ? await wayBackTo(api, target, opened, now) : [];
  throw new UserError(
    cause(
      'NOT_OURS',
      `Revision ${revision} of ${target.release} was not made by pg-helm-install: its values are not those ` +
        'that it writes, so what it wanted is not known.',
      {
        object: {kind: 'Release', namespace: target.namespace, name: target.release},
        remedies: [
          ...back,
          propose(back.length > 0 ? 'Or name another revision' : 'Name another revision', {
            kind: 'history',
            ...releaseRef(target),
          }),
        ],
      },
    ),
  );
}

/** @param old the parameters of that revision */
function begun({revision, chartVersion}: Revision, old: Parameters): Edit {
  return {
    asked: {kind: 'rollback', revision},
    parameters: (existing, _place, snapshot) => rollBack(revision, old, existing, snapshot).parameters,
    preface: (existing, snapshot) => rollBack(revision, old, existing, snapshot).preface,
    chartVersion,
    rollbackTo: revision,
    description: `${describedAs} ${revision}`,
  };
}

/** The revision to which an unfinished rollback goes back; null when there is no such rollback. */
export async function unfinishedRollback(api: Api, target: Target): Promise<number | null> {
  const operation = (await leaseOf(api, target))?.operation;
  return operation?.kind === 'rollback' ? (operation.wanted?.rollbackTo ?? null) : null;
}

function leaseOf(api: Api, target: Target) {
  return ifAllowed(readLease(api, target.namespace, objectNames(target).lease));
}

/** helm describes its own rollbacks in the same words. */
const describedAs = 'Rollback to';

function isSame(asked: number | null, recorded: number | undefined): boolean {
  return asked === null || asked === recorded;
}

/** The revision that a completed rollback, now the newest revision, went back to. */
function revisionIn({status, description}: Revision): number | null {
  const [, revision] = new RegExp(`^${describedAs} (\\d+)$`).exec(description) ?? [];
  return status === 'deployed' && revision !== undefined ? Number(revision) : null;
}

/** Exactly what was desired when the rollback began. */
function continued(
  {holder, startedAt}: OperationRecord,
  {parameters, chart, rollbackTo, description}: NonNullable<OperationRecord['wanted']>,
  target: Target,
): Edit {
  const which = rollbackTo === undefined ? 'an earlier revision' : `revision ${rollbackTo}`;
  return {
    asked: {kind: 'rollback', revision: rollbackTo ?? null},
    parameters: () => parameters,
    preface: () => [
      {
        code: 'DATA_KEPT',
        object: `Release/${target.release}`,
        sentence:
          `The rollback to ${which} that ${holder.split('/')[0] || 'somebody'} began at ${toTheSecond(startedAt)} ` +
          'goes on. The data stays as it is now, with what was written since, and so do the passwords.',
      },
    ],
    chartVersion: chart.version,
    ...(rollbackTo === undefined ? {} : {rollbackTo}),
    ...(description === undefined ? {} : {description}),
  };
}

/**
 * A second rollback does not go back another step: an operator who did not see the first one end and runs it again does
 * not want the opposite. Only the pods get what they still lack.
 */
function repeated({revision, description}: Revision, rollbackTo: number, target: Target): Edit {
  return {
    asked: {kind: 'rollback', revision: null},
    parameters: (existing) => existing,
    chartVersion: null,
    rollbackTo,
    description,
    notes: [
      `${target.release} is back at what revision ${rollbackTo} wanted since revision ${revision}. To go to ` +
        'another one, name it; history lists them.',
    ],
  };
}

function chosen(revisions: readonly Revision[], asked: number | null, target: Target): Revision {
  const listed = revisions.map(({revision}) => revision).join(', ');
  const remedy = propose('See what each one was', {kind: 'history', ...releaseRef(target)});
  const found =
    asked === null
      ? revisions
          .slice(0, -1)
          .findLast(
            ({status, description}) =>
              (status === 'deployed' || status === 'superseded') && !description.endsWith(betweenMark),
          )
      : revisions.find(({revision}) => revision === asked);
  if (found) return found;
  throw badInput(
    asked === null
      ? `${target.release} has no earlier revision to go back to.`
      : `${target.release} has no revision ${asked} that helm still remembers. There are: ${listed}.`,
    [remedy],
  );
}
