// What is seen of a writer that is away, from its node, its pod, its disk, and the readers.
import {objectNames} from '../chart/names.ts';
import {containerOf, nodeOfVolume, type WriterEvidence} from '../observation/failover.ts';
import type {PersistentVolume, Pod} from '../observation/kubernetes.ts';
import {isReady, proofOf, viewOf} from '../observation/release-view.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import {isAnotherDatabase} from '../observation/system-identifier.ts';
import type {FailoverPort} from './ports/failover.ts';

/**
 * All questions are asked at once, because each takes seconds where nothing answers. `volumes`: by the claim's name.
 */
export async function seenOfWriter(
  before: Snapshot,
  volumes: Readonly<Record<string, PersistentVolume>>,
  ports: FailoverPort,
): Promise<WriterEvidence> {
  const {writerPod, readerPods} = viewOf(before);
  const volume = volumes[objectNames(before.target).writerClaim] ?? null;
  const address = writerPod?.status?.podIP;
  const asked = readerPods.filter(runs).map(({metadata}) => metadata.name);
  const [attachedTo, answers, positions] = await Promise.all([
    volume ? ports.attachedTo(volume.metadata.name) : null,
    address === undefined
      ? []
      : Promise.all(asked.map(async (from) => ({from, said: await ports.answerFrom(from, address)}))),
    Promise.all(asked.map((pod) => ports.readerPosition(pod))),
  ]);
  const node = writerPod?.spec.nodeName ?? attachedTo ?? (volume && nodeOfVolume(volume));
  return {
    pod: writerPod && {
      name: writerPod.metadata.name,
      isReady: isReady(writerPod),
      isProven: proofOf(before, 'writer') !== null,
      isAnother: isAnotherDatabase(before, 'writer'),
      container: containerOf(writerPod),
    },
    node: node === null ? null : await ports.nodeSeen(node),
    ...{attachedTo, answers},
    positions: positions.filter((position) => position !== null),
    open: await openFrom(answers, address, ports),
  };
}

function runs(pod: Pod): boolean {
  return containerOf(pod) === 'running' && !pod.metadata.deletionTimestamp;
}

/** The writer as seen from the first reader that it answers and whose superuser it lets in. */
async function openFrom(
  answers: WriterEvidence['answers'],
  host: string | undefined,
  ports: FailoverPort,
): Promise<NonNullable<WriterEvidence['open']> | null> {
  if (host === undefined) return null;
  for (const {from} of answers.filter(({said}) => said === 'accepting connections')) {
    const writer = await ports.writerSeenFrom(from, host);
    if (writer) return {host, ...writer};
  }
  return null;
}
