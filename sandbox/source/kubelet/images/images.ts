// Pulls: which images a node has, and what a container goes through until its image is there.
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {pullDelayMs} from '../back-off.ts';
import type {Container} from '../pod.ts';
import type {InterruptibleSleep} from '../interruptible-sleep.ts';
import type {Faults} from '../../faults.ts';
import {fullReference, pull, shapeOf, type ImageShape, type Pull} from './known-images.ts';

const retryWhileBackingOffMs = 10_000;

/** What each node has pulled, kept in a file. */
export class PulledImages {
  readonly #pulled: Set<string>;

  constructor(readonly file: string) {
    this.#pulled = new Set(readList(file));
  }

  has(node: string, image: string): boolean {
    return this.#pulled.has(`${node} ${fullReference(image)}`);
  }

  add(node: string, image: string): void {
    this.#pulled.add(`${node} ${fullReference(image)}`);
    mkdirSync(dirname(this.file), {recursive: true});
    writeFileSync(this.file, JSON.stringify([...this.#pulled]), {mode: 0o600});
  }
}

/** What a pull needs of the container that waits for its image. */
interface ImageUser {
  /** Changes when the image of the pod does. */
  readonly definition: Container;
  readonly isStopped: boolean;
  say(type: 'Normal' | 'Warning', reason: string, message: string): void;
  wait(reason: string, message: string): void;
}

/** The images of one node. */
export class Images {
  constructor(
    readonly node: string,
    readonly pulledImages: PulledImages,
    readonly faults: () => Faults,
  ) {}

  /** Resolves when the container's image is there; null when the container was stopped meanwhile. */
  async pulled(container: ImageUser, sleeper: InterruptibleSleep): Promise<ImageShape | null> {
    for (let failures = 0, why = ''; ; failures++) {
      const {image} = container.definition;
      const policy = pullPolicyOf(container.definition);
      const shape = policy === 'Always' ? null : this.#presentShape(image);
      if (shape) {
        container.say('Normal', 'Pulled', `Container image "${image}" already present on machine`);
        return shape;
      }
      if (policy === 'Never') {
        const message = `Container image "${image}" is not present with pull policy of Never`;
        container.say('Warning', 'ErrImageNeverPull', message);
        container.wait('ErrImageNeverPull', message);
      } else {
        const pulled = await this.#pull(container, sleeper);
        if (container.isStopped) return null;
        if (pulled?.kind === 'there') return pulled.shape;
        why = pulled?.message ?? '';
      }
      await this.#backOff(container, sleeper, {image, failures, why});
      if (container.isStopped) return null;
      if (container.definition.image !== image) failures = -1;
    }
  }

  #presentShape(image: string): ImageShape | null {
    return this.pulledImages.has(this.node, image) ? shapeOf(image) : null;
  }

  async #pull(container: ImageUser, sleeper: InterruptibleSleep): Promise<Pull | null> {
    const {image} = container.definition;
    const began = performance.now();
    container.say('Normal', 'Pulling', `Pulling image "${image}"`);
    const {slowPullMs, imageMissing} = this.faults();
    for (
      const end = began + slowPullMs;
      performance.now() < end && !container.isStopped && container.definition.image === image;
    )
      await sleeper.sleep(end - performance.now());
    if (container.isStopped || container.definition.image !== image) return null;
    const answer = pull(image, imageMissing);
    if (answer.kind === 'there') {
      const took = `${Math.max(1, Math.round(performance.now() - began))}ms`;
      container.say(
        'Normal',
        'Pulled',
        `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ` +
          `${answer.bytes} bytes.`,
      );
      this.pulledImages.add(this.node, image);
      return answer;
    }
    container.say('Warning', 'Failed', `Failed to pull image "${image}": ${answer.message}`);
    container.say('Warning', 'Failed', 'Error: ErrImagePull');
    container.wait('ErrImagePull', answer.message);
    return answer;
  }

  async #backOff(
    container: ImageUser,
    sleeper: InterruptibleSleep,
    {image, failures, why}: {image: string; failures: number; why: string},
  ): Promise<void> {
    const end = performance.now() + pullDelayMs(failures);
    // ErrImagePull is to be seen for a moment, because a real kubelet looks at the pod again a moment later.
    await sleeper.sleep(1000);
    while (performance.now() < end && !container.isStopped && container.definition.image === image) {
      if (container.definition.imagePullPolicy !== 'Never') {
        container.say('Normal', 'BackOff', `Back-off pulling image "${image}"`);
        container.say('Warning', 'Failed', 'Error: ImagePullBackOff');
        container.wait('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${why}`);
      }
      await sleeper.sleep(Math.min(retryWhileBackingOffMs, end - performance.now()));
    }
  }
}

function pullPolicyOf({image, imagePullPolicy}: Container): string {
  return imagePullPolicy ?? (/:latest$/.test(fullReference(image)) ? 'Always' : 'IfNotPresent');
}

function readList(file: string): string[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as string[];
  } catch {
    return [];
  }
}
