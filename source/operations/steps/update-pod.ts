// One pod gets the pod template that its StatefulSet has now, in the gentlest way, and is waited for until it serves
// again.
import {databaseIn} from '../../chart/names.ts';
import {UserError} from '../../core/cause.ts';
import {
  awaitsRestart,
  hasCurrentTemplate,
  hasOtherSettings,
  isBackedOff,
  isObserved,
  isRunning,
  incarnationOf,
  updateBetween,
  restartsBefore,
  revisionLabel,
  settingsAnnotation,
  type InPlaceSupport,
  type Template,
} from '../../observation/pods/pod-template.ts';
import {clusterTimeOf} from '../../observation/cluster-time.ts';
import type {Pod, StatefulSet} from '../../observation/kubernetes.ts';
import {isReady, proofOf, viewOf} from '../../observation/release-view.ts';
import {hasItsResources, resizedContainers} from '../../observation/pods/resources.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {compareQuantities} from '../../parameters/quantity.ts';
import {isRefusal, rethrowUnlessRefused, type Step} from '../converge.ts';
import {refusedNow} from '../change/judge-pods.ts';
import {assertDataStays} from '../storage-guard.ts';
import type {ClusterPort} from '../ports/cluster.ts';
import type {DatabasePort} from '../ports/database.ts';
import type {Scope} from '../ports/index.ts';
import type {StoragePort} from '../ports/storage.ts';
import type {PodPatch, PodRef, PodsPort} from '../ports/pods.ts';
import type {WriterWatch} from '../writer-watch.ts';

export interface PodUpdateRequest {
  readonly name: string;
  readonly isWriter: boolean;
  /**
   * Readers that have to stream again before the writer counts as back. Readers that cannot stream before that, or are
   * recreated after it, are not among them.
   */
  readonly followers: readonly string[];
  /** What the step is called: what is done to the pod. */
  readonly verb: 'restart' | 'resize' | 'reload' | 'label';
  readonly inPlaceSupport: InPlaceSupport;
  /**
   * In a restart for its own sake: the incarnation that ends, by incarnationOf. Null: only the newest pod template is
   * wanted.
   */
  readonly incarnation: string | null;
  /** Sees for how long the writer is out; absent: nobody asks. */
  readonly watch?: WriterWatch;
  readonly now: () => number;
}

/** What both steps share. */
interface PodUpdateState extends PodUpdateRequest {
  /**
   * Milliseconds since the epoch. What the database said until then does not count, because the pod was still being
   * updated.
   */
  unsettledUntil: number;
}

/**
 * Two steps, because only the first one acts: while the second waits, a cause ends the run. Whether the pod is updated
 * is seen on the pod itself, so that another run can finish what this one began.
 */
export function updatePod(update: PodUpdateRequest): readonly [Step<unknown>, Step<unknown>] {
  const state: PodUpdateState = {...update, unsettledUntil: 0};
  return [updateStep(state), serveStep(state)];
}

function updateStep(state: PodUpdateState): Step<unknown> {
  const {name, isWriter, verb} = state;
  return {
    name: `${verb} ${name}`,
    shownAs: {track: trackOf(state), text: `${name} ${inWords[verb]}`},
    done(snapshot) {
      isSettled(snapshot, state);
      return isUpdated(snapshot, state);
    },
    holdBack(snapshot) {
      const {pod, set} = find(snapshot, state);
      if (!pod || pod.metadata.deletionTimestamp) return 'its pod is being made';
      if (!isObserved(set)) return 'the cluster has not seen the new pod template';
      if (isNotMeasured(snapshot, pod, set)) return 'its node has not measured yet how much memory it uses';
      return needsToEnd(pod, state) || !hasCurrentTemplate(pod, set) || isBackedOff(pod) ? null : 'it restarts';
    },
    async run(ports, _wanted, snapshot, signal) {
      const {pod, set} = find(snapshot, state);
      if (!pod?.metadata.uid) return null;
      const ref = {name, uid: pod.metadata.uid};
      const {patch, restarts} =
        needsToEnd(pod, state) || !isRunning(pod)
          ? recreation
          : await withSettings(ports, ref, await leastDisruptiveMethod(ports, pod, set, state.inPlaceSupport), signal);
      if (restarts) await assertDataStays(ports, snapshot, name);
      try {
        if (restarts && isWriter && isRunning(pod)) await prepare(ports, state, signal);
        if (patch && (await patched(ports, ref, patch, restarts))) return null;
        await assertDeletable(ports, {snapshot, name, set, isWriter});
        await deletePod(ports, ref, pod);
        return isBackedOff(pod) ? `The cluster made ${name} wait after its restart, so it got a new pod.` : null;
      } finally {
        state.unsettledUntil = state.now();
      }
    },
  };
}

