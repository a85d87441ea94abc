// The Lease `<fullname>-operation`: who changes this release right now, and what is wanted.
import {labelKeys} from '../chart/names.ts';
import {releaseLabel} from '../chart/own-marks.ts';
import {withLaterParameters} from '../chart/values.ts';
import {setTimeout as pause} from 'node:timers/promises';
import type {Metadata} from '../observation/kubernetes.ts';
import type {OperationRecord} from '../observation/snapshot.ts';
import type {LeaseRecord, WatchLimits} from '../operations/ports/lease.ts';
import {cause, UserError} from '../core/cause.ts';
import {ApiError, ConnectionError, type Api} from './api.ts';
import {isProcessAlive, thisHolder} from './holder.ts';
import {LeaseSightings, type Watched} from './lease-sightings.ts';
import {paths} from './paths.ts';
import {clock} from '../core/time.ts';

/** A holder that was watched for this long and did not renew the Lease is dead. */
export const leaseSeconds = 30;
/** How often taking the Lease is tried when several runs want it at once. */
const maxTries = 3;
const recordKey = 'pg-helm-install/operation';
/** The label by which the Leases of all releases are listed, and its value. */
const managedBy = labelKeys.managedBy;
const ours = 'pg-helm-install';

export interface Lease {
  readonly metadata: Metadata;
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseDurationSeconds?: number;
  };
}

const pollMs = 500;
/** What was seen of each Lease through a connection, kept for as long as the connection. */
const sightings = new WeakMap<Api, LeaseSightings>();

/**
 * What the Lease says; null when the Lease is not one of ours. A Lease without a holder is an operation that paused.
 * @param clusterNow milliseconds since the epoch by the cluster's clock, for an estimate
 * @param watched what this process has seen of the Lease; null at its first look
 */
export function operationOf(
  lease: Lease | null,
  clusterNow: number,
  watched: Watched | null = null,
): OperationRecord | null {
  const recorded = recordIn(lease?.metadata.annotations?.[recordKey] ?? '');
  if (!recorded) return null;
  const {
    holderIdentity: holder = '',
    renewTime: renewedAt = recorded.startedAt,
    leaseDurationSeconds,
  } = lease?.spec ?? {};
  const durationMs = (leaseDurationSeconds || leaseSeconds) * 1000;
  const alive = isKnownAlive(holder, durationMs, watched);
  if (alive !== null) return {...recorded, holder, renewedAt, holderIsAlive: alive};
  // A renewal that lies in the future here means that a clock is ahead, not that the holder is dead.
  const isRecent = clusterNow - Date.parse(renewedAt) < durationMs;
  return {...recorded, holder, renewedAt, holderIsAlive: isRecent, isEstimate: true};
}

/** Null: it is not known, or not yet. */
function isKnownAlive(holder: string, durationMs: number, watched: Watched | null): boolean | null {
  if (!holder) return false;
  const ofProcess = holder === thisHolder() || isProcessAlive(holder);
  if (ofProcess !== null || !watched) return ofProcess;
  if (watched.unchangedMs >= durationMs) return false;
  return watched.renewedWithinMs !== null && watched.renewedWithinMs < durationMs ? true : null;
}

/** The Lease, and its operation as judged by all that was seen of it through this connection. */
export async function readLease(
  api: Api,
  namespace: string,
  name: string,
): Promise<{readonly lease: Lease | null; readonly operation: OperationRecord | null}> {
  const askedAt = clock.now();
  const lease = await api.find<Lease>(`${paths.leases(namespace)}/${name}`);
  return {lease, operation: lease && judged(api, lease, askedAt)};
}

/**
 * The operations of all releases in a namespace, by one request; null stands for all namespaces. Throws an ApiError
 * where the list is forbidden.
 */
