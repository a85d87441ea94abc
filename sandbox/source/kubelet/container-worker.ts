// A container's life on its node: its image, its runs one after the other, its probes, and the status that tells of
// them.
import {createHash, randomBytes} from 'node:crypto';
import {join} from 'node:path';
import {forgottenAfterMs, goDuration, restartDelayMs} from './back-off.ts';
import {ContainerLog} from './container-log.ts';
import {ContainerRun, type RunSetting} from './container-run.ts';
import {ConfigError} from './environment.ts';
import {fullReference, type ImageShape} from './images/known-images.ts';
import type {Container, ContainerState, ContainerStatus, Resources} from './pod.ts';
import type {PodContext} from './pod-context.ts';
import {Prober} from './probes/prober.ts';
import {runHook} from './hooks.ts';
import {mountsShown} from './status.ts';
import {timestamp} from '../store/store.ts';
import {InterruptibleSleep} from './interruptible-sleep.ts';

const configRetryMs = 5000;

type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

export class ContainerWorker {
  #definition: Container;
  #status: ContainerStatus;
  #run: ContainerRun | null = null;
  #log: ContainerLog | null = null;
  #prober: Prober | null = null;
  #ends = 0;
  #stopped = false;
  /** A new definition or a probe has ended the run, so that its end is no failure of its own. */
  #replaced = false;
  readonly #sleeper = new InterruptibleSleep();

  constructor(
    readonly pod: PodContext,
    definition: Container,
    readonly kind: 'containers' | 'initContainers',
    status: ContainerStatus,
  ) {
    this.#definition = definition;
    this.#status = status;
  }

  get definition(): Container {
    return this.#definition;
  }

  get status(): ContainerStatus {
    return this.#status;
  }

  get log(): ContainerLog | null {
    return this.#log;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  get isRunning(): boolean {
    return this.#run !== null;
  }

