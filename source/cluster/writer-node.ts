// The node that the writer's pod is on: whether it is about to go is seen before the writer is.
import {objectNames} from '../chart/names.ts';
import {clock} from '../core/time.ts';
import type {Node, Pod} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import type {Api} from './api.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';

interface Place {
  readonly target: Target;
  readonly pods: readonly Pod[];
}

function nodeOfWriter({target, pods}: Place): string | null {
  const {writer} = objectNames(target);
  return pods.find(({metadata}) => metadata.name === `${writer}-0`)?.spec.nodeName ?? null;
}

/** Null: the writer is on none, or this user may not read it. @throws ApiError, ConnectionError */
export async function readWriterNode(api: Api, place: Place): Promise<Node | null> {
  const name = nodeOfWriter(place);
  const node = name === null ? null : await ifAllowed(api.find<Node>(`${paths.nodes}/${name}`));
  return node && withoutImages(node);
}

/** A node lists its images and volumes too, in many kilobytes. */
function withoutImages({metadata: {name}, spec: {unschedulable, taints}, status}: Node): Node {
  return {
    metadata: {name},
    spec: {...(unschedulable === undefined ? {} : {unschedulable}), ...(taints ? {taints} : {})},
    status: {conditions: status?.conditions ?? []},
  };
}

export interface WriterNodeReader {
  /** What is known, and asks anew behind it when that is old, or the writer is on another node. */
  known(place: Place): Node | null;
}

const freshMs = 10_000;

/** For looks that come several times a second. Nothing waits for it, and nothing fails by it. */
export function writerNodeReader(api: Api): WriterNodeReader {
  let newest: Node | null = null;
  let of: string | null = null;
  let askedAt = -Infinity;
  return {
    known(place) {
      const name = nodeOfWriter(place);
      if (name !== of) newest = null;
      if (name !== null && (name !== of || clock.now() - askedAt >= freshMs)) {
        askedAt = clock.now();
        void readWriterNode(api, place)
          .then((node) => (newest = of === name ? node : newest))
          .catch(() => undefined);
      }
      of = name;
      return newest;
    },
  };
}
