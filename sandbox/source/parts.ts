// What the parts of the sandbox need of each other: the kubelet needs the network and the volumes, the controllers need
// nothing but the store.
import type {PodRuntime} from './pod-runtime.ts';
import type {Recorder} from './events.ts';
import type {Faults} from './faults.ts';
import type {Store} from './store/store.ts';

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Network {
  /**
   * An address for a pod that is about to start, its status.podIP: no other pod and no Service has it. On Linux it is
   * in 127.0.0.0/8, and the pod's processes listen on it, at the ports that the pod names; elsewhere it exists only in
   * the pod's status, and the processes listen on 127.0.0.1, at any port.
   */
  addressForPod(pod: PodName): string;
  /** False where pods have only 127.0.0.1 in common. */
  readonly podsHaveAddresses: boolean;
  /**
   * Where a process of that pod reaches a name of the cluster: a Service (`name`, `name.namespace`,
   * `….svc.cluster.local`), or a pod behind a headless one (`pod.service…`). A connection to that address reaches a
   * ready pod, and is seen as coming from the pod's own address. Null: there is no such name or port.
   */
  lookup(from: PodName, name: string, port: number): Promise<Address | null>;
}

export interface VolumeFolders {
  /** Null: the claim does not exist or is not bound. The folder exists; the kubelet decides who owns what is in it. */
  folderOf(namespace: string, claim: string): string | null;
}

export interface KubeletOptions {
  readonly store: Store;
  readonly events: Recorder;
  readonly network: Network;
  readonly volumes: VolumeFolders;
  /** The sandbox's folder: logs and the like are below it, in folders of the kubelet's own. */
  readonly folder: string;
  /** The faults in force. Of the node that nodeLost or nodeOff names, nothing is said that its kubelet would say. */
  readonly faults: () => Faults;
  /** Called once for each thing that takes time, such as fetching PostgreSQL. */
  readonly onDoing: (text: string) => void;
}

/**
 * Runs pods that have a nodeName, keeps their status, and takes away those that are being deleted once they have ended.
 */
export interface Kubelet extends PodRuntime {
  /** To be called when the faults have changed. */
  look(): void;
  /**
   * Stops every process, the databases cleanly; the store is left as it is, so that the pods come back at the next
   * start.
   */
  close(): Promise<void>;
}
