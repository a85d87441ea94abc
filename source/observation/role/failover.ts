// A failover: what is seen of a writer that is away, and how far its replacement is, as the Lease records it.
import {databaseIn} from '../../chart/names.ts';
import {kubectl} from '../../commands/kubectl.ts';
import type {ContainerState, Metadata, Node, Pod} from '../kubernetes.ts';
import type {ClaimRecord, Side, VolumeRecord} from './switchover.ts';

/** Where a reader is in the WAL, and what it knows of its writer. */
export interface ReaderPosition {
  readonly pod: string;
  /** What it has received or replayed, whichever is more; such as `0/5014B40`. */
  readonly lsn: string;
  /** The same in bytes from the beginning of the WAL. */
  readonly bytes: number;
  readonly timeline: number;
  /** The reader's connection to the writer; null: it streams from nobody. */
  readonly receiver: {
    /** The end of the writer's WAL according to its last message, in bytes; null when it did not say. */
    readonly writerBytes: number | null;
    /** ISO 8601. */
    readonly lastMessageAt: string | null;
  } | null;
  /** When the writer committed the last transaction that the reader replayed, ISO 8601; null when none was replayed. */
  readonly replayedAt: string | null;
  /** The replication slot that it streams by; empty: none. */
  readonly slot: string;
}

/** A node, and what its kubelet says of itself. */
export type NodeSeen =
  | {
      readonly kind: 'there';
      readonly name: string;
      readonly isReady: boolean;
      /** Since when it has been Ready, or not Ready, ISO 8601. */
      readonly since: string | null;
      /** How long ago its kubelet renewed its Lease; null: that may not be read. */
      readonly leaseAgeMs: number | null;
      /** Somebody has said that the machine is off, by the taint that is made for it. */
      readonly isOutOfService: boolean;
      /** The cloud says that the machine is shut down; absent: it does not say so. */
      readonly isShutDown?: true;
    }
  | {readonly kind: 'gone'; readonly name: string}
  | {readonly kind: 'unreadable'; readonly name: string};

/** What pg_isready says, asked from a reader's pod; null: it could not be asked. */
export type Answer = 'accepting connections' | 'rejecting connections' | 'no response' | null;

/** The node that a volume is attached to; null: to none, or, where it is not known, this user may not read it. */
export interface Attachment {
  readonly node: string | null;
  readonly isKnown: boolean;
}

/** All that is seen of a writer, from several sides. */
export interface WriterEvidence {
  /** Null when the pod does not exist. */
  readonly pod: {
    readonly name: string;
    readonly isReady: boolean;
    /** Its database answered, and is the release's. */
    readonly isProven: boolean;
    /** It is another database than the release's, for example on an emptied volume. */
    readonly isAnother: boolean;
    /** Its container: `running`, or why not; null: the pod is on no node. */
    readonly container: string | null;
  } | null;
  /** The node that the database is on, as its pod or its volume tells; null: none is known. */
  readonly node: NodeSeen | null;
  /**
   * Set when the pod has never started and its disk may be on any node: an earlier pod of that name may still run
   * elsewhere, for example after `kubectl delete pod --force` on a node that is cut off.
   */
  readonly mayRunElsewhere?: true;
  /** The node that its volume is attached to; null: to none, or that may not be read. */
  readonly attachedTo: string | null;
  readonly answers: readonly {readonly from: string; readonly said: Answer}[];
  /** Where each reader is that answered. */
  readonly positions: readonly ReaderPosition[];
  /** Set when the writer's database answers and lets a reader's superuser in, who can stop it; else null or absent. */
  readonly open?: {
    readonly host: string;
    /** Where its WAL ended then, in bytes. */
    readonly bytes: number;
  } | null;
}

/** Which acknowledged writes the chosen reader may lack. */
export interface WritesAtRisk {
  /** Bytes of WAL that the writer is known to have written and the reader does not have: at least that many. */
  readonly bytes: number;
  /** The last sign of the writer to its readers or to us, ISO 8601: what it acknowledged later is not known. */
  readonly lastSignAt: string | null;
  /** Each commit waited for so many readers that at least one of those that answered has it. */
  readonly isCovered: boolean;
  /** From that sign to the moment at which it was asked for, in milliseconds; null, or absent: not known. */
  readonly silentMs?: number | null;
  /** How far the writer is known to have written; null, or absent: not known. */
  readonly writer?: {readonly bytes: number; /** ISO 8601. */ readonly at: string | null} | null;
}

/** Bytes from the beginning of the WAL as PostgreSQL writes them, such as `0/5014B40`. */
export function lsnText(bytes: number): string {
  const [high, low] = [Math.floor(bytes / 2 ** 32), bytes % 2 ** 32];
  return `${high.toString(16)}/${low.toString(16)}`.toUpperCase();
}

/**
 * `fence`: the earlier writer is cut off, and no reader is chosen yet. `promote`: a reader is chosen and becomes the
 * writer. `back`: no reader could take the role, and everything is as it was.
 */
export type FailoverPhase = 'fence' | 'promote' | 'back';

