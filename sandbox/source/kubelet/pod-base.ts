// What the containers of a pod share: its address, its volumes, its folders, and the way to the names of the cluster.
import {randomBytes} from 'node:crypto';
import {existsSync} from 'node:fs';
import {readFile, rm} from 'node:fs/promises';
import {isIP} from 'node:net';
import {isAbsolute, join} from 'node:path';
import type {KubeObject} from '../store/objects.ts';
import type {Address} from '../parts.ts';
import {ownFolderOf, type RunSetting} from './container-run.ts';
import {environmentOf, objectsFor} from './environment.ts';
import type {Machine} from './machine.ts';
import {specOf, type Container} from './pod.ts';
import type {Caller} from './programs/gateway.ts';
import {configurationFolderOf} from './postgres/entrypoint.ts';
import {canFillDisk, fillDisk, freeDisk, isFull} from './postgres/full-disk.ts';
import {memoryUsage} from './process/memory-usage.ts';
import {mapPath, type Mount} from './volumes/mounts.ts';
import {mountsOf, prepareVolumes, refreshFiles, type VolumeContext} from './volumes/pod-volumes.ts';

export class PodBase {
  /** The newest definition. */
  pod: KubeObject;
  /** By this token the sandbox knows the programs in the pod. */
  readonly token = randomBytes(12).toString('hex');
  readonly folder: string;
  readonly logFolder: string;
  podIP: string | null = null;
  #volumes = new Map<string, string>();
  #socketFolder: string | null = null;
  /** Writes the files of volumes, one after the other. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    pod: KubeObject,
    readonly machine: Machine,
  ) {
    const {name, namespace, uid = ''} = pod.metadata;
    this.pod = pod;
    this.folder = join(machine.folder, 'pods', uid);
    this.logFolder = join(machine.folder, 'logs', `${namespace}_${name}_${uid}`);
  }

  get name(): {readonly namespace: string; readonly name: string} {
    return {namespace: this.pod.metadata.namespace ?? '', name: this.pod.metadata.name};
  }

  /** A pod keeps the address that it had, where that is possible: the network looks at its status. */
  takeAddress(): void {
    this.podIP ??= this.machine.network.addressForPod(this.name);
  }

  /** @throws MountError while a volume is not there */
  async mount(): Promise<void> {
    this.#volumes = await this.#afterOthers(() => prepareVolumes(this.pod, this.#volumeContext()));
    this.#socketFolder = await this.machine.socketFolder(this.pod);
  }

  /** Brings the files of Secrets and ConfigMaps up to date. */
  async refresh(): Promise<void> {
    await this.#afterOthers(() => refreshFiles(this.pod, this.#volumeContext()));
  }

  #afterOthers<Written>(write: () => Promise<Written>): Promise<Written> {
    const written = this.#writing.catch(() => undefined).then(write);
    this.#writing = written;
    return written;
  }

  /** Where on this machine a server of the pod listens for that port of the pod. */
  portAt(port: number): Address | null {
    return this.podIP === null ? null : this.machine.place(this.pod, this.podIP, port);
  }

  /** @throws ConfigError */
  async settingFor(container: Container): Promise<Omit<RunSetting, 'shape' | 'log'>> {
    const {runsAs, binaries, network, machineEnvironment} = this.machine;
    const mounts = await mountsOf(container, this.#volumes, runsAs);
    const ownFolder = ownFolderOf(this.folder, container.name);
    await this.machine.makeOwned(ownFolder);
    const port = container.ports?.[0]?.containerPort ?? 5432;
    return {
      command: commandOf(container),
      environment: environmentOf(container, this.pod, this.podIP ?? '', objectsFor(this.machine.store, this.pod)),
      machineEnvironment: machineEnvironment(this.token),
      mounts,
      ownFolder,
      place: {...this.machine.place(this.pod, this.podIP ?? '', port), socketFolder: this.#socketFolder},
      binaries,
      runsAs,
      reach: (host, at) => network.lookup(this.name, host, at),
      diskIsFull: () => this.machine.faults().diskFull,
    };
  }

  /** The program of a container's command, if it does not exist; null where it does, or where a shell will say so. */
  missingProgram(container: Container, mounts: readonly Mount[]): string | null {
    const [program] = commandOf(container) ?? [];
    if (program === undefined) return null;
    const mapped = mapPath(mounts, program) ?? program;
    const places = program.includes('/')
      ? [mapped]
      : this.machine.programFolders.map((folder) => join(folder, program));
    return places.some((file) => existsSync(file)) ? null : program;
  }

  /**
   * How the pod's programs reach others: names lead where they lead from this pod; its own server is reached by its
   * socket and by 127.0.0.1.
   */
  caller(): Caller {
    return {
      reach: async (host, port) => {
        if (host.startsWith('/') && host !== '/tmp') return {host, port};
        if (['', '/tmp'].includes(host) && this.#socketFolder) return {host: this.#socketFolder, port};
        if (['', '127.0.0.1', 'localhost', '::1', this.name.name, this.podIP].includes(host)) return this.portAt(port);
        return isIP(host) ? {host, port} : this.machine.network.lookup(this.name, host, port);
      },
      readFile: (path, folder) => readFile(isAbsolute(path) ? path : join(folder, path), 'utf8'),
    };
  }

  /** Fills or frees the disk of a writer, as the fault now says; other containers have no such data. */
  async keepDisk(container: Container): Promise<void> {
    const {environment, mounts, place, ownFolder} = await this.settingFor(container);
    const configurationFolder = configurationFolderOf({mapPath: (path) => mapPath(mounts, path), ownFolder});
    const dataFolder = mapPath(mounts, environment['PGDATA'] ?? '');
    if (
      dataFolder === null ||
      !existsSync(join(dataFolder, 'PG_VERSION')) ||
      existsSync(join(dataFolder, 'standby.signal'))
    )
      return;
    if (!this.machine.faults().diskFull) await freeDisk({dataFolder, configurationFolder});
    else if (canFillDisk() && place.socketFolder !== null && !(await isFull(dataFolder)))
      await fillDisk({dataFolder, configurationFolder, socketFolder: place.socketFolder, port: place.port});
  }

  /** Bytes. */
  memoryUsage(): Promise<number> {
    const inMemory = (specOf(this.pod).volumes ?? []).flatMap(({name, emptyDir}) =>
      emptyDir?.medium === 'Memory' ? (this.#volumes.get(name) ?? []) : [],
    );
    return memoryUsage([this.folder, ...this.#volumes.values()], inMemory);
  }

  async removeFiles(): Promise<void> {
    await rm(this.folder, {recursive: true, force: true}).catch(() => undefined);
    await rm(this.logFolder, {recursive: true, force: true}).catch(() => undefined);
    if (this.#socketFolder) await rm(this.#socketFolder, {recursive: true, force: true}).catch(() => undefined);
  }

  #volumeContext(): VolumeContext {
    return {
      volumes: this.machine.volumes,
      lookup: objectsFor(this.machine.store, this.pod),
      runsAs: this.machine.runsAs,
      folder: this.folder,
      podIP: () => this.podIP ?? '',
    };
  }
}

function commandOf({command = [], args = []}: Container): readonly string[] | null {
  if (command.length > 0) return [...command, ...args];
  // Arguments without a command go to the image's entry point, which starts a server where they are a server's.
  return args.length > 0 && args[0] !== 'postgres' && !args[0]?.startsWith('-') && !args[0]?.endsWith('/run.sh')
    ? args
    : null;
}
