// A pod's life on its node, from its address and volumes to the end of its last container.
import {rm} from 'node:fs/promises';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import {timestamp} from '../store/store.ts';
import {mapPath, type Mount} from './volumes/mounts.ts';
import {ContainerWorker} from './container-worker.ts';
import {ownFolderOf, type RunSetting} from './container-run.ts';
import {environmentOf, objectsFor} from './environment.ts';
import {Images} from './images/images.ts';
import type {Machine} from './machine.ts';
import {specOf, statusOf, type Condition, type Container, type ContainerStatus} from './pod.ts';
import type {PodContext} from './pod-context.ts';
import type {ProbeTarget} from './probes/probe.ts';
import {isSidecar, podStatus, waitingStatus} from './status.ts';
import {MountError, mountsOf, prepareVolumes, refreshFiles, usesObject, type VolumeContext} from './volumes/pod-volumes.ts';
import {Waker} from './waker.ts';

const mountRetryMs = 500;

export class PodWorker implements PodContext {
  #pod: KubeObject;
  readonly #machine: Machine;
  readonly #init: ContainerWorker[];
  readonly #main: ContainerWorker[];
  readonly images: Images;
  readonly folder: string;
  readonly #startTime: string;
  readonly #mounting = new Waker();
  #volumes = new Map<string, string>();
  #podIP: string | null = null;
  #socketFolder: string | null = null;
  #set = false;
  #ending: Promise<void> | null = null;
  #graceSeconds: number | null = null;
  #failed: {reason: string; message: string} | null = null;
  #resize: readonly Condition[] = [];
  #dirty = false;
  #gone = false;

