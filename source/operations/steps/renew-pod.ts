// One pod gets the definition that its StatefulSet has now, in the gentlest way, and is waited for until it serves again.
import {UserError} from '../../cause.ts';
import {awaitsRestart, hasDefinition, isBackedOff, isObserved, isRunning, renewalBetween, restartsBefore, revisionLabel, type Template} from '../../observation/definition.ts';
import type {Pod, StatefulSet} from '../../observation/kubernetes.ts';
import {isReady, proofOf, viewOf} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Step} from '../converge.ts';
import type {PodPatch, World} from '../world.ts';

/**
 * A broken writer is waited for without its readers: they cannot stream before it. Two steps, because only the first one acts: while the second waits, a cause ends the run. Whether the pod is through is
 * seen on the pod itself, so that another run finishes what this one began.
 */
export function renewPod(name: string, role: 'reader' | 'writer' | 'broken writer', now: () => number): readonly [Step<unknown>, Step<unknown>] {
  const isWriter = role !== 'reader';
  /** Milliseconds since the epoch until which nothing that the database said counts: the pod was on its way. */
  let unsettledUntil = 0;
  const find = (snapshot: Snapshot) => {
    const {writerSet, readerSet} = viewOf(snapshot);
    return {pod: snapshot.pods.find(({metadata}) => metadata.name === name) ?? null, set: isWriter ? writerSet : readerSet};
  };
  const isRenewed = (snapshot: Snapshot): boolean => {
    const {pod, set} = find(snapshot);
    return pod !== null && !pod.metadata.deletionTimestamp && hasDefinition(pod, set) && !awaitsRestart(pod) && !isBackedOff(pod);
  };
  const isSettled = (snapshot: Snapshot): boolean => {
    const settled = isRenewed(snapshot) && isReady(find(snapshot).pod);
    if (!settled) unsettledUntil = now();
    return settled;
  };

  return [
    {
      name: `restart ${name}`,
      done(snapshot) {
        isSettled(snapshot);
        return isRenewed(snapshot);
      },
      holdBack(snapshot) {
        const {pod, set} = find(snapshot);
        if (!pod || pod.metadata.deletionTimestamp) return 'its pod is being made';
        if (!isObserved(set)) return 'the cluster has not seen the new definition';
        return hasDefinition(pod, set) && !isBackedOff(pod) ? 'it restarts' : null;
      },
      async run(world, _wanted, snapshot) {
        const {pod, set} = find(snapshot);
        if (!pod?.metadata.uid) return null;
        const ref = {name, uid: pod.metadata.uid};
        try {
          if (isRunning(pod) && (await patched(world, ref, pod, set))) return null;
          await world.deletePod(ref);
          return isBackedOff(pod) ? `The cluster made ${name} wait after its restart, so it got a new pod.` : null;
        } finally {
          unsettledUntil = now();
        }
      },
    },
    {
      name: isWriter ? `${name} writes again` : `${name} streams again`,
      done(snapshot) {
        if (!isSettled(snapshot)) return false;
        const {streams, readersWanted, streaming} = viewOf(snapshot);
        const told = snapshot.database.some((fact) => fact.kind === 'replication' && fact.at > unsettledUntil);
        if (!isWriter) return told && streams.some(({pod, state}) => pod === name && state === 'streaming');
        return (proofOf(snapshot, 'writer')?.at ?? 0) > unsettledUntil && (role === 'broken writer' || readersWanted === 0 || (told && streaming >= readersWanted));
      },
    },
  ];
}

/** @returns whether it was enough; otherwise only a new pod has the definition */
async function patched(world: World, ref: {name: string; uid: string}, pod: Pod, set: StatefulSet | null): Promise<boolean> {
  const definitions = await world.definitions();
  const to = set?.status?.updateRevision ?? '';
  const [before, after] = [definitions[pod.metadata.labels?.[revisionLabel] ?? ''] ?? null, definitions[to] ?? null];
  const renewal = renewalBetween(before, after);
  if (!after || renewal === 'recreate') return false;
  try {
    await world.patchPod(ref, patchTo(pod, before, after, to, renewal === 'image'));
    return true;
  } catch (error) {
    // May not be patched, or not so: a new pod has it in any case.
    if (error instanceof UserError) return false;
    throw error;
  }
}

function patchTo(pod: Pod, before: Template | null, after: Template, revision: string, restarts: boolean): PodPatch {
  const gone = Object.keys(before?.metadata?.labels ?? {}).map((label) => [label, null] as const);
  const images = new Map(pod.spec.containers.map(({name, image}) => [name, image]));
  const changed = after.spec.containers.flatMap(({name, image}) => (image === undefined || image === images.get(name) ? [] : [{name, image}]));
  const counts = (pod.status?.containerStatuses ?? []).filter(({name}) => changed.some((one) => one.name === name)).map(({name, restartCount}) => [name, restartCount]);
  return {
    labels: {...Object.fromEntries(gone), ...after.metadata?.labels, [revisionLabel]: revision},
    annotations: restarts ? {[restartsBefore]: JSON.stringify(Object.fromEntries(counts))} : {},
    containers: restarts ? changed : [],
  };
}
