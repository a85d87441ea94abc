// Whether the API server takes the pods that a change recreates or adds, asked before anything changes.
import type {Cause} from '../../core/cause.ts';
import type {StatefulSet} from '../../observation/kubernetes.ts';
import {asRendered, podOfSet, type PodSource} from '../../observation/pods/pod-of-set.ts';
import {causeOfPodRefusal, type PodRefusal} from '../../observation/pods/pod-refusal.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Rendering} from '../../plan/manifests.ts';
import type {PodUpdatePlan} from '../../plan/pod-update-plan.ts';
import type {Scope} from '../ports/index.ts';
import type {PodsPort} from '../ports/pods.ts';

const nothingChanged = 'Nothing was changed.';

/**
 * Why the cluster refuses a pod of a change; null when it takes them all, or may not be asked. A pod that is resized
 * while it runs is asked for too, because it would not come back if its node were lost. A pod whose image is changed in
 * place is not, because nothing is recreated.
 * @param desiredReaders readers beyond the present number are added
 */
export async function refusedPods(
  before: Snapshot,
  podUpdates: readonly PodUpdatePlan[],
  rendering: Rendering,
  desiredReaders: number,
  ports: PodsPort & Scope,
): Promise<Cause | null> {
  const {writerSet, readerSet, desiredReaders: readers} = viewOf(before);
  const asked = [
    ...podUpdates
      .filter(({update}) => update === 'recreate' || update === 'resources')
      .map(({pod, isWriter}) => ({set: isWriter ? writerSet : readerSet, ordinal: ordinalOf(pod.metadata.name)})),
    ...(desiredReaders > readers ? [{set: readerSet, ordinal: readers}] : []),
  ];
  const refusals = await Promise.all(asked.map(({set, ordinal}) => refusalOf(set, ordinal, rendering, ports)));
  return refusals.find((one) => one !== null) ?? null;
}

/** Why the cluster refuses one more reader of the StatefulSet as it is now. */
export async function refusedReader(before: Snapshot, ports: PodsPort & Scope): Promise<Cause | null> {
  const {readerSet, desiredReaders} = viewOf(before);
  return refusalOf(readerSet, desiredReaders, {sets: {}, made: new Set()}, ports);
}

/**
 * Asked right before a pod is deleted, about the pod that its StatefulSet would make in its place.
 * @param fate what becomes of the pod, as a sentence
 */
export async function refusedNow(
  set: StatefulSet | null,
  pod: string,
  fate: string,
  ports: PodsPort & Scope,
): Promise<Cause | null> {
  const asked = set ? podOfSet(set, ordinalOf(pod), ports.target.namespace) : null;
  const refusal = asked ? await ports.podRefusal(asked) : null;
  return refusal ? causeOfPodRefusal(refusal, pod, fate, ports.target) : null;
}

async function refusalOf(
  set: StatefulSet | null,
  ordinal: number,
  {sets, made}: Rendering,
  ports: PodsPort & Scope,
): Promise<Cause | null> {
  if (!set) return null;
  const source: PodSource = asRendered(set, sets[set.metadata.name]);
  const pod = podOfSet(source, ordinal, ports.target.namespace);
  const refusal = await ports.podRefusal(pod);
  return refusal === null || isMadeFirst(refusal, made)
    ? null
    : causeOfPodRefusal(refusal, pod.metadata.name, nothingChanged, ports.target);
}

/**
 * The pod only lacks what helm makes before it. Source: Kubernetes 1.34, admission plugins ServiceAccount and Priority.
 */
function isMadeFirst({words}: PodRefusal, made: ReadonlySet<string>): boolean {
  const account = /error looking up service account [^/\s]+\/(\S+):/.exec(words)?.[1];
  const priority = /no PriorityClass with name (\S+) was found/.exec(words)?.[1];
  return made.has(`ServiceAccount/${account}`) || made.has(`PriorityClass/${priority}`);
}

function ordinalOf(pod: string): number {
  return Number(/-(\d+)$/.exec(pod)?.[1] ?? 0);
}
