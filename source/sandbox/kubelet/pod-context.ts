// What a pod gives its containers.
import type {RunSetting} from './container-run.ts';
import type {ContainerWorker} from './container-worker.ts';
import type {Images} from './images/images.ts';
import type {Container} from './pod.ts';
import type {ProbeTarget} from './probes/probe.ts';
import type {Mount} from './volumes/mounts.ts';

export interface PodContext {
  /** `name_namespace(uid)`, as kubelet names it. */
  readonly title: string;
  readonly graceSeconds: number;
  readonly logFolder: string;
  readonly images: Images;
  say(type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void;
  /** The status of a container has changed. */
  publish(): void;
  /** @throws ConfigError */
  settingFor(container: Container): Promise<Omit<RunSetting, 'shape' | 'log'>>;
  /** The program of a command that is not there; null: it is, or a shell will say. */
  missingProgram(container: Container, mounts: readonly Mount[]): string | null;
  probeTarget(worker: ContainerWorker): ProbeTarget;
}
