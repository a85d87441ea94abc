// A pod's life on its node, from its address and volumes to the end of its last container.
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import {timestamp} from '../store/store.ts';
import {ContainerWorker} from './container-worker.ts';
import {runCommand} from './exec/run-command.ts';
import {Images} from './images/images.ts';
import type {Machine} from './machine.ts';
import {PodBase} from './pod-base.ts';
import {specOf, statusOf, type Condition, type Container, type ContainerStatus} from './pod.ts';
import type {PodContext} from './pod-context.ts';
import type {ProbeTarget} from './probes/probe.ts';
import {belowUsage, lowered, resized} from './resize.ts';
import {afterRestart, isSidecar, podStatus, waitingStatus} from './status.ts';
import {MountError, usesObject} from './volumes/pod-volumes.ts';
import {InterruptibleSleep} from './interruptible-sleep.ts';

const mountRetryMs = 500;

export class PodWorker implements PodContext {
  #pod: KubeObject;
  readonly #machine: Machine;
  readonly #init: ContainerWorker[];
  readonly #main: ContainerWorker[];
  readonly images: Images;
  readonly base: PodBase;
  readonly #startTime: string;
  readonly #mounting = new InterruptibleSleep();
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
    this.base = new PodBase(pod, machine);
    this.images = new Images(this.nodeName, machine.pulledImages, machine.faults);
    const {initContainers = [], containers} = specOf(pod);
    const before = statusOf(pod);
    this.#startTime = before.startTime ?? timestamp();
    const later = initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating';
    const worker = (
      container: Container,
      kind: 'containers' | 'initContainers',
      known: readonly ContainerStatus[] = [],
    ) =>
      new ContainerWorker(
        this,
        container,
        kind,
        afterRestart(
          known.find(({name}) => name === container.name),
          container,
          timestamp(),
        ) ?? waitingStatus(container, later),
      );
    this.#init = initContainers.map((one) => worker(one, 'initContainers', before.initContainerStatuses));
    this.#main = containers.map((one) => worker(one, 'containers', before.containerStatuses));
    if (before.startTime !== undefined && (before.podIP ?? '') !== '')
      this.say('Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    void this.#live().catch((error: unknown) =>
      this.say('Warning', 'FailedSync', `error determining status: ${(error as Error).message}`),
    );
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

