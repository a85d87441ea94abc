// Takes the Lease from a holder, or refuses because of one. Where it is not known at once whether the holder is alive,
// its Lease is watched first, and the user is told so.
import {operationNoun} from '../commands/operation-words.ts';
import {cause, type Cause} from '../core/cause.ts';
import {operationAtWork} from '../observation/checks/existing-release.ts';
import type {OperationRecord} from '../observation/snapshot.ts';
import type {Progress, Result} from '../plan/progress.ts';
import {operationLine} from './announcements.ts';
import {changedRefusal} from './changed-meanwhile.ts';
import {endOf, type Beginning} from './result.ts';
import type {Scope} from './ports/index.ts';
import type {LeasePort, LeaseRecord, WatchLimits} from './ports/lease.ts';

export interface NotTaken {
  readonly outcome: 'refused' | 'detached' | 'cancelled';
  readonly cause: Cause;
}

/**
 * Never replaces what somebody began, and left, since the release was looked at.
 * @param limits `over`: the operation that was seen then
 * @returns null when the Lease is ours, else why not; nothing was changed then
 */
export async function* takeLease(
  record: LeaseRecord,
  ports: LeasePort & Scope,
  limits: WatchLimits & {readonly over: Pick<OperationRecord, 'startedAt'> | null},
): AsyncGenerator<Progress, NotTaken | null> {
  for (;;) {
    const holder = await ports.takeLease(record, limits.over?.startedAt ?? null);
    if (holder === null) return null;
    if (!holder.isEstimate) {
      const why = holder.holderIsAlive ? operationAtWork : leftMeanwhile;
      return {outcome: 'refused', cause: why(holder, ports.target)};
    }
    const known = yield* watched(holder, ports, limits);
    if (known?.isEstimate) return undecided(known, ports, limits);
  }
}

/** What was begun, as the Lease keeps it: all of it, because whoever goes on with it needs all of it. */
export function recordOf(operation: OperationRecord): LeaseRecord {
  const record = Object.entries(operation).filter(([key]) => !ofHolder.some((one) => one === key));
  return Object.fromEntries(record) as unknown as LeaseRecord;
}

const ofHolder = ['holder', 'holderIsAlive', 'isEstimate', 'renewedAt'] as const satisfies readonly Exclude<
  keyof OperationRecord,
  keyof LeaseRecord
>[];

/**
 * Whether a refusal still stands that was caused by a holder at work.
 * @returns `dead`: the holder is dead, and the caller has to look again; else how the operation ends.
 */
export async function* confirmRefusal(
  refusal: Cause,
  operation: OperationRecord | null,
  ports: LeasePort & Scope,
  limits: WatchLimits,
): AsyncGenerator<Progress, NotTaken | 'dead'> {
  const stands = {outcome: 'refused', cause: refusal} as const;
  if (refusal.code !== 'RELEASE_LOCKED' || !operation?.holderIsAlive || !operation.isEstimate) return stands;
  const known = yield* watched(operation, ports, limits);
  if (known?.isEstimate) return undecided(known, ports, limits);
  // Where the Lease is gone, the holder was at work until just now.
  return known === null || known.holderIsAlive ? stands : 'dead';
}

export function notTaken(beginning: Beginning, {outcome, cause: why}: NotTaken): Result {
  return {...endOf({...beginning, outcome}), cause: why};
}

async function* watched(
  operation: OperationRecord,
  ports: LeasePort & Scope,
  limits: WatchLimits,
): AsyncGenerator<Progress, OperationRecord | null> {
  const {release} = ports.target;
  const text = `Watching for up to 30 seconds whether ${nameOf(operation)} is still at work on ${release}`;
  yield operationLine(text, ports);
  return ports.watchHolder(limits);
}

/** The refusal where somebody began something since the release was looked at, and left it. */
function leftMeanwhile({kind, holder, startedAt}: OperationRecord, target: Scope['target']): Cause {
  const who = holder === '' ? 'Somebody' : nameOf({holder});
  const what = `${who} began to work on ${target.release} meanwhile (${operationNoun(kind)}), and did not finish it.`;
  return {...changedRefusal(target, what), firstSeen: startedAt};
}

function undecided(operation: OperationRecord, {target}: Scope, {signal}: WatchLimits): NotTaken {
  if (signal.aborted)
    return {outcome: 'cancelled', cause: cause('CANCELLED', 'Stopped on request. Nothing was changed.')};
  return {
    outcome: 'detached',
    cause: cause(
      'RELEASE_LOCKED',
      `Time is up before it was known whether ${nameOf(operation)} is still at work on ${target.release} ` +
        `(${operationNoun(operation.kind)}). Nothing was changed.`,
      {remedies: [{title: 'Run the same command again with a --timeout of a minute: 30 seconds show it', again: true}]},
    ),
  };
}

function nameOf({holder}: Pick<OperationRecord, 'holder'>): string {
  return holder.split('/')[0] || 'somebody';
}
