// What a pod gives its containers.
import type {Images} from './images/images.ts';
import type {Container} from './pod.ts';
import type {PodBase} from './pod-base.ts';
import type {ProbeTarget} from './probes/probe.ts';

export interface PodContext {
  /** `name_namespace(uid)`, as kubelet names it. */
  readonly title: string;
  readonly graceSeconds: number;
  readonly base: PodBase;
  readonly images: Images;
  say(type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void;
  /** To be called when the status of a container has changed. */
  publish(): void;
  probeTarget(container: Container): ProbeTarget;
}