export async function listOperations(
  api: Api,
  namespace: string | null,
): Promise<readonly {readonly metadata: Metadata; readonly operation: OperationRecord}[]> {
  const askedAt = clock.now();
  const path = namespace === null ? paths.allLeases : paths.leases(namespace);
  const {items} = await api.list<Lease>(path, {labelSelector: `${managedBy}=${ours}`});
  return items.flatMap((lease) => {
    const operation = judged(api, lease, askedAt);
    return operation ? [{metadata: lease.metadata, operation}] : [];
  });
}

/** The operation, judged by all that was seen of the Lease through this connection. */
function judged(api: Api, lease: Lease, askedAt: number): OperationRecord | null {
  const seen = sightings.get(api) ?? new LeaseSightings();
  sightings.set(api, seen);
  return operationOf(lease, api.clock.now(), seen.see(lease, askedAt, clock.now()));
}

/**
 * Takes the Lease when nobody holds it, or its holder is known to be dead; an estimate is never enough.
 * @param over as in LeasePort
 * @returns null when taken; otherwise who holds it, may hold it still, or has left it.
 */
export async function takeLease(
  api: Api,
  namespace: string,
  name: string,
  record: LeaseRecord,
  release: string,
  over?: string | null,
): Promise<OperationRecord | null> {
  for (let tries = 1; ; tries++) {
    const {lease: existing, operation} = await readLease(api, namespace, name);
    if (operation && !mayBeReplaced(operation, over)) return operation;
    const body = leaseOf({name, namespace, release}, record, api.clock.now(), existing);
    try {
      if (existing) await api.replace(`${paths.leases(namespace)}/${name}`, body);
      else await api.create(paths.leases(namespace), body);
      return null;
    } catch (error) {
      // Somebody was faster: look again at who that is, or whether they have already finished.
      if (!(error instanceof ApiError) || ![404, 409].includes(error.status) || tries === maxTries) throw error;
    }
  }
}

function mayBeReplaced(operation: OperationRecord, over: string | null | undefined): boolean {
  if (operation.holder === thisHolder()) return true;
  const mayBeHeld = operation.holderIsAlive || operation.isEstimate === true;
  return !mayBeHeld && (over === undefined || over === operation.startedAt);
}

/**
 * Looks until it is known whether the holder is alive: one renewal was seen, or none for as long as the lease lasts.
 * Ends early when the signal aborts, and at `deadline` (clock.now()).
 * @returns the last look
 */
export async function watchHolder(
  api: Api,
  namespace: string,
  name: string,
  {signal, deadline, everyMs = pollMs}: WatchLimits & {readonly everyMs?: number},
): Promise<OperationRecord | null> {
  for (;;) {
    const {operation} = await readLease(api, namespace, name);
    const left = deadline - clock.now();
    if (!operation?.isEstimate || signal.aborted || left <= 0) return operation;
    await pause(Math.min(everyMs, left), undefined, {signal}).catch(() => undefined);
  }
}

interface LeasePlace {
  readonly name: string;
  readonly namespace: string;
  readonly release: string;
}

function leaseOf({name, namespace, release}: LeasePlace, record: LeaseRecord, now: number, existing: Lease | null) {
  const time = microTime(now);
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace,
      // The Lease is named after the fullname, which may not contain the release's name.
      labels: {[managedBy]: ours, [releaseLabel]: release},
      annotations: {[recordKey]: JSON.stringify(record)},
      // The server refuses the write when somebody was faster.
      ...(existing?.metadata.resourceVersion ? {resourceVersion: existing.metadata.resourceVersion} : {}),
    },
    spec: {holderIdentity: thisHolder(), acquireTime: time, renewTime: time, leaseDurationSeconds: leaseSeconds},
  };
}

/** @throws UserError RELEASE_LOCKED when we no longer hold the Lease, because this machine slept, say. */
export async function renewLease(api: Api, namespace: string, name: string): Promise<void> {
  await untilAgreed(async () => {
    const {held, holder} = await whoHolds(api, namespace, name);
    if (!held) throw lostTo(holder, namespace, name);
    await patchHeld(api, namespace, held, {renewTime: microTime(api.clock.now())});
  });
}