function serveStep(state: PodUpdateState): Step<unknown> {
  const {name, isWriter, verb, followers} = state;
  const serves = isWriter ? 'writes' : 'streams';
  return {
    name: verb === 'restart' ? `${name} ${serves} again` : `${name} has it and ${serves}`,
    shownAs: {track: trackOf(state), text: `${name} is to ${isWriter ? 'write' : 'stream'} again`},
    done(snapshot) {
      if (!isSettled(snapshot, state)) return false;
      const since = state.unsettledUntil;
      if (!isWriter) return allStream(snapshot, [name], since);
      return (proofOf(snapshot, 'writer')?.at ?? 0) > since && allStream(snapshot, followers, since);
    },
  };
}

function trackOf({isWriter}: PodUpdateRequest): 'writer' | 'readers' {
  return isWriter ? 'writer' : 'readers';
}

function find(snapshot: Snapshot, {name, isWriter}: PodUpdateRequest): {pod: Pod | null; set: StatefulSet | null} {
  const {writerSet, readerSet} = viewOf(snapshot);
  return {
    pod: snapshot.pods.find(({metadata}) => metadata.name === name) ?? null,
    set: isWriter ? writerSet : readerSet,
  };
}

/** The kubelet first measures a container's memory within this time. */
const measuredWithinMs = 30_000;

/**
 * Right after a start the kubelet does not lower memory (`missing container "postgresql" memory usage`), and does not
 * try again. Seen on Kubernetes 1.34.
 */
function isNotMeasured(snapshot: Snapshot, pod: Pod, set: StatefulSet | null): boolean {
  const isLess = resizedContainers(pod.spec.containers, set?.spec.template.spec.containers ?? []).some(
    ({name, resources}) => {
      const has = pod.spec.containers.find((container) => container.name === name)?.resources?.limits?.['memory'];
      return compareQuantities(resources.limits?.['memory'] ?? '0', has ?? '0') < 0;
    },
  );
  const started = Math.max(
    ...(pod.status?.containerStatuses ?? []).map(({state}) => Date.parse(state?.running?.startedAt ?? '') || 0),
  );
  return isLess && clusterTimeOf(snapshot) - started < measuredWithinMs;
}

function needsToEnd(pod: Pod, {incarnation}: PodUpdateRequest): boolean {
  return incarnation !== null && incarnationOf(pod) === incarnation;
}

function isUpdated(snapshot: Snapshot, update: PodUpdateRequest): boolean {
  const {pod, set} = find(snapshot, update);
  return (
    pod !== null &&
    !pod.metadata.deletionTimestamp &&
    !needsToEnd(pod, update) &&
    hasCurrentTemplate(pod, set) &&
    !awaitsRestart(pod) &&
    !isBackedOff(pod)
  );
}

/**
 * Whether the pod is updated, ready and has its resources. As long as that is not so, notes the time, because what the
 * database said until then does not count.
 */
function isSettled(snapshot: Snapshot, state: PodUpdateState): boolean {
  const {pod} = find(snapshot, state);
  const settled = isUpdated(snapshot, state) && isReady(pod) && pod !== null && hasItsResources(pod);
  if (!settled) state.unsettledUntil = state.now();
  return settled;
}

/** Whether all of them stream, as the database said later than `since`, in milliseconds since the epoch. */
function allStream(snapshot: Snapshot, names: readonly string[], since: number): boolean {
  if (names.length === 0) return true;
  const {streams} = viewOf(snapshot);
  const told = snapshot.database.some((fact) => fact.kind === 'replication' && fact.at > since);
  return told && names.every((name) => streams.some(({pod, state}) => pod === name && state === 'streaming'));
}

const inWords = {
  restart: 'restarts',
  resize: 'is resized',
  reload: 'gets its settings',
  label: 'gets its labels',
} as const;

/**
 * Keeps the time without a writer short: it has little to write when it stops, and clients are led to it as soon as it
 * listens.
 */
async function prepare(
  ports: DatabasePort & ClusterPort & Scope,
  {name, watch}: PodUpdateRequest,
  signal: AbortSignal,
): Promise<void> {
  await ports.checkpoint(signal);
  await ports.publishNotReadyAddresses(true).catch(rethrowUnlessRefused);
  await watch?.begin(ports, name);
}

/**
 * Checks right before a pod is deleted, because rules of the cluster may have changed since the plan: a pod that it
 * refuses would not come back, nor would a volume whose deletion has begun.
 * @throws UserError where the pod has to stay
 */