  container(name: string): ContainerWorker | null {
    return [...this.#main, ...this.#init].find(({definition}) => definition.name === name) ?? null;
  }

  /** Follows the pod's object: its definition, its annotations or its deletion may be new. */
  change(pod: KubeObject): void {
    const before = this.#pod;
    this.#pod = pod;
    this.base.pod = pod;
    const {containers, initContainers = []} = specOf(pod);
    for (const one of [...initContainers, ...containers]) this.container(one.name)?.redefine(one);
    if (JSON.stringify(before.metadata.annotations) !== JSON.stringify(pod.metadata.annotations))
      void this.base.refresh();
    if (pod.metadata.deletionTimestamp) this.#delete(pod.metadata.deletionGracePeriodSeconds ?? this.graceSeconds);
    else if (before.metadata.generation !== pod.metadata.generation) void this.resize();
  }

  /** Tries the resize that is asked for: it may fit now. */
  async resize(): Promise<void> {
    const pod = this.#pod;
    const {containers} = specOf(pod);
    const statuses = this.#main.map(({status}) => status);
    const {given, conditions} = resized(this.#machine.store, pod);
    const usage = given && lowered(containers, statuses).length > 0 ? await this.base.memoryUsage() : 0;
    // Meanwhile another resize may have been asked for; a change of labels or of the status asks for none.
    if (pod.metadata.generation !== this.#pod.metadata.generation) return;
    this.#resize = given ? belowUsage(containers, statuses, usage) : conditions;
    if (this.#resize.length === 0)
      for (const {name, resources} of containers) this.container(name)?.give(resources ?? {});
    this.publish();
  }

  keepDisk(): void {
    // A server that is just starting fails here, and is asked again.
    for (const one of this.#main) if (one.isRunning) void this.base.keepDisk(one.definition).catch(() => undefined);
  }

  get awaitsRoom(): boolean {
    return this.#resize.length > 0;
  }

  /** Brings the files of that object up to date, if the pod has any. */
  objectChanged(kind: string, name: string): void {
    if (usesObject(this.#pod, kind, name)) void this.base.refresh();
    this.#mounting.wake();
  }

  say(type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void {
    if (this.#machine.isSilent(this.nodeName) || this.#gone) return;
    this.#machine.events.record(this.#pod, {
      type,
      reason,
      message,
      component: 'kubelet',
      host: this.nodeName,
      ...(fieldPath ? {fieldPath} : {}),
    });
  }

  /** Several changes at the same moment make one change of the status. */
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
      podIP: this.base.podIP,
      hostIP: this.#machine.hostIP(this.nodeName),
      startTime: this.#startTime,
      now: timestamp(),
      failed: this.#failed,
      resize: this.#resize,
    };
    this.#machine.store.update(kinds.pod, {...live, status: podStatus(facts, statusOf(live))});
  }

  /** The sandbox ends, and with it the processes; the pod stays. */
  async shutDown(): Promise<void> {
    this.#gone = true;
    this.#mounting.wake();
    await Promise.all([...this.#main, ...this.#init].map((one) => one.shutDown()));
  }

  /**
   * The machine of its node is off: what runs ends at once and says nothing, and the pod stays. When the machine is on
   * again, a new worker takes the pod.
   */
  async powerOff(): Promise<void> {
    this.#gone = true;
    this.#mounting.wake();
    await Promise.all([...this.#main, ...this.#init].map((one) => one.powerOff()));
  }

  /** Where a port of the pod listens on this machine: always at its server's port, whatever the number is. */
  portAt(port: number): {host: string; port: number} | null {
    return this.#main.some((one) => one.isRunning) ? this.base.portAt(port) : null;
  }

  probeTarget(container: Container): ProbeTarget {
    return {
      podIP: this.base.podIP ?? '',
      portAt: (port) => {
        const number =
          typeof port === 'number' ? port : container.ports?.find(({name}) => name === port)?.containerPort;
        return number === undefined ? null : this.portAt(number);
      },
      run: (command, timeoutMs) =>
        runCommand(this.base, container, command, {timeoutMs}).catch((error: unknown) => ({
          code: 126,
          output: (error as Error).message,
        })),
    };
  }

  async #live(): Promise<void> {
    this.publish();
    const {restartPolicy = 'Always', activeDeadlineSeconds} = specOf(this.#pod);
    if (this.#pod.metadata.deletionTimestamp) return this.change(this.#pod);
    if (activeDeadlineSeconds !== undefined) this.#limit(activeDeadlineSeconds);
    this.base.takeAddress();
    if (!(await this.#mountVolumes())) return;
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
        await this.base.mount();
        return true;
      } catch (error) {
        if (!(error instanceof MountError))
          this.say('Warning', 'FailedMount', `MountVolume.SetUp failed: ${(error as Error).message}`);
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
    this.#ending = Promise.all([...this.#main, ...this.#init].map((one) => one.stop(graceSeconds))).then(() =>
      this.#leave(),
    );
  }

  async #leave(): Promise<void> {
    if (this.#gone) return;
    this.publishNow();
    await this.base.removeFiles();
    this.#gone = true;
    const {name, namespace = '', uid} = this.#pod.metadata;
    this.#machine.forget(this.#pod);
    const live = this.#machine.store.get(kinds.pod, namespace, name);
    if (live?.metadata.uid !== uid) return;
    // A pod without finalizers goes; one that waits for a finalizer stays, with a grace period of 0.
    if ((live?.metadata.finalizers ?? []).length === 0) this.#machine.store.remove(kinds.pod, namespace, name);
    else if (live)
      this.#machine.store.update(kinds.pod, {...live, metadata: {...live.metadata, deletionGracePeriodSeconds: 0}});
  }

  /** The pod's object is gone, without a grace period. */
  async vanish(): Promise<void> {
    this.#gone = true;
    this.#mounting.wake();
    await Promise.all([...this.#main, ...this.#init].map((one) => one.stop(0)));
    await this.base.removeFiles();
    this.#machine.forget(this.#pod);
  }

  #limit(seconds: number): void {
    const end = Date.parse(this.#startTime) + seconds * 1000;
    const timer = setTimeout(
      () => {
        if (this.#gone || this.#ending) return;
        this.say('Normal', 'DeadlineExceeded', 'Pod was active on the node longer than the specified deadline');
        this.#failed = {
          reason: 'DeadlineExceeded',
          message: 'Pod was active on the node longer than the specified deadline',
        };
        void Promise.all(this.#main.map((one) => one.stop(this.graceSeconds))).then(() => this.publish());
      },
      Math.max(0, Math.min(2 ** 31 - 1, end - Date.now())),
    );
    timer.unref();
  }
}
