// The state of one release: the object of `status --output json`, computed from a Snapshot.
import {fromValues} from '../../chart/values.ts';
import type {Cause, Warning} from '../../core/cause.ts';
import {chartVersionOf, databaseChart, type Naming, objectNames} from '../../chart/names.ts';
import {secretKeysOf} from '../../chart/secret-keys.ts';
import {backupStateOf, type BackupState} from '../../observation/backups/backup.ts';
import {findCauses} from '../../observation/causes/index.ts';
import {tlsOf, type TlsSeen} from '../../observation/certificate-warnings.ts';
import {endpointsOf, type Endpoints} from '../../observation/endpoints.ts';
import {keptVolumes, type KeptVolume} from '../../observation/role/kept-volumes.ts';
import type {PersistentVolumeClaim, Pod} from '../../observation/kubernetes.ts';
import {memoryAsked, type MemoryAsked} from '../../observation/pods/memory-asked.ts';
import {isReady, proofOf, viewOf, type Role} from '../../observation/release-view.ts';
import {declaredVersion} from '../../observation/postgres-version.ts';
import type {OperationRecord, ReaderStream, Snapshot, UsageFact} from '../../observation/snapshot.ts';
import {lacksRecord, stateOf, type ReleaseStateWord} from '../../observation/state.ts';
import {surplusClaims} from '../../observation/storage.ts';
import {steeringOf, type Steering} from '../../observation/steering.ts';
import type {RoleMove} from '../../observation/role/role-moves.ts';
import {tracksOf, type Track} from '../../observation/tracks.ts';
import {makerOf, shapeOf, type Shape} from './origin.ts';
import {findWarnings} from '../../observation/warnings.ts';
import {bytesOf} from '../../parameters/quantity.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import type {Credentials} from '../../plan/progress.ts';

/** One row of `list`. */
export interface ReleaseRow {
  readonly namespace: string;
  readonly name: string;
  readonly chartVersion: string | null;
  readonly postgresVersion: string | null;
  readonly revision: number;
  readonly helmStatus: string;
  readonly state: ReleaseStateWord;
  /** Whether its endpoints answered as they should; null: nobody asked them, and the state is by the pods alone. */
  readonly proven: boolean | null;
  readonly writer: {readonly ready: number; readonly wanted: number};
  readonly readers: {readonly ready: number; readonly wanted: number};
  readonly storageSize: string | null;
  /** `kubectl`: helm has no record of it. */
  readonly managedBy: 'pg-helm-install' | 'helm' | 'kubectl';
  /** A standalone release has no readers; plain helm cannot give it any, but adopt can. */
  readonly shape: Shape;
  /** Who else applies the release; absent: nobody is known to. */
  readonly steeredBy?: Steering | null;
  /** The chart of the release, where that is an application with the database inside; absent: not known to be one. */
  readonly insideChart?: string;
  /** The operation in its Lease; null: none, or the Lease may not be read. Not alive: the operation is paused. */
  readonly operation: {readonly kind: string; readonly alive: boolean} | null;
  /**
   * What is wrong with the last backup that was due; absent: nothing is, none is planned, or it may not be read.
   */
  readonly backupProblem?: 'failed' | 'late';
}

export interface Status extends ReleaseRow {
  readonly context: string;
  /** Who else decides what the release is; null: nobody is known to. */
  readonly steeredBy: Steering | null;
  /** The object of that tool which makes the release, such as `HelmRelease flux-system/orders`; absent: not known. */
  readonly steeredFrom?: string;
  /** For a release that is not ours and sets no limit of memory, which an adoption asks for; absent: it does not. */
  readonly memoryAsked?: MemoryAsked;
  /** What the names of the release's objects follow from. */
  readonly naming: Naming;
  readonly parameters: Parameters | null;
  readonly endpoints: Endpoints | null;
  readonly credentials: Credentials | null;
  /** Null: TLS is off, or its Secret may not be read. */
  readonly tls: TlsSeen | null;
  /** Null: the release has no backups, neither planned nor made. */
  readonly backup: BackupState | null;
  readonly tracks: readonly Track[];
  readonly operation: {
    readonly kind: string;
    readonly holder: string;
    readonly alive: boolean;
    readonly startedAt: string;
    readonly renewedAt: string;
    /** True for a resize that ends by moving the writer's role, and for the switchover that does so. */
    readonly movesRole?: true;
  } | null;
  readonly cause: Cause | null;
  readonly warnings: readonly Warning[];
  readonly pods: readonly {
    readonly name: string;
    readonly role: Role;
    readonly node: string | null;
    readonly ready: boolean;
    readonly restarts: number;
    readonly startedAt: string | null;
  }[];
  readonly claims: readonly ClaimSeen[];
  /** Volumes of readers that were scaled away: kept, and paid for. */
  readonly spareClaims: readonly ClaimSeen[];
  readonly replication: readonly ReaderStream[];
  /** The writer's WAL position when it was proven, in bytes from the beginning; null: not known. */
  readonly walBytes: number | null;
  /** When the writer's role moved, oldest first. */
  readonly roleMoves: readonly RoleMove[];
  /** Volumes of earlier writers that failovers kept; absent: there are none. */
  readonly keptVolumes?: readonly KeptVolume[];
}