async function assertDeletable(
  ports: PodsPort & StoragePort & ClusterPort & Scope,
  {
    snapshot,
    name,
    set,
    isWriter,
  }: {readonly snapshot: Snapshot; readonly name: string; readonly set: StatefulSet | null; readonly isWriter: boolean},
): Promise<void> {
  try {
    const refusal = await refusedNow(set, name, 'The pod that is there was left as it is.', ports);
    if (refusal) throw new UserError(refusal);
    await assertDataStays(ports, snapshot, name);
  } catch (error) {
    if (isWriter) await ports.publishNotReadyAddresses(false).catch(() => undefined);
    throw error;
  }
}

/** A pod whose template is not ours has no preStop hook that ends its sessions. */
async function deletePod(ports: PodsPort, ref: PodRef, {spec}: Pod): Promise<void> {
  await ports.deletePod(ref);
  const database = databaseIn(spec.containers);
  if (database?.lifecycle?.preStop === undefined) await ports.shutDownFast(ref.name);
}

interface PodUpdateMethod {
  /** Null: only a new pod can get the pod template. */
  readonly patch: PodPatch | null;
  readonly restarts: boolean;
  /**
   * The annotation that says which settings the pod has, where the server takes them by a reload; absent: they stay the
   * same.
   */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The annotation of a pod that says when its settings were last reloaded, RFC 3339. */
const reloadedAt = 'pg-helm-install/reloaded-at';

const recreation: PodUpdateMethod = {patch: null, restarts: true};

async function leastDisruptiveMethod(
  ports: ClusterPort,
  pod: Pod,
  set: StatefulSet | null,
  inPlaceSupport: InPlaceSupport,
): Promise<PodUpdateMethod> {
  const podTemplates = await ports.podTemplates();
  const to = set?.status?.updateRevision ?? '';
  const own = pod.metadata.labels?.[revisionLabel] ?? '';
  return methodBetween(pod, podTemplates[own] ?? null, podTemplates[to] ?? null, {to, inPlaceSupport});
}

function methodBetween(
  pod: Pod,
  before: Template | null,
  after: Template | null,
  {to, inPlaceSupport}: {readonly to: string; readonly inPlaceSupport: InPlaceSupport},
): PodUpdateMethod {
  const update = updateBetween(before, after, inPlaceSupport);
  // A container that crashes would have to wait in its pod before it may try the other image.
  const restarts = update === 'image';
  if (!after || update === 'recreate' || (restarts && !isReady(pod))) return recreation;
  return {
    patch: patchTo(pod, before, after, to, restarts),
    restarts,
    ...(hasOtherSettings(before, after) ? {settings: settingsAnnotation(after)} : {}),
  };
}

/**
 * Settings first: only when the server has them does the pod count as one of its new template. A pod whose annotations
 * change gets its files within a second, and otherwise within a minute.
 */
async function withSettings(
  ports: PodsPort & DatabasePort & Scope,
  ref: PodRef,
  method: PodUpdateMethod,
  signal: AbortSignal,
): Promise<PodUpdateMethod> {
  if (method.patch === null || method.settings === undefined) return method;
  const annotations = {...method.settings, [reloadedAt]: new Date(ports.now()).toISOString()};
  await ports.patchPod(ref, {labels: {}, annotations, containers: [], resources: []});
  const left = await ports.reloadSettings(ref.name, signal);
  return left.length === 0 ? method : recreation;
}

/**
 * @returns false where the patch was refused: a new pod gets the template in any case.
 * @throws UserError where the patch is refused and nothing was to restart
 */
async function patched(pods: PodsPort, ref: PodRef, patch: PodPatch, restarts: boolean): Promise<boolean> {
  try {
    await pods.patchPod(ref, patch);
    return true;
  } catch (error) {
    if (isRefusal(error) && (restarts || patch.resources.length === 0)) return false;
    throw error;
  }
}

function patchTo(pod: Pod, before: Template | null, after: Template, revision: string, restarts: boolean): PodPatch {
  const gone = Object.keys(before?.metadata?.labels ?? {}).map((label) => [label, null] as const);
  const images = new Map(pod.spec.containers.map(({name, image}) => [name, image]));
  const changed = after.spec.containers.flatMap(({name, image}) =>
    image === undefined || image === images.get(name) ? [] : [{name, image}],
  );
  const counts = (pod.status?.containerStatuses ?? [])
    .filter(({name}) => changed.some((one) => one.name === name))
    .map(({name, restartCount}) => [name, restartCount]);
  return {
    labels: {...Object.fromEntries(gone), ...after.metadata?.labels, [revisionLabel]: revision},
    annotations: restarts ? {[restartsBefore]: JSON.stringify(Object.fromEntries(counts))} : {},
    containers: restarts ? changed : [],
    resources: resizedContainers(pod.spec.containers, after.spec.containers),
  };
}