/** Writes another record of the operation into the Lease that we hold. @throws UserError as renewLease */
export async function noteLease(api: Api, namespace: string, name: string, record: LeaseRecord): Promise<void> {
  await untilAgreed(async () => {
    const {held, holder} = await whoHolds(api, namespace, name);
    if (!held) throw lostTo(holder, namespace, name);
    const annotations = {[recordKey]: JSON.stringify(record)};
    await patchHeld(api, namespace, held, {renewTime: microTime(api.clock.now())}, annotations);
  });
}

/** `holder`: empty when the run that took the Lease over has already finished. */
function lostTo(holder: string, namespace: string, name: string): UserError {
  const who = holder.split('/')[0] || 'Somebody else';
  return new UserError(
    cause(
      'RELEASE_LOCKED',
      `${who} took this operation over: for ${leaseSeconds} seconds this run had given no sign of life.`,
      {
        object: {kind: 'Lease', namespace, name},
        remedies: [{title: 'Leave it to them, or run the same command again when they are through'}],
      },
    ),
  );
}

/**
 * Pauses the operation: nobody holds the Lease, but what was wanted stays recorded for the next run. A Lease that
 * somebody else holds is not touched.
 */
export async function pauseLease(api: Api, namespace: string, name: string): Promise<void> {
  await untilAgreed(async () => {
    const {held} = await whoHolds(api, namespace, name);
    if (held) await patchHeld(api, namespace, held, {holderIdentity: ''});
  });
}

/** Deletes the Lease, if we still hold it. */
export async function endLease(api: Api, namespace: string, name: string): Promise<void> {
  await untilAgreed(async () => {
    const {held} = await whoHolds(api, namespace, name);
    if (held)
      await api.delete(`${paths.leases(namespace)}/${name}`, {
        preconditions: {resourceVersion: held.metadata.resourceVersion},
      });
  });
}

/**
 * Tries again when a renewal of our own wrote in between, or when the connection broke off, so that nobody knows
 * whether the server made the change. Each attempt begins with a look, so a few attempts do no harm and are enough.
 */
async function untilAgreed(attempt: () => Promise<void>): Promise<void> {
  for (let left = 3; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      const isWorthALook = error instanceof ConnectionError ? error.isBroken : isConflict(error);
      if (!isWorthALook || left === 0) throw error;
    }
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409;
}

async function whoHolds(api: Api, namespace: string, name: string): Promise<{held: Lease | null; holder: string}> {
  const lease = await api.find<Lease>(`${paths.leases(namespace)}/${name}`);
  const holder = lease?.spec?.holderIdentity ?? '';
  return {held: holder === thisHolder() ? lease : null, holder};
}

/** The server refuses the patch when somebody has written since. */
async function patchHeld(
  api: Api,
  namespace: string,
  {metadata: {name, resourceVersion}}: Lease,
  spec: object,
  annotations: Readonly<Record<string, string>> = {},
): Promise<void> {
  await api.patch(`${paths.leases(namespace)}/${name}`, {metadata: {resourceVersion, annotations}, spec});
}

/** Null for what somebody else wrote there. */
function recordIn(text: string): LeaseRecord | null {
  try {
    const recorded = JSON.parse(text) as Partial<LeaseRecord> | null;
    return recorded && typeof recorded.kind === 'string' && typeof recorded.startedAt === 'string'
      ? withAllParameters(recorded as LeaseRecord)
      : null;
  } catch {
    return null;
  }
}

function withAllParameters(record: LeaseRecord): LeaseRecord {
  const {wanted: desired, interrupted} = record;
  return {
    ...record,
    ...(desired ? {wanted: {...desired, parameters: withLaterParameters(desired.parameters)}} : {}),
    ...(interrupted ? {interrupted: withAllParameters(interrupted)} : {}),
  };
}

/** Kubernetes' MicroTime wants six digits. */
function microTime(now: number): string {
  return new Date(now).toISOString().replace('Z', '000Z');
}
