// The objects of a release, as far as they are read, for tests to put together.
import {claimName} from '../../../source/chart/names.ts';
import type {
  PersistentVolumeClaim,
  ClusterEvent,
  Pod,
  Service,
  StatefulSet,
} from '../../../source/observation/kubernetes.ts';
import type {Fact} from '../../../source/observation/snapshot.ts';
import type {ImageTrial} from '../../../source/operations/ports/pods.ts';

export function iso(time: number): string {
  return new Date(time).toISOString();
}

export function range(count: number): number[] {
  return Array.from({length: count}, (_, index) => index);
}

export function podOf(name: string, ready: boolean): Pod {
  return {
    metadata: {
      name,
      uid: `uid-of-${name}`,
      labels: {'app.kubernetes.io/component': name.includes('-read-') ? 'read' : 'primary'},
    },
    spec: {nodeName: 'node0', containers: [{name: 'postgresql'}]},
    status: {
      phase: 'Running',
      conditions: [{type: 'Ready', status: ready ? 'True' : 'False'}],
      containerStatuses: [{name: 'postgresql', ready, restartCount: 0, state: {running: {}}}],
    },
  };
}

export function setOf(name: string, replicas: number, at: number): StatefulSet {
  return {metadata: {name, creationTimestamp: iso(at)}, spec: {replicas, template: {spec: {containers: []}}}};
}

export function claimOf(pod: string): PersistentVolumeClaim {
  const [, set = '', ordinal = '0'] = /^(.*)-(\d+)$/.exec(pod) ?? [];
  return {
    metadata: {name: claimName(set, Number(ordinal))},
    spec: {storageClassName: 'standard'},
    status: {phase: 'Bound', capacity: {storage: '20Gi'}},
  };
}

export function serviceOf(name: string): Service {
  return {metadata: {name}, spec: {type: 'ClusterIP', ports: [{port: 5432}]}};
}

export function proof(role: 'writer' | 'reader', at: number, hasMetricsRole = false): Fact {
  return {
    kind: 'endpoint',
    role,
    from: 'cluster',
    at,
    result: {answered: true, inRecovery: role === 'reader', serverVersion: '17.6', latencyMs: 2, hasMetricsRole},
  };
}

export function replication(pods: readonly string[], at: number, commitsWaitFor = 0): Fact {
  return {
    kind: 'replication',
    at,
    streams: pods.map((pod) => ({
      pod,
      state: 'streaming',
      lagBytes: 0,
      lagMs: 0,
      sync: commitsWaitFor > 0 ? 'quorum' : 'async',
      commitsWaitFor,
    })),
  };
}

/** An event about an object of the release. */
export function eventAbout(kind: string, name: string, reason: string, message: string, at: number): ClusterEvent {
  const uid = `uid-of-${name}`;
  return {
    metadata: {name: `${name}.${reason}`, uid: `event-${name}-${reason}-${message}`},
    involvedObject: {kind, name, uid},
    type: 'Warning',
    reason,
    message,
    count: 1,
    firstTimestamp: iso(at),
    lastTimestamp: iso(at),
  };
}

/** An image that is tried on the node of the writer. */
export const imageTrial = {
  image: 'postgres:17.12-bookworm',
  beside: {metadata: {name: 'w', uid: '1'}, spec: {nodeName: 'node0', containers: []}},
  pullSecret: null,
  owner: null,
} as unknown as ImageTrial;