  /**
   * Resolves when the container has ended and is not started again.
   * @returns its last exit code; null when it was stopped before it ran
   */
  async live(restarts: RestartPolicy): Promise<number | null> {
    // The container ended before the sandbox stopped, or because it stopped.
    const before = this.#status.state.terminated;
    if (before && isFinal(before.exitCode, restarts)) return before.exitCode;
    for (;;) {
      const shape = await this.pod.images.pulled(this, this.#sleeper);
      if (shape === null || this.#stopped) return null;
      const code = await this.#once(shape);
      if (this.#stopped || code === null) return code;
      if (this.#replaced) {
        this.#replaced = false;
        continue;
      }
      if (isFinal(code, restarts)) return code;
      await this.#backOff();
      if (this.#stopped) return code;
    }
  }

  /**
   * Takes a new definition. A new image ends the run, and the next run has it; resources change apart from this, by
   * `give`.
   */
  redefine(definition: Container): void {
    const before = this.#definition;
    this.#definition = definition;
    if (before.image === definition.image) return;
    this.#sleeper.wake();
    if (!this.#run || this.#stopped) return;
    this.#replaced = true;
    this.say('Normal', 'Killing', `Container ${definition.name} definition changed, will be restarted`);
    void this.#end(this.pod.graceSeconds, before);
  }

  /**
   * Gives it other resources, in place. A process of this machine has no limits here, so that only its status tells.
   */
  give(resources: Resources): void {
    if (!this.#run) return;
    this.#status = {...this.#status, resources, ...allocated(resources)};
  }

  /** Runs preStop, then TERM, then KILL. Resolves when it has ended; it is not started again. */
  async stop(graceSeconds: number): Promise<void> {
    const again = this.#stopped;
    this.#stopped = true;
    this.#sleeper.wake();
    if (!this.#run) return;
    if (again) {
      // A second deletion may only make it end faster.
      if (graceSeconds === 0) this.#run.signal('KILL');
      return void (await this.#run.exited);
    }
    this.say('Normal', 'Killing', `Stopping container ${this.#definition.name}`);
    await this.#end(graceSeconds, this.#definition);
  }

  /** Stops it at once because the sandbox ends: databases shut down cleanly, and nothing is said of it. */
  async shutDown(): Promise<void> {
    this.#stopped = true;
    this.#sleeper.wake();
    this.#prober?.end();
    const run = this.#run;
    if (!run) return;
    run.signal('INT');
    const timer = setTimeout(() => run.signal('KILL'), 8000);
    await run.exited;
    clearTimeout(timer);
  }

  /** Stops it at once and says nothing, as when the machine loses its power. */
  async powerOff(): Promise<void> {
    this.#stopped = true;
    this.#sleeper.wake();
    this.#prober?.end();
    this.#run?.signal('KILL');
    await this.#run?.exited;
  }

  say(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.pod.say(type, reason, message, `spec.${this.kind}{${this.#definition.name}}`);
  }

  /** Says why a container that has not ended does not run. */
  wait(reason: string, message?: string): void {
    this.show({state: {waiting: {reason, ...(message === undefined ? {} : {message})}}});
  }

  show(change: Partial<ContainerStatus>): void {
    this.#status = {...this.#status, ...change};
    this.pod.publish();
  }

  /** One run. @returns its exit code; null when it was stopped before it ran */
  async #once(shape: ImageShape): Promise<number | null> {
    const definition = this.#definition;
    const {name} = definition;
    const setting = await this.#setting(definition);
    if (setting === null) return null;
    const shown = this.#shownOf(definition);
    const {containerID} = shown;
    this.say('Normal', 'Created', `Created container: ${name}`);
    const missing = this.pod.base.missingProgram(definition, setting.mounts);
    if (missing !== null) return this.#failToStart(missing, shown);
    this.#log = new ContainerLog(join(this.pod.base.logFolder, name, `${shown.restartCount}.log`));
    const run = new ContainerRun({...setting, shape, log: this.#log});
    this.#run = run;
    const startedAt = timestamp();
    const began = performance.now();
    this.say('Normal', 'Started', `Started container ${name}`);
    const prober = this.#probe(definition);
    this.show({...shown, started: prober.started, ready: prober.ready, state: {running: {startedAt}}});
    prober.begin();
    if (definition.lifecycle?.postStart)
      void runHook(definition.lifecycle.postStart, this.pod.probeTarget(definition), 30_000);
    const {code} = await run.exited;
    prober.end();
    this.#run = null;
    if (performance.now() - began > forgottenAfterMs) this.#ends = 0;
    const reason = code === 0 ? 'Completed' : 'Error';
    this.#showEnd({exitCode: code, reason, startedAt, finishedAt: timestamp(), containerID});
    return code;
  }

  /** Tries again until everything that the definition names exists. Null: the container was stopped meanwhile. */
  async #setting(definition: Container): Promise<Omit<RunSetting, 'log' | 'shape'> | null> {
    for (;;) {
      try {
        return await this.pod.base.settingFor(definition);
      } catch (error) {
        const {message} = error as Error;
        this.wait(error instanceof ConfigError ? 'CreateContainerConfigError' : 'CreateContainerError', message);
        this.say('Warning', 'Failed', `Error: ${message}`);
        await this.#sleeper.sleep(configRetryMs);
        if (this.#stopped) return null;
      }
    }
  }

  /** What the status says of the run that begins now. */
  #shownOf({image, resources, volumeMounts = []}: Container) {
    const isFirst = this.#status.containerID === undefined;
    return {
      image: fullReference(image),
      imageID: `sha256:${createHash('sha256').update(fullReference(image)).digest('hex')}`,
      containerID: `containerd://${randomBytes(32).toString('hex')}`,
      restartCount: this.#status.restartCount + (isFirst ? 0 : 1),
      resources: resources ?? {},
      ...allocated(resources),
      ...mountsShown(volumeMounts),
      lastState: this.#lastState(),
    };
  }

  /** Ends a run whose program does not exist. @returns its exit code */
  #failToStart(program: string, shown: Partial<ContainerStatus> & {readonly containerID: string}): number {
    const message =
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create ' +
      `failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown`;
    this.say('Warning', 'Failed', `Error: ${message}`);
    this.#showEnd(
      {
        exitCode: 128,
        reason: 'StartError',
        message,
        startedAt: '1970-01-01T00:00:00Z',
        finishedAt: timestamp(),
        containerID: shown.containerID,
      },
      shown,
    );
    return 128;
  }

  #showEnd(terminated: NonNullable<ContainerState['terminated']>, more: Partial<ContainerStatus> = {}): void {
    this.show({...more, ready: false, started: false, state: {terminated}});
  }

  #lastState(): ContainerState {
    const {terminated} = this.#status.state;
    return terminated ? {terminated} : this.#status.lastState;
  }

  #probe(definition: Container): Prober {
    const prober: Prober = new Prober(definition, this.pod.probeTarget(definition), {
      onChange: () => {
        if (this.#prober === prober && this.#run)
          this.show({started: prober.started, ready: prober.ready && prober.started});
      },
      onFailure: (kind, output) => this.say('Warning', 'Unhealthy', `${kind} probe failed: ${output}`),
      onUnhealthy: (kind) => {
        this.say(
          'Normal',
          'Killing',
          `Container ${definition.name} failed ${kind.toLowerCase()} probe, will be restarted`,
        );
        void this.#end(this.pod.graceSeconds, definition);
      },
    });
    this.#prober = prober;
    return prober;
  }

  async #backOff(): Promise<void> {
    const delayMs = restartDelayMs(this.#ends++);
    if (delayMs === 0) return;
    const {name} = this.#definition;
    this.show({
      lastState: this.#lastState(),
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off ${goDuration(delayMs)} restarting failed container=${name} pod=${this.pod.title}`,
        },
      },
    });
    this.say('Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${this.pod.title}`);
    // A new definition does not shorten the wait: a real kubelet waits as well.
    for (const end = performance.now() + delayMs; performance.now() < end && !this.#stopped;)
      await this.#sleeper.sleep(end - performance.now());
  }

  async #end(graceSeconds: number, definition: Container): Promise<void> {
    const run = this.#run;
    if (!run) return;
    this.#prober?.end();
    const deadline = performance.now() + graceSeconds * 1000;
    const preStop = definition.lifecycle?.preStop;
    if (preStop && graceSeconds > 0)
      await Promise.race([runHook(preStop, this.pod.probeTarget(definition), graceSeconds * 1000), run.exited]);
    if (graceSeconds === 0) run.signal('KILL');
    else run.signal('TERM');
    const timer = setTimeout(
      () => run.signal('KILL'),
      Math.max(graceSeconds > 0 ? 2000 : 0, deadline - performance.now()),
    );
    await run.exited;
    clearTimeout(timer);
  }
}

/** Whether a container that ended with that code is not started again. */
function isFinal(code: number, restarts: RestartPolicy): boolean {
  return restarts === 'Never' || (restarts === 'OnFailure' && code === 0);
}

function allocated(resources: Resources | undefined): {allocatedResources?: Readonly<Record<string, string>>} {
  return resources?.requests ? {allocatedResources: resources.requests} : {};
}