interface ClaimSeen {
  readonly name: string;
  readonly storageClass: string | null;
  readonly requestedBytes: number | null;
  readonly capacityBytes: number | null;
  readonly usedBytes: number | null;
}

/**
 * Null when there is no such release, nor one that was begun. A release that was only begun has revision 0 and the
 * desired parameters.
 */
export function statusOf(snapshot: Snapshot): Status | null {
  const state = stateOf(snapshot);
  if (!state) return null;
  const {target, operation} = snapshot;
  const {newest, streams, claims} = viewOf(snapshot);
  const parameters = parametersIn(snapshot);
  const volumes = snapshot.database.flatMap((fact) => (fact.kind === 'usage' ? fact.volumes : []));
  return {
    namespace: target.namespace,
    name: target.release,
    context: target.context,
    ...runningOf(snapshot),
    revision: newest?.revision ?? 0,
    helmStatus: snapshot.release.hasRecord === false ? 'none' : (newest?.status ?? 'none'),
    state,
    proven: isProven(snapshot),
    ...countsOf(snapshot, parameters),
    storageSize: parameters?.storageSize ?? null,
    ...originOf(snapshot, parameters),
    parameters,
    endpoints: endpointsOf(snapshot),
    credentials: parameters && credentialsOf(parameters, target),
    tls: tlsOf(snapshot, parameters),
    backup: backupStateOf(snapshot),
    tracks: tracksOf(snapshot),
    operation: operation && operationSeen(operation),
    cause: state === 'ready' ? null : firstCauseOf(snapshot),
    warnings: findWarnings(snapshot, parameters),
    pods: podsSeen(snapshot),
    claims: claims.map((claim) => claimSeen(claim, volumes)),
    spareClaims: spareClaimsOf(snapshot).map((claim) => claimSeen(claim, volumes)),
    roleMoves: roleMovesOf(snapshot),
    ...keptIn(snapshot),
    replication: streams.map(({pod, state, lagBytes, lagMs, sync}) => ({pod, state, lagBytes, lagMs, sync})),
  };
}

function isProven(snapshot: Snapshot): boolean | null {
  if (!snapshot.database.some(({kind}) => kind === 'endpoint')) return null;
  const hasReaders = viewOf(snapshot).desiredReaders > 0;
  return proofOf(snapshot, 'writer') !== null && (!hasReaders || proofOf(snapshot, 'reader') !== null);
}

/** Who made the release and decides what it is, and how its objects are named. */
function originOf(
  snapshot: Snapshot,
  parameters: Parameters | null,
): Pick<Status, 'managedBy' | 'shape' | 'steeredBy' | 'steeredFrom' | 'insideChart' | 'memoryAsked' | 'naming'> {
  const {fullname, given} = snapshot.target;
  const {chartName = databaseChart} = viewOf(snapshot).newest ?? {};
  const lacking = parameters === null ? memoryAsked(snapshot) : null;
  return {
    managedBy: parameters ? 'pg-helm-install' : makerOf(snapshot),
    shape: parameters === null ? shapeOf(snapshot) : 'replication',
    steeredBy: steeringOf(snapshot),
    ...(typeof snapshot.steering?.named === 'string' ? {steeredFrom: snapshot.steering.named} : {}),
    ...(chartName === databaseChart ? {} : {insideChart: chartName}),
    ...(lacking === null ? {} : {memoryAsked: lacking}),
    naming: {fullname, ...(given ? {given} : {})},
  };
}

function keptIn(snapshot: Snapshot): Pick<Status, 'keptVolumes'> {
  const kept = keptVolumes(snapshot);
  return kept.length > 0 ? {keptVolumes: kept} : {};
}

function roleMovesOf({secret}: Snapshot): readonly RoleMove[] {
  return secret?.roleMoves ?? [];
}

