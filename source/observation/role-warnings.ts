// Whether a reader could take the writer's role: said before it is needed.
import type {Warning} from '../core/cause.ts';
import {formatBytes} from '../parameters/quantity.ts';
import {maxLagBytes} from './checks/switchover.ts';
import {isReady, viewOf} from './release-view.ts';
import type {Snapshot} from './snapshot.ts';

export function roleWarnings(snapshot: Snapshot): Warning[] {
  return [...readersBesideWriter(snapshot), ...readersBehind(snapshot)];
}

/** Where one of them is elsewhere, it can take the role. */
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