export interface FailoverRecord {
  readonly phase: FailoverPhase;
  /** The pod of the reader that was asked for; null: the one with the most WAL. */
  readonly to: string | null;
  /** The pod of the reader that becomes the writer; null: it is not chosen yet. */
  readonly pod: string | null;
  /** Pods of readers that had more than the one that was chosen: they cannot follow it, and are copied again. */
  readonly ahead: readonly string[];
  readonly writerPod: string;
  /** The writer's claim and the volume that it has; `volume` null: there is none. */
  readonly writer: {readonly claim: ClaimRecord; readonly volume: VolumeRecord | null};
  /** Claims and volumes of the readers that can be chosen, by the names of their pods. */
  readonly readers: Readonly<Record<string, Side>>;
  /** The nodes that the volumes of readers are bound to, by the names of their pods; absent: not known. */
  readonly nodes?: Readonly<Record<string, string>>;
  /** The claim that keeps the earlier writer's volume. */
  readonly kept: ClaimRecord;
  /** The earlier writer's node does not answer, so nobody can say when its pod has ended. */
  readonly isNodeLost: boolean;
  /** The node that the earlier writer was on; null when not known. */
  readonly fromNode: string | null;
  /** Timeline of the WAL that the earlier writer wrote. */
  readonly timeline: number;
  readonly atRisk: WritesAtRisk;
  /** Why the role moves, in a few words; absent: an earlier version began it. */
  readonly because?: string;
  /** Set once the new writer serves, and all that was kept and prepared is in order: what is left only waits. */
  readonly isSettled?: true;
  /** Set when the writer's database answers although its node does not: it is first stopped from a reader's pod. */
  readonly fence?: {
    /** Where it answers. */
    readonly host: string;
    /** Where its WAL ended when it was asked, in bytes; absent: an earlier version began it. */
    readonly bytes?: number;
    /** The database was told to stop, and to listen to nobody when it is started again. */
    readonly isTold: boolean;
    /** The database was told so, and does not answer any more. */
    readonly isDone: boolean;
  };
}

/** A label that no pod has: in the selector of the writer's Service, it makes the Service lead to nobody. */
export const noPodLabel = {key: 'pg-helm-install/failover', value: 'nobody'} as const;

/** Label on a claim that keeps an earlier writer's volume (named `…-kept-` and a time). Its value is the release. */
export const keptFor = 'pg-helm-install/kept-of';

/** Kubernetes documentation, Well-Known Labels, Annotations and Taints. */
const outOfService = 'node.kubernetes.io/out-of-service';

/** Says that the machine of the node is off, so that its pods are recreated elsewhere. */
export function outOfServiceCommand(target: {readonly context: string | null}, node: string): string {
  return kubectl(target, 'taint', 'nodes', node, `${outOfService}=nodeshutdown:NoExecute`);
}

/** Set by the cloud's node lifecycle controller while a node that is not Ready is off, and taken away afterwards. */
const shutDown = 'node.cloudprovider.kubernetes.io/shutdown';

/** `leaseAgeMs`: null where its Lease may not be read. */
export function nodeSeen({metadata, spec, status}: Node, leaseAgeMs: number | null): NodeSeen {
  const ready = status?.conditions?.find(({type}) => type === 'Ready');
  const hasTaint = (name: string) => spec.taints?.some(({key}) => key === name) ?? false;
  return {
    kind: 'there',
    name: metadata.name,
    isReady: ready?.status === 'True',
    since: ready?.lastTransitionTime ?? null,
    leaseAgeMs,
    isOutOfService: hasTaint(outOfService),
    ...(hasTaint(shutDown) ? {isShutDown: true} : {}),
  };
}

/** The database's container in words; null: the pod is on no node. */
export function containerOf({spec, status}: Pod): string | null {
  if (!spec.nodeName) return null;
  return stateText(databaseIn(status?.containerStatuses)?.state);
}

/** Whether its container has run since the pod was made. */
export function hasStarted({status}: Pod): boolean {
  const {state, lastState, restartCount = 0} = databaseIn(status?.containerStatuses) ?? {};
  return Boolean(state?.running ?? state?.terminated ?? lastState?.terminated) || restartCount > 0;
}

function stateText({running, waiting, terminated}: ContainerState = {}): string {
  return running ? 'running' : (waiting?.reason ?? terminated?.reason ?? 'not started');
}

/**
 * Labels that name a single node, by which drivers of disks inside a machine bind volumes: `kubernetes.io/hostname`,
 * `topology.topolvm.io/node`, `topology.hostpath.csi/node`, `openebs.io/nodename`.
 */
const labelOfOneNode = /\/(hostname|node|nodename)$/;

/** The node that the volume is bound to by its name, as a disk in that machine is; null when there is no single one. */
export function nodeOfVolume(volume: {
  readonly metadata: Metadata;
  readonly spec: {
    readonly nodeAffinity?: {
      readonly required?: {
        readonly nodeSelectorTerms?: readonly {
          readonly matchExpressions?: readonly {readonly key: string; readonly values?: readonly string[]}[];
        }[];
      };
    };
  };
}): string | null {
  const terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  const hosts = terms.flatMap(({matchExpressions = []}) =>
    matchExpressions.flatMap(({key, values = []}) => (labelOfOneNode.test(key) ? values : [])),
  );
  return hosts.length === 1 ? (hosts[0] ?? null) : null;
}