/** The release's parameters; of one that was only begun, the desired ones. Null: it is not ours. */
function parametersIn(snapshot: Snapshot): Parameters | null {
  const applied = fromValues(snapshot.release.values);
  if (applied || viewOf(snapshot).newest) return applied;
  return snapshot.operation?.wanted?.parameters ?? null;
}

/** What is running. The database's own answer counts more than what its StatefulSet says. */
function runningOf(snapshot: Snapshot): Pick<Status, 'chartVersion' | 'postgresVersion' | 'walBytes'> {
  const {writerSet} = viewOf(snapshot);
  const answer = proofOf(snapshot, 'writer')?.result;
  return {
    walBytes: answer?.walBytes ?? null,
    chartVersion: chartOf(snapshot),
    postgresVersion: answer?.serverVersion ?? (writerSet ? declaredVersion(writerSet) : null),
  };
}

/** The version of the chart by helm's record, else of the one that is being installed, else by the writer's label. */
function chartOf(snapshot: Snapshot): string | null {
  const {newest, writerSet} = viewOf(snapshot);
  const wanted = snapshot.operation?.wanted?.chart.version;
  return newest?.chartVersion ?? wanted ?? chartVersionOf(writerSet?.metadata.labels);
}

function countsOf(snapshot: Snapshot, parameters: Parameters | null): Pick<Status, 'writer' | 'readers'> {
  const {newest, writerSet, writerPod, readerPods, desiredReaders} = viewOf(snapshot);
  return {
    writer: {ready: isReady(writerPod) ? 1 : 0, wanted: writerSet?.spec.replicas ?? 1},
    readers: {
      ready: readerPods.filter(isReady).length,
      // Before there is a release, no StatefulSet says how many readers there are to be.
      wanted: newest || lacksRecord(snapshot) ? desiredReaders : (parameters?.readReplicaCount ?? 0),
    },
  };
}

function credentialsOf({username, database}: Parameters, naming: Naming): Credentials {
  return {username, database, secret: objectNames(naming).secret, passwordKey: secretKeysOf(naming).user};
}

function operationSeen(record: OperationRecord): NonNullable<Status['operation']> {
  const {kind, holder, holderIsAlive, startedAt, renewedAt, wanted} = record;
  const movesRole = wanted?.movesRole ? {movesRole: true as const} : {};
  return {kind, holder, alive: holderIsAlive, startedAt, renewedAt, ...movesRole};
}

function firstCauseOf(snapshot: Snapshot): Cause | null {
  return findCauses(snapshot)[0]?.cause ?? null;
}

/** The pods, the writer's first. */
function podsSeen(snapshot: Snapshot): Status['pods'] {
  const {writerPod, readerPods} = viewOf(snapshot);
  const writer = writerPod ? [podSeen(writerPod, 'writer')] : [];
  return [...writer, ...readerPods.map((pod) => podSeen(pod, 'reader'))];
}

function podSeen(pod: Pod, role: Role): Status['pods'][number] {
  const {metadata, spec, status} = pod;
  return {
    name: metadata.name,
    role,
    node: spec.nodeName ?? null,
    ready: isReady(pod),
    restarts: Math.max(0, ...(status?.containerStatuses ?? []).map(({restartCount}) => restartCount)),
    startedAt: status?.startTime ?? null,
  };
}

function spareClaimsOf(snapshot: Snapshot): readonly PersistentVolumeClaim[] {
  const {newest, desiredReaders} = viewOf(snapshot);
  return newest ? surplusClaims(snapshot, desiredReaders) : [];
}

/** A claim. How much of it is used does not stand in it: the pods were asked about their volumes. */
function claimSeen({metadata, spec, status}: PersistentVolumeClaim, volumes: UsageFact['volumes']): ClaimSeen {
  return {
    name: metadata.name,
    storageClass: spec.storageClassName ?? null,
    requestedBytes: bytes(spec.resources?.requests?.['storage']),
    capacityBytes: bytes(status?.capacity?.['storage']),
    usedBytes: volumes.find(({claim}) => claim === metadata.name)?.usedBytes ?? null,
  };
}

/** The exit code: 0 ready, 1 broken, 3 not found, 5 progressing. */
export function statusExitCode(state: ReleaseStateWord): number {
  if (state === 'ready') return 0;
  return state === 'progressing' ? 5 : 1;
}

function bytes(quantity: string | undefined): number | null {
  return quantity === undefined ? null : bytesOf(quantity);
}
