// The state of one release: the object of `status --output json`, computed from a Snapshot.
import type {Cause, Warning} from '../core/cause.ts';
import {objectNames, secretKeys} from '../chart/names.ts';
import {fromValues} from '../chart/values.ts';
import {findCauses} from '../observation/causes/index.ts';
import {endpointsOf, type Endpoints} from '../observation/endpoints.ts';
import type {PersistentVolumeClaim} from '../observation/kubernetes.ts';
import {isReady, proofOf, viewOf, type Role} from '../observation/release-view.ts';
import type {ReaderStream, Snapshot} from '../observation/snapshot.ts';
import {stateOf, type ReleaseStateWord} from '../observation/state.ts';
import {unwantedClaims} from '../observation/storage.ts';
import {tracksOf, type Track} from '../observation/tracks.ts';
import {findWarnings} from '../observation/warnings.ts';
import {bytesOf} from '../parameters/quantity.ts';
import type {Parameters} from '../parameters/parameters.ts';
import type {Credentials} from '../operations/progress.ts';

/** One row of `list`. */
export interface ReleaseRow {
  readonly namespace: string;
  readonly name: string;
  readonly chartVersion: string | null;
  readonly postgresVersion: string | null;
  readonly revision: number;
  readonly helmStatus: string;
  readonly state: ReleaseStateWord;
  readonly writer: {readonly ready: number; readonly wanted: number};
  readonly readers: {readonly ready: number; readonly wanted: number};
  readonly storageSize: string | null;
  readonly managedBy: 'pg-helm-install' | 'helm';
  /** What its Lease records; null: nothing, or the Lease may not be read. Not alive: it pauses. */
  readonly operation: {readonly kind: string; readonly alive: boolean} | null;
}

export interface Status extends ReleaseRow {
  readonly context: string;
  readonly parameters: Parameters | null;
  readonly endpoints: Endpoints | null;
  readonly credentials: Credentials | null;
  readonly tracks: readonly Track[];
  readonly operation: {
    readonly kind: string;
    readonly holder: string;
    readonly alive: boolean;
    readonly startedAt: string;
    readonly renewedAt: string;
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
  /** Of readers that were scaled away: kept, and paid for. */
  readonly spareClaims: readonly ClaimSeen[];
  readonly replication: readonly ReaderStream[];
}

interface ClaimSeen {
  readonly name: string;
  readonly storageClass: string | null;
  readonly requestedBytes: number | null;
  readonly capacityBytes: number | null;
  readonly usedBytes: number | null;
}

/** Null when there is no such release, nor one begun: that has revision 0, and what is wanted for parameters. */
export function statusOf(snapshot: Snapshot): Status | null {
  const state = stateOf(snapshot);
  const {newest, writerSet, readersWanted, writerPod, readerPods, streams, claims} = viewOf(snapshot);
  if (!state) return null;
  const {target, operation} = snapshot;
  const names = objectNames(target.fullname);
  const used = snapshot.database.flatMap((fact) => (fact.kind === 'usage' ? fact.volumes : []));
  const claimOf = ({metadata, spec, status}: PersistentVolumeClaim) => ({
    name: metadata.name,
    storageClass: spec.storageClassName ?? null,
    requestedBytes: bytes(spec.resources?.requests?.['storage']),
    capacityBytes: bytes(status?.capacity?.['storage']),
    usedBytes: used.find(({claim}) => claim === metadata.name)?.usedBytes ?? null,
  });
  const parameters =
    (snapshot.release.values ? fromValues(snapshot.release.values) : null) ??
    (newest ? null : (operation?.wanted?.parameters ?? null));
  const version = writerSet?.metadata.labels?.['app.kubernetes.io/version'] ?? null;
  return {
    namespace: target.namespace,
    name: target.release,
    context: target.context,
    chartVersion: newest?.chartVersion ?? operation?.wanted?.chart.version ?? null,
    postgresVersion: proofOf(snapshot, 'writer')?.result.serverVersion ?? version,
    revision: newest?.revision ?? 0,
    helmStatus: newest?.status ?? 'none',
    state,
    writer: {ready: isReady(writerPod) ? 1 : 0, wanted: writerSet?.spec.replicas ?? 1},
    readers: {
      ready: readerPods.filter(isReady).length,
      wanted: newest ? readersWanted : (parameters?.readReplicaCount ?? 0),
    },
    storageSize: parameters?.storageSize ?? null,
    managedBy: parameters ? 'pg-helm-install' : 'helm',
    parameters,
    endpoints: endpointsOf(snapshot),
    credentials: parameters && {
      username: parameters.username,
      database: parameters.database,
      secret: names.secret,
      passwordKey: secretKeys.user,
    },
    tracks: tracksOf(snapshot),
    operation: operation && {
      kind: operation.kind,
      holder: operation.holder,
      alive: operation.holderIsAlive,
      startedAt: operation.startedAt,
      renewedAt: operation.renewedAt,
    },
    cause: state === 'ready' ? null : (findCauses(snapshot)[0]?.cause ?? null),
    warnings: findWarnings(snapshot, parameters),
    pods: [...(writerPod ? [writerPod] : []), ...readerPods].map((pod) => ({
      name: pod.metadata.name,
      role: pod.metadata.name === writerPod?.metadata.name ? 'writer' : 'reader',
      node: pod.spec.nodeName ?? null,
      ready: isReady(pod),
      restarts: Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({restartCount}) => restartCount)),
      startedAt: pod.status?.startTime ?? null,
    })),
    claims: claims.map(claimOf),
    spareClaims: newest ? unwantedClaims(snapshot, readersWanted).map(claimOf) : [],
    replication: streams.map(({pod, state, lagBytes, lagMs, sync}) => ({pod, state, lagBytes, lagMs, sync})),
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
