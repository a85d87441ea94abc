// The Lease `<fullname>-operation`: who changes this release right now, and what is wanted.
import {readFileSync} from 'node:fs';
import {hostname, userInfo} from 'node:os';
import type {Metadata} from '../observation/kubernetes.ts';
import type {OperationRecord} from '../observation/snapshot.ts';
import {cause, UserError} from '../cause.ts';
import {ApiError, type Api} from './api.ts';
import {paths} from './paths.ts';

/** A holder that has not renewed for this long is taken for dead. */
export const leaseSeconds = 30;
/** Of a race between several who all want it. */
const mostTries = 3;
const recordKey = 'pg-helm-install/operation';

export interface Lease {
  readonly metadata: Metadata;
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseDurationSeconds?: number;
  };
}

type Recorded = Pick<OperationRecord, 'kind' | 'startedAt' | 'wanted' | 'dumpTo'>;

/** This process: who, where, and its start, because process ids come back. */
export function thisHolder(): string {
  return [`${safeUser()}@${hostname()}`, process.pid, processStart(process.pid)].join('/');
}

/** What the Lease says; null when it is none of ours. A Lease without a holder is an operation that paused. */
export function operationOf(lease: Lease | null, now: number): OperationRecord | null {
  const text = lease?.metadata.annotations?.[recordKey];
  if (!lease || !text) return null;
  const recorded = recordIn(text);
  if (!recorded) return null;
  const holder = lease.spec?.holderIdentity ?? '';
  const renewedAt = lease.spec?.renewTime ?? recorded.startedAt;
  return {...recorded, holder, renewedAt, holderIsAlive: holderIsAlive(holder, renewedAt, now)};
}

/**
 * Takes the Lease, from nobody or from a holder that is dead.
 * @returns null when taken; otherwise who holds it.
 */
export async function takeLease(
  api: Api,
  namespace: string,
  name: string,
  record: Recorded,
  now: number,
): Promise<OperationRecord | null> {
  for (let tries = 1; ; tries++) {
    const existing = await api.find<Lease>(`${paths.leases(namespace)}/${name}`);
    const operation = operationOf(existing, now);
    if (operation?.holderIsAlive && operation.holder !== thisHolder()) return operation;
    const body = leaseOf(name, namespace, record, now, existing);
    try {
      if (existing) await api.replace(`${paths.leases(namespace)}/${name}`, body);
      else await api.create(paths.leases(namespace), body);
      return null;
    } catch (error) {
      // Somebody was faster: look again at who it is, or whether they are through already.
      if (!(error instanceof ApiError) || ![404, 409].includes(error.status) || tries === mostTries) throw error;
    }
  }
}

function leaseOf(name: string, namespace: string, record: Recorded, now: number, existing: Lease | null) {
  const time = microTime(now);
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace,
      labels: {'app.kubernetes.io/managed-by': 'pg-helm-install'},
      annotations: {[recordKey]: JSON.stringify(record)},
      // The server refuses the write when somebody was faster.
      ...(existing?.metadata.resourceVersion ? {resourceVersion: existing.metadata.resourceVersion} : {}),
    },
    spec: {holderIdentity: thisHolder(), acquireTime: time, renewTime: time, leaseDurationSeconds: leaseSeconds},
  };
}

/** @throws UserError RELEASE_LOCKED when somebody took it over, because this machine slept, say. */
export async function renewLease(api: Api, namespace: string, name: string, now: number): Promise<void> {
  const {held, holder} = await whoHolds(api, namespace, name);
  if (held) return patchHeld(api, namespace, held, {renewTime: microTime(now)});
  if (holder === '') return;
  throw new UserError(
    cause(
      'RELEASE_LOCKED',
      `${holder.split('/')[0]} took this operation over: for ${leaseSeconds} seconds this run had given no sign of life.`,
      {
        object: {kind: 'Lease', namespace, name},
        remedies: [{title: 'Leave it to them, or run the same command again when they are through'}],
      },
    ),
  );
}

/**
 * The operation paused: nobody holds it, but what was wanted stays written down for the next run. Of others nothing is
 * touched.
 */
export async function pauseLease(api: Api, namespace: string, name: string): Promise<void> {
  await untilAgreed(async () => {
    const {held} = await whoHolds(api, namespace, name);
    if (held) await patchHeld(api, namespace, held, {holderIdentity: ''});
  });
}

/** The Lease goes, when it is still ours. */
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
 * A renewal of our own that was under way writes in between: then look again. Only renewals can, so a few times are
 * enough.
 */
async function untilAgreed(attempt: () => Promise<void>): Promise<void> {
  for (let left = 3; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409 || left === 0) throw error;
    }
  }
}

async function whoHolds(api: Api, namespace: string, name: string): Promise<{held: Lease | null; holder: string}> {
  const lease = await api.find<Lease>(`${paths.leases(namespace)}/${name}`);
  const holder = lease?.spec?.holderIdentity ?? '';
  return {held: holder === thisHolder() ? lease : null, holder};
}

/** The server refuses it when somebody wrote since. */
async function patchHeld(
  api: Api,
  namespace: string,
  {metadata: {name, resourceVersion}}: Lease,
  spec: object,
): Promise<void> {
  await api.patch(`${paths.leases(namespace)}/${name}`, {metadata: {resourceVersion}, spec});
}

/** Null for what somebody else wrote there. */
function recordIn(text: string): Recorded | null {
  try {
    const recorded = JSON.parse(text) as Partial<Recorded> | null;
    return recorded && typeof recorded.kind === 'string' && typeof recorded.startedAt === 'string'
      ? (recorded as Recorded)
      : null;
  } catch {
    return null;
  }
}

function holderIsAlive(holder: string, renewedAt: string, now: number): boolean {
  if (!holder) return false;
  const [who = '', pid = '', start = ''] = holder.split('/');
  if (who.endsWith(`@${hostname()}`)) return processStart(Number(pid)) === start;
  return now - Date.parse(renewedAt) < leaseSeconds * 1000;
}

/**
 * Changes when the process id is used again; empty when there is no such process. Linux: field 22 of /proc/PID/stat.
 */
function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not looked yet.
    return state === 'Z' || state === 'X' ? '' : (fields[18] ?? '');
  } catch {
    try {
      process.kill(pid, 0);
      return 'alive';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'alive' : '';
    }
  }
}

function safeUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

/** Kubernetes' MicroTime wants six digits. */
function microTime(now: number): string {
  return new Date(now).toISOString().replace('Z', '000Z');
}
