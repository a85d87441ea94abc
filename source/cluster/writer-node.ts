// The node that the writer's pod is on, so that a node that is about to go is seen before the writer goes.
import {objectNames} from '../chart/names.ts';
import type {Node, Pod} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import type {Api} from './api.ts';
import {pacedReader, type PacedReader} from './paced-reader.ts';
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

/** Null: the writer is on no node, or this user may not read nodes. @throws ApiError, ConnectionError */
export async function readWriterNode(api: Api, place: Place): Promise<Node | null> {
  const name = nodeOfWriter(place);
  const node = name === null ? null : await ifAllowed(api.find<Node>(`${paths.nodes}/${name}`));
  return node && withoutImages(node);
}

/** Only what is needed of a Node, which also lists its images and volumes, in many kilobytes. */
function withoutImages({metadata: {name}, spec: {unschedulable, taints}, status}: Node): Node {
  return {
    metadata: {name},
    spec: {...(unschedulable === undefined ? {} : {unschedulable}), ...(taints ? {taints} : {})},
    status: {conditions: status?.conditions ?? []},
  };
}

const freshMs = 10_000;

export function writerNodeReader(api: Api): PacedReader<Place, Node> {
  return pacedReader(nodeOfWriter, (place) => readWriterNode(api, place), freshMs);
}