  constructor(pod: KubeObject, machine: Machine) {
    this.#pod = pod;
    this.#machine = machine;
    this.folder = join(machine.folder, 'pods', pod.metadata.uid ?? '');
    this.images = new Images(this.nodeName, machine.pulledImages, machine.faults);
    const {initContainers = [], containers} = specOf(pod);
    const before = statusOf(pod);
    this.#startTime = before.startTime ?? timestamp();
    const later = initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating';
    const worker = (container: Container, kind: 'containers' | 'initContainers', known: readonly ContainerStatus[] = []) => new ContainerWorker(this, container, kind, afterRestart(known.find(({name}) => name === container.name), container) ?? waitingStatus(container, later));
    this.#init = initContainers.map((one) => worker(one, 'initContainers', before.initContainerStatuses));
    this.#main = containers.map((one) => worker(one, 'containers', before.containerStatuses));
    if (before.startTime !== undefined && (before.podIP ?? '') !== '') this.say('Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    void this.#live().catch((error: unknown) => this.say('Warning', 'FailedSync', `error determining status: ${(error as Error).message}`));
  }

  get nodeName(): string {
    return specOf(this.#pod).nodeName ?? '';
  }

  get object(): KubeObject {
    return this.#pod;
  }

  get title(): string {
    const {name, namespace, uid} = this.#pod.metadata;
    return `${name}_${namespace}(${uid})`;
  }

  get graceSeconds(): number {
    return this.#graceSeconds ?? specOf(this.#pod).terminationGracePeriodSeconds ?? 30;
  }

  get logFolder(): string {
    const {name, namespace, uid} = this.#pod.metadata;
    return join(this.#machine.folder, 'logs', `${namespace}_${name}_${uid}`);
  }

  get podIP(): string | null {
    return this.#podIP;
  }

  container(name: string): ContainerWorker | null {
    return [...this.#main, ...this.#init].find(({definition}) => definition.name === name) ?? null;
  }

  /** The definition, its annotations or its deletion may be new. */
  change(pod: KubeObject): void {
    const before = this.#pod;
    this.#pod = pod;
    const {containers, initContainers = []} = specOf(pod);
    for (const one of [...initContainers, ...containers]) this.container(one.name)?.redefine(one);
    if (JSON.stringify(before.metadata.annotations) !== JSON.stringify(pod.metadata.annotations)) this.refresh();
    if (pod.metadata.deletionTimestamp) this.#delete(pod.metadata.deletionGracePeriodSeconds ?? this.graceSeconds);
    else if (before.metadata.generation !== pod.metadata.generation) {
      this.#resize = this.#machine.resize(pod);
      this.publish();
    }
  }

  /** Files of that object, if the pod has any. */
  objectChanged(kind: string, name: string): void {
    if (usesObject(this.#pod, kind, name)) this.refresh();
    this.#mounting.wake();
  }

  refresh(): void {
    void refreshFiles(this.#pod, this.#volumeContext());
  }

  say(type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void {
    if (this.#machine.isSilent(this.nodeName) || this.#gone) return;
    this.#machine.events.record(this.#pod, {type, reason, message, component: 'kubelet', host: this.nodeName, ...(fieldPath ? {fieldPath} : {})});
  }

  /** Several changes of one moment are one change of the status. */
  publish(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    queueMicrotask(() => {
      this.#dirty = false;
      this.publishNow();
    });
  }

  publishNow(): void {
    const {name, namespace = ''} = this.#pod.metadata;
    if (this.#gone || this.#machine.isSilent(this.nodeName)) return;
    const live = this.#machine.store.get(kinds.pod, namespace, name);
    if (!live || live.metadata.uid !== this.#pod.metadata.uid) return;
    const facts = {
      spec: specOf(live),
      generation: live.metadata.generation,
      init: this.#init.map(({status}) => status),
      main: this.#main.map(({status}) => status),
      set: this.#set,
      podIP: this.#podIP,
      hostIP: this.#machine.hostIP(this.nodeName),
      startTime: this.#startTime,
      now: timestamp(),
      failed: this.#failed,
      resize: this.#resize,
    };
    this.#machine.store.update(kinds.pod, {...live, status: podStatus(facts, statusOf(live))});
  }

  /** The sandbox ends: the processes too, the pod stays. */
  async shutDown(): Promise<void> {
    this.#gone = true;
    this.#mounting.wake();
    await Promise.all([...this.#main, ...this.#init].map((one) => one.shutDown()));
  }

  /** Where a port of the pod listens here: its server's, whatever the number is. */
  portAt(port: number): {host: string; port: number} | null {
    if (this.#podIP === null || !this.#main.some((one) => one.isRunning)) return null;
    return this.#machine.place(this.#pod, this.#podIP, port);
  }

  async settingFor(container: Container): Promise<Omit<RunSetting, 'shape' | 'log'>> {
    const {runsAs, binaries, network, machineEnvironment} = this.#machine;
    const mounts = await mountsOf(container, this.#volumes, runsAs);
    const ownFolder = ownFolderOf(this.folder, container.name);
    await this.#machine.makeOwned(ownFolder);
    const port = container.ports?.[0]?.containerPort ?? 5432;
    const {name, namespace = ''} = this.#pod.metadata;
    return {
      command: commandOf(container),
      environment: environmentOf(container, this.#pod, this.#podIP ?? '', objectsFor(this.#machine.store, this.#pod)),
      machineEnvironment: machineEnvironment(this.#pod, mounts),
      mounts,
      ownFolder,
      place: {...this.#machine.place(this.#pod, this.#podIP ?? '', port), socketFolder: this.#socketFolder},
      binaries,
      runsAs,
      reach: (host, at) => network.lookup({namespace, name}, host, at),
    };
  }

  missingProgram(container: Container, mounts: readonly Mount[]): string | null {
    const [program] = commandOf(container) ?? [];
    if (program === undefined) return null;
    const mapped = mapPath(mounts, program) ?? program;
    const places = program.includes('/') ? [mapped] : this.#machine.programFolders.map((folder) => join(folder, program));
    return places.some((file) => existsSync(file)) ? null : program;
  }

  probeTarget(worker: ContainerWorker): ProbeTarget {
    return {
      podIP: this.#podIP ?? '',
      portAt: (port) => {
        const number = typeof port === 'number' ? port : worker.definition.ports?.find(({name}) => name === port)?.containerPort;
        return number === undefined ? null : this.portAt(number);
      },
      run: (command, timeoutMs) => this.#machine.runQuietly(this, worker, command, timeoutMs),
    };
  }

  async mounts(container: Container): Promise<Mount[]> {
    return mountsOf(container, this.#volumes, this.#machine.runsAs);
  }

  async #live(): Promise<void> {
    this.publish();
    const {restartPolicy = 'Always', activeDeadlineSeconds} = specOf(this.#pod);
    if (this.#pod.metadata.deletionTimestamp) return this.change(this.#pod);
    if (activeDeadlineSeconds !== undefined) this.#limit(activeDeadlineSeconds);
    const {name, namespace = ''} = this.#pod.metadata;
    const known = statusOf(this.#pod).podIP;
    this.#podIP = known && known !== '' ? known : this.#machine.network.addressForPod({namespace, name});
    if (!(await this.#mountVolumes())) return;
    this.#socketFolder = await this.#machine.socketFolder(this.#pod);
    this.#set = true;
    this.publish();
    const policy = restartPolicy as 'Always' | 'OnFailure' | 'Never';
    const sidecars: Promise<unknown>[] = [];
    for (const one of this.#init) {
      if (isSidecar(one.definition)) sidecars.push(one.live('Always'));
      else if ((await one.live(policy === 'Never' ? 'Never' : 'OnFailure')) !== 0) return;
    }
    await Promise.all(this.#main.map((one) => one.live(policy)));
    if (this.#ending || this.#gone) return;
    await Promise.all(this.#init.map((one) => one.stop(this.graceSeconds)));
    this.publish();
  }

  async #mountVolumes(): Promise<boolean> {
    for (;;) {
      if (this.#ending || this.#gone) return false;
      try {
        this.#volumes = await prepareVolumes(this.#pod, this.#volumeContext());
        return true;
      } catch (error) {
        if (!(error instanceof MountError)) this.say('Warning', 'FailedMount', `MountVolume.SetUp failed: ${(error as Error).message}`);
        else if (!/not bound$/.test(error.message)) this.say('Warning', 'FailedMount', error.message);
        await this.#mounting.sleep(error instanceof MountError ? mountRetryMs : 5000);
      }
    }
  }

  #delete(graceSeconds: number): void {
    const shorter = this.#graceSeconds !== null && graceSeconds < this.#graceSeconds;
    if (this.#ending && !shorter) return;
    this.#graceSeconds = graceSeconds;
    this.#mounting.wake();
    this.#ending = Promise.all([...this.#main, ...this.#init].map((one) => one.stop(graceSeconds))).then(() => this.#leave());
  }

  async #leave(): Promise<void> {
    if (this.#gone) return;
    this.publishNow();
    await this.removeFiles();
    this.#gone = true;
    const {name, namespace = '', uid} = this.#pod.metadata;
    this.#machine.forget(this);
    const live = this.#machine.store.get(kinds.pod, namespace, name);
    if (live?.metadata.uid !== uid) return;
    // With its last finalizer it goes; what waits for one still stands there with a grace of 0.
    if ((live?.metadata.finalizers ?? []).length === 0) this.#machine.store.remove(kinds.pod, namespace, name);
    else if (live) this.#machine.store.update(kinds.pod, {...live, metadata: {...live.metadata, deletionGracePeriodSeconds: 0}});
  }

  /** The object is gone, without a grace. */
  async vanish(): Promise<void> {
    this.#gone = true;
    this.#mounting.wake();
    await Promise.all([...this.#main, ...this.#init].map((one) => one.stop(0)));
    await this.removeFiles();
    this.#machine.forget(this);
  }

  async removeFiles(): Promise<void> {
    await rm(this.folder, {recursive: true, force: true}).catch(() => undefined);
    await rm(this.logFolder, {recursive: true, force: true}).catch(() => undefined);
    if (this.#socketFolder) await rm(this.#socketFolder, {recursive: true, force: true}).catch(() => undefined);
  }

  #limit(seconds: number): void {
    const end = Date.parse(this.#startTime) + seconds * 1000;
    const timer = setTimeout(() => {
      if (this.#gone || this.#ending) return;
      this.say('Normal', 'DeadlineExceeded', 'Pod was active on the node longer than the specified deadline');
      this.#failed = {reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline'};
      void Promise.all(this.#main.map((one) => one.stop(this.graceSeconds))).then(() => this.publish());
    }, Math.max(0, Math.min(2 ** 31 - 1, end - Date.now())));
    timer.unref();
  }

  #volumeContext(): VolumeContext {
    return {volumes: this.#machine.volumes, lookup: objectsFor(this.#machine.store, this.#pod), runsAs: this.#machine.runsAs, folder: this.folder, podIP: () => this.#podIP ?? ''};
  }
}

function commandOf({command = [], args = []}: Container): readonly string[] | null {
  if (command.length > 0) return [...command, ...args];
  // Arguments alone go to the image's entry point, which runs a server for those of a server.
  return args.length > 0 && args[0] !== 'postgres' && !args[0]?.startsWith('-') && !args[0]?.endsWith('/run.sh') ? args : null;
}

/** The sandbox was away: what ran then has ended, as after a node's restart. */
function afterRestart(status: ContainerStatus | undefined, container: Container): ContainerStatus | null {
  if (!status) return null;
  const {running} = status.state;
  if (!running) return {...status, image: container.image};
  const terminated = {exitCode: 255, reason: 'Unknown', startedAt: running.startedAt, finishedAt: timestamp(), ...(status.containerID ? {containerID: status.containerID} : {})};
  return {...status, ready: false, started: false, state: {terminated}};
}
