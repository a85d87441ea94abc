// Warnings about whether a reader could take the writer's role, given before that is needed.
import {render} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import type {Warning} from '../../core/cause.ts';
import {formatBytes} from '../../parameters/quantity.ts';
import {maxLagBytes} from '../checks/switchover.ts';
import type {Node} from '../kubernetes.ts';
import {isReady, viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';

export function roleWarnings(snapshot: Snapshot): Warning[] {
  return [...readersBesideWriter(snapshot), ...readersBehind(snapshot)];
}

/** Silent where at least one reader runs on another node, because that one can take the role. */
function readersBesideWriter(snapshot: Snapshot): Warning[] {
  const {writerPod, readerPods} = viewOf(snapshot);
  const node = writerPod?.spec.nodeName;
  const ready = readerPods.filter(isReady);
  if (node === undefined || ready.length === 0 || ready.some(({spec}) => spec.nodeName !== node)) return [];
  const who = ready.length === 1 ? 'The only reader runs' : 'All readers run';
  const message = `${who} on ${node}, as the writer does: when that node is lost, nobody can take the writer's role.`;
  return [{code: 'READERS_BESIDE_WRITER', message}];
}

function readersBehind(snapshot: Snapshot): Warning[] {
  const {readerPods, streams} = viewOf(snapshot);
  const names = readerPods.map(({metadata}) => metadata.name);
  const far = streams.filter(({pod, lagBytes}) => pod !== null && names.includes(pod) && (lagBytes ?? 0) > maxLagBytes);
  if (far.length === 0) return [];
  const shown = far.map(({pod, lagBytes}) => `${pod} (${formatBytes(lagBytes ?? 0)})`).join(', ');
  const message =
    `Too far behind the writer to take its role quickly: ${shown}. What such a reader lacks would be lost with the ` +
    'writer.';
  return [{code: 'READER_BEHIND', message}];
}

/**
 * Taints that are put on a node by whatever takes it away. Kubernetes documentation, Safely Drain a Node;
 * cluster-autoscaler, utils/taints; Karpenter 1, apis/v1/taints.go.
 */
const leavingTaints = ['ToBeDeletedByClusterAutoscaler', 'karpenter.sh/disrupted'];

/** Why the node takes no pods any more, to end a sentence; null when it takes pods, or is lost, which is a cause. */
function leavingBecause({spec}: Node): string | null {
  const taint = spec.taints?.find(({key}) => leavingTaints.includes(key));
  if (taint) return `it has the taint ${taint.key}`;
  return spec.unschedulable === true ? 'it is cordoned' : null;
}

/** Warns while the role can still move without a loss, before the node's pods are evicted. */
export function writerNodeLeaving(snapshot: Snapshot): Warning[] {
  const {writerNode} = snapshot;
  const {writerPod, desiredReaders} = viewOf(snapshot);
  const why = writerNode ? leavingBecause(writerNode) : null;
  const node = writerPod?.spec.nodeName;
  if (why === null || node === undefined || writerNode?.metadata.name !== node) return [];
  const ref = releaseRef(snapshot.target);
  const move = render({kind: 'switchover', ...ref, to: null, awayFromNode: node});
  const add = render({kind: 'scale', ...ref, readReplicas: 1, deleteVolumes: false});
  const remedy =
    desiredReaders > 0
      ? `Before that, ${move} moves its role with every row.`
      : `There is no reader that could take its role before that: ${add} adds one.`;
  const message =
    `${node}, where the writer runs, takes no pods (${why}). When it is drained, nothing can be written until the ` +
    `writer runs elsewhere, or there again. ${remedy}`;
  return [{code: 'WRITER_NODE_LEAVING', message}];
}
