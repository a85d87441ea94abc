// Puts together all that makes the sandbox a cluster: store and journal, network, API, controllers, kubelet. They are
// closed in the opposite order.
import {arch} from 'node:os';
import {tlsOf} from './api/certificate.ts';
import type {PodRuntime} from './pod-runtime.ts';
import {SeededFaults} from './api/request-faults.ts';
import {kubernetesPorts} from './api/admission/service.ts';
import {startApi, type Api, type ApiOptions} from './api/server.ts';
import {startAutoscaler} from './controllers/autoscaler.ts';
import {startDisruptionBudgets} from './controllers/disruption-budgets.ts';
import {startEndpoints} from './controllers/endpoints.ts';
import {startGarbageCollector} from './controllers/garbage.ts';
import {startCronJobs} from './controllers/jobs/cron-jobs.ts';
import {startJobs} from './controllers/jobs/jobs.ts';
import {startLoadBalancers} from './controllers/load-balancers.ts';
import {startNodes} from './controllers/nodes.ts';
import {startScheduler} from './controllers/scheduler.ts';
import {startStatefulSets} from './controllers/stateful-set/controller.ts';
import {seedStorageClasses} from './controllers/storage-classes.ts';
import {startVolumes} from './controllers/volumes.ts';
import type {Controller} from './controllers/work-queue.ts';
import {recorder, type Recorder} from './events.ts';
import {noFaults, type Faults} from './faults.ts';
import {takeBlock} from './network/block.ts';
import {moveServices} from './network/move-services.ts';
import {startNetwork} from './network/network.ts';
import {openJournal} from './store/journal.ts';
import {Store} from './store/store.ts';
import type {Kubelet, KubeletOptions} from './parts.ts';

interface ClusterOptions {
  readonly folder: string;
  readonly token: string;
  /** 0: any free port. Where this one is taken, it is any free one, too. */
  readonly port: number;
  readonly startKubelet: (options: KubeletOptions) => Promise<Kubelet>;
  readonly onDoing: (text: string) => void;
}

export interface Cluster {
  readonly api: Api;
  setFaults(faults: Faults): void;
  close(): Promise<void>;
}

export async function startCluster({folder, token, port, startKubelet, onDoing}: ClusterOptions): Promise<Cluster> {
  const store = new Store();
  const journal = openJournal(folder, store);
  const isNew = store.revision <= 1;
  const block = await takeBlock(folder);
  const {prefix} = block;
  let faults = noFaults;
  let kubelet: Kubelet | null = null;
  moveServices(store, prefix);
  const tls = await tlsOf(folder);
  const requestFaults = new SeededFaults();
  const api = await startApiAt({
    store,
    port,
    token,
    tls,
    // A function, because the API starts before the kubelet that knows the pods.
    pods: podsOf(() => kubelet),
    faults: requestFaults,
    ports: {...kubernetesPorts, prefix},
  });
  if (isNew) seedStorageClasses(store);
  const events = recorder(store);
  const architecture = arch() === 'x64' ? 'amd64' : arch();
  const nodes = startNodes({
    store,
    events,
    faults: () => faults,
    addressOf: (index) => (prefix === null ? '127.0.0.1' : `${prefix}.${index + 2}`),
    architecture,
  });
  const network = startNetwork({store, prefix, addressOf: (pod, number) => kubelet?.address(pod, number) ?? null});
  const volumes = startVolumes(store, events, folder);
  const controllers = [
    volumes,
    startAutoscaler({store, events, nodes, architecture}),
    ...startControllers(store, events, prefix !== null),
  ];
  kubelet = await startKubelet({store, events, network, volumes, folder, faults: () => faults, onDoing});

  return {
    api,
    setFaults(next) {
      requestFaults.follow(faults, next);
      faults = next;
      nodes.look();
      kubelet?.look();
    },
    async close() {
      // The controllers end first: none of them reacts to what stops, so that all of it comes back at the next start.
      for (const one of controllers) one.close();
      nodes.close();
      events.close();
      await kubelet?.close();
      network.close();
      await api.close();
      journal.close();
      block.release();
    },
  };
}

/** Logs, commands and ports of pods, once the kubelet has started. */
function podsOf(kubelet: () => Kubelet | null): PodRuntime {
  const running = () => {
    const started = kubelet();
    if (!started) throw new Error('the kubelet has not started');
    return started;
  };
  return {
    logs: (...asked) => running().logs(...asked),
    exec: (...asked) => running().exec(...asked),
    address: (...asked) => kubelet()?.address(...asked) ?? null,
  };
}

/** Starts the API, at any free port where the one that is asked for is taken. */
async function startApiAt(options: ApiOptions): Promise<Api> {
  return startApi(options).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return startApi({...options, port: 0});
  });
}

/** The controllers that need nothing but the store. */
function startControllers(store: Store, events: Recorder, servicesHaveAddresses: boolean): Controller[] {
  return [
    startScheduler(store, events),
    startStatefulSets(store, events),
    startEndpoints(store),
    startLoadBalancers(store, events, servicesHaveAddresses),
    startDisruptionBudgets(store),
    startJobs(store, events),
    startCronJobs(store, events),
    startGarbageCollector(store),
  ];
}
