// Whether there is such a release already, and whether this install continues it.
import {anOperation, operationNoun} from '../../commands/operation-words.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {cause, type Cause} from '../../core/cause.ts';
import {toTheSecond} from '../../core/time.ts';
import {unfinished} from '../may-begin.ts';
import {isChange, type OperationRecord, type Revision, type Target} from '../snapshot.ts';
import type {Survey} from '../survey.ts';
import {differences} from './differences.ts';
import {refuse, type CheckRule, type Finding, type CheckContext, type InstallContext} from './rule.ts';
import {anotherName, helm, object} from './messages.ts';

/** True as long as helm has a record of it, half-done ones included. */
export function releaseExists({release}: Pick<Survey, 'release'>): boolean {
  return release.revisions.length > 0;
}

/** Whether an existing release is as asked, where nothing stands in the way of going on with it. */
export const existingRelease: CheckRule<InstallContext> = (survey, desired) => {
  const blocked = blockedRelease(survey, desired);
  const newest = survey.release.revisions.at(-1);
  if (blocked.length > 0 || newest === undefined || desired.existing === null) return blocked;
  const found = differences(survey, desired, desired.existing);
  if (found.length === 0) return [];
  return [
    refuse(
      'RELEASE_EXISTS',
      `Release ${desired.target.release} exists in namespace ${desired.target.namespace} and is not what was ` +
        `asked: ${found.map(({text}) => text).join('; ')}.`,
      {
        object: object('Release', desired.target, desired.target.release),
        firstSeen: newest.updatedAt,
        evidence: found.map(({text}) => text),
        remedies: [
          {title: `Leave ${[...new Set(found.map(({flag}) => flag))].join(', ')} away: the release is taken as it is.`},
          {title: 'Choose another release name for a second database.'},
          propose('See what it was installed with', {kind: 'values', ...releaseRef(desired.target)}),
        ],
      },
    ),
  ];
};

/** Refuses a release that somebody is at work on, or left in a state that has to be ended first. */
export const blockedRelease: CheckRule = ({operation, release}, desired) => {
  const newest = release.revisions.at(-1);
  const found = leftByOperation(operation, newest, desired) ?? leftByHelm(newest, operation, desired);
  return found ? [found] : [];
};

/** What somebody is at work on, or began and did not finish; null where an install goes on with it. */
export function leftByOperation(
  operation: OperationRecord | null,
  newest: Revision | undefined,
  desired: Pick<CheckContext, 'target'>,
): Finding | null {
  if (operation === null) return null;
  if (operation.holderIsAlive) return {severity: 'refuse', cause: operationAtWork(operation, desired.target)};
  if (unfinished(operation) === null) return null;
  if (operation.kind === 'uninstall') return halfUninstalled(operation.startedAt, desired);
  if (!newest) return null;
  const {kind, startedAt} = operation;
  const isOfRelease = isChange(kind) || kind === 'rotate-password' || kind === 'switchover' || kind === 'failover';
  return isOfRelease ? halfDone(anOperation(kind), startedAt, desired) : null;
}

function leftByHelm(
  newest: Revision | undefined,
  operation: OperationRecord | null,
  desired: CheckContext,
): Finding | null {
  if (newest === undefined) return null;
  if (newest.status === 'uninstalling') return halfUninstalled(newest.updatedAt, desired);
  if (newest.status === 'uninstalled') return keptHistory(newest, desired);
  // A release that is not ours is refused by ownership.ts.
  if (desired.existing === null) return null;
  // A first install that was killed has nothing yet that continuing could undo. An upgrade or rollback has a revision
  // to fall back to, so somebody has to choose.
  const hasFallback = newest.status === 'pending-upgrade' || newest.status === 'pending-rollback';
  return hasFallback && unfinished(operation) === null ? unexplained(newest, desired) : null;
}

/** Why nobody else may begin: somebody holds the release's Lease. */
export function operationAtWork({kind, holder, startedAt, renewedAt}: OperationRecord, target: Target): Cause {
  const who = holder.split('/')[0] ?? holder;
  return cause(
    'RELEASE_LOCKED',
    `${who} is at work on ${target.release} since ${toTheSecond(startedAt)} (${operationNoun(kind)}, last sign of ` +
      `life ${toTheSecond(renewedAt)}).`,
    {
      object: object('Release', target, target.release),
      firstSeen: startedAt,
      remedies: [propose('Watch it', {kind: 'status', ...releaseRef(target), watch: true})],
    },
  );
}

function halfUninstalled(since: string | null, {target}: Pick<CheckContext, 'target'>): Finding {
  return refuse(
    'RELEASE_LOCKED',
    `An uninstall of ${target.release} was begun${since === null ? '' : ` at ${toTheSecond(since)}`} and not finished.`,
    {
      object: object('Release', target, target.release),
      firstSeen: since,
      remedies: [
        propose('Finish the uninstall, then install again', {
          kind: 'uninstall',
          ...releaseRef(target),
          deleteData: false,
          dumpTo: null,
        }),
      ],
    },
  );
}

/** `what`: such as "A scale". */
function halfDone(what: string, startedAt: string, {target}: Pick<CheckContext, 'target'>): Finding {
  return refuse(
    'RELEASE_LOCKED',
    `${what} of ${target.release} was begun at ${toTheSecond(startedAt)} and not finished.`,
    {
      object: object('Release', target, target.release),
      firstSeen: startedAt,
      remedies: [propose('Finish it', {kind: 'recover', ...releaseRef(target)})],
    },
  );
}

/** helm can neither install nor upgrade over such a record. */
function keptHistory({updatedAt}: Revision, {target}: CheckContext): Finding {
  return refuse(
    'RELEASE_EXISTS',
    `Release ${target.release} was uninstalled, but helm kept its history (--keep-history), and with it the name.`,
    {
      object: object('Release', target, target.release),
      firstSeen: updatedAt,
      remedies: [
        {title: 'Have helm forget it; nothing of it runs any more', command: helm(target, 'uninstall', target.release)},
        anotherName,
      ],
    },
  );
}

function unexplained({revision, status, updatedAt}: Revision, {target}: CheckContext): Finding {
  return refuse(
    'RELEASE_LOCKED',
    `Revision ${revision} of ${target.release} is ` +
      `${status}${updatedAt === null ? '' : ` since ${toTheSecond(updatedAt)}`}, and no operation is recorded that ` +
      'would explain it: a helm is at work, or was killed.',
    {
      object: object('Release', target, target.release),
      firstSeen: updatedAt,
      remedies: [
        propose('When no helm is at work on it any more, complete it', {kind: 'recover', ...releaseRef(target)}),
      ],
    },
  );
}
