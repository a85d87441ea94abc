// What a program in a container finds there: its environment, its paths, its address, and the names of the cluster.
import type {Address} from '../parts.ts';
import type {ContainerLog} from './container-log.ts';
import type {Place} from './postgres/configuration.ts';

export interface RunOptions {
  /** Its output is shown only when it fails. */
  readonly quiet?: boolean;
  /** Output that means a failure, whatever the program exits with. */
  readonly fails?: RegExp;
  /** From now on the program is the container's main process: it gets the signals, and its end is the container's. */
  readonly becomesMain?: boolean;
}

export interface Inside {
  /** As the definition gives it; paths are the container's. */
  readonly environment: Readonly<Record<string, string>>;
  readonly log: ContainerLog;
  /** The folder for what is below no mount. */
  readonly ownFolder: string;
  /** Where its server is to listen. */
  readonly place: Place;
  /** Aborted when the container is to end. */
  readonly stopping: AbortSignal;
  /** The fault: a server's writes are to fail. */
  diskIsFull(): boolean;
  /** Null: below no mount. */
  mapPath(path: string): string | null;
  readonly mapText: (text: string) => string;
  /** Gives a file or folder to the user as whom the pod's processes run. */
  readonly owns: (path: string) => Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Runs a program of this machine as the pod's user, and ends it with the sandbox. @returns its exit code */
  run(command: readonly string[], options: RunOptions): Promise<number>;
  /** Where a name of the cluster is reached from this pod. */
  reach(name: string, port: number): Promise<Address | null>;
  /**
   * Waits until a PostgreSQL server there accepts connections. Null: none did in that time, or the container is to end.
   */
  waitForServer(where: () => Promise<Address | null>, timeoutMs: number): Promise<Address | null>;
}
