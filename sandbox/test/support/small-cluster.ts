// The sandbox's controllers over a store of their own, with a kubelet without processes: no API, no port, no file but
// the volumes' folders.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {admissionFor} from '../../source/api/admission/admission.ts';
import {kubernetesPorts} from '../../source/api/admission/service.ts';
import {keepNamespaces} from '../../source/api/namespaces.ts';
import {startAutoscaler} from '../../source/controllers/autoscaler.ts';
import {startDisruptionBudgets} from '../../source/controllers/disruption-budgets.ts';
import {startEndpoints} from '../../source/controllers/endpoints.ts';
import {startGarbageCollector} from '../../source/controllers/garbage.ts';
import {startJobs} from '../../source/controllers/jobs/jobs.ts';
import {startNodes} from '../../source/controllers/nodes.ts';
import {startScheduler} from '../../source/controllers/scheduler.ts';
import {startStatefulSets} from '../../source/controllers/stateful-set/controller.ts';
import {seedStorageClasses} from '../../source/controllers/storage-classes.ts';
import {startVolumes} from '../../source/controllers/volumes.ts';
import {recorder} from '../../source/events.ts';
import {noFaults, type Faults} from '../../source/faults.ts';
import {kinds, type Kind} from '../../source/store/kinds.ts';
import type {KubeObject} from '../../source/store/objects.ts';
import {Store} from '../../source/store/store.ts';
import {pretendingKubelet, type Pretending} from './pretending-kubelet.ts';
import {waitFor} from '../../../test/support/wait-for.ts';

export interface SmallCluster {
  readonly store: Store;
  readonly kubelet: Pretending;
  faults: Faults;
  get(kind: Kind, name: string): KubeObject | null;
  list(kind: Kind): KubeObject[];
  create(kind: Kind, object: object): KubeObject;
  /** Waits until the object is as `isRight` says. */
  until(kind: Kind, name: string, isRight: (object: KubeObject | null) => boolean): Promise<KubeObject | null>;
  /** `reason: message` of an object's events, oldest first. */
  said(name: string): string[];
  close(): void;
}

export const namespace = 'default';

/** @param autoscaling how long the autoscaler waits; null: there is none */
export function smallCluster(
  autoscaling: {readonly graceMs: number; readonly idleMs: number} | null = null,
): SmallCluster {
  const folder = mkdtempSync(join(tmpdir(), 'pghi-small-'));
  const store = new Store();
  store.admitBy(admissionFor(store, kubernetesPorts));
  const ends = [keepNamespaces(store)];
  seedStorageClasses(store);
  const events = recorder(store);
  let next = 16;
  const kubelet = pretendingKubelet({store, network: {addressForPod: () => `10.244.0.${next++}`}});
  const cluster: SmallCluster = {
    store,
    kubelet,
    faults: noFaults,
    get: (kind, name) => store.get(kind, kind.namespaced ? namespace : null, name),
    list: (kind) => store.list(kind, kind.namespaced ? namespace : null),
    create: (kind, object) =>
      store.create(kind, {
        apiVersion: kind.group ? `${kind.group}/${kind.version}` : kind.version,
        kind: kind.kind,
        ...object,
        metadata: {namespace, ...(object as KubeObject).metadata},
      }),
    until: (kind, name, isRight) =>
      waitFor(`${kind.kind} ${name}`, () => cluster.get(kind, name), isRight, {deadlineMs: 5000, everyMs: 5}),
    said: (name) =>
      store
        .list(kinds.event)
        .filter((event) => (event['involvedObject'] as {name?: string}).name === name)
        .map((event) => `${String(event['reason'])}: ${String(event['message'])}`),
    close() {
      for (const end of ends) end();
      for (const controller of controllers) controller.close();
      void kubelet.close();
      rmSync(folder, {recursive: true, force: true});
    },
  };
  const architecture = 'amd64';
  const nodes = startNodes({store, events, faults: () => cluster.faults, addressOf: () => '127.0.0.1', architecture});
  const controllers = [
    events,
    nodes,
    ...(autoscaling ? [startAutoscaler({store, events, nodes, architecture, lookEveryMs: 10, ...autoscaling})] : []),
    startVolumes(store, events, folder),
    startScheduler(store, events),
    startStatefulSets(store, events),
    startEndpoints(store),
    startDisruptionBudgets(store),
    startJobs(store, events),
    startGarbageCollector(store),
  ];
  return cluster;
}

/** A StatefulSet of that name whose pods are labelled `app=name`. */
export function setOf(
  name: string,
  {
    replicas = 1,
    image = 'example.invalid/db:1',
    spec = {},
    pod = {},
  }: {replicas?: number; image?: string; spec?: object; pod?: object} = {},
) {
  return {
    metadata: {name},
    spec: {
      replicas,
      serviceName: name,
      selector: {matchLabels: {app: name}},
      template: {
        metadata: {labels: {app: name}},
        spec: {containers: [{name: 'main', image, ports: [{name: 'db', containerPort: 5432}]}], ...pod},
      },
      volumeClaimTemplates: [
        {metadata: {name: 'data'}, spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}}},
      ],
      ...spec,
    },
  };
}
