// The steps of a change, in an order that loses nothing: images first, then helm, readers before the writer, data last.
import {UserError} from '../../core/cause.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {sortingProblem, textsToRebuild, type ImageLibraries} from '../../chart/collations.ts';
import {objectNames, readerOfPod} from '../../chart/names.ts';
import {majorOf, otherMajor} from '../../chart/postgres-major.ts';
import {allImages} from '../../observation/pods/pod-template.ts';
import type {Pod} from '../../observation/kubernetes.ts';
import {proofOf, viewOf} from '../../observation/release-view.ts';
import type {Snapshot, Target} from '../../observation/snapshot.ts';
import {surplusClaims} from '../../observation/storage.ts';
import {tracksOf, type Track} from '../../observation/tracks.ts';
import type {DiskSizes} from '../../parameters/readers.ts';
import {restarts, verbOf, type PodUpdatePlan} from '../../plan/pod-update-plan.ts';
import {betweenMark, type RestartOrder} from '../../plan/restart-order.ts';
import type {Step} from '../converge.ts';
import type {Values} from '../../chart/values.ts';
import type {TrialStart} from '../ports/pods.ts';
import type {AdoptionSteps} from './adoption-steps.ts';
import type {CertificateSteps} from './certificate-steps.ts';
import type {MetricsSteps} from './metrics-steps.ts';
import {endpoints, readers, release, storage, writer, type DesiredRelease} from './install-steps.ts';
import {readersReplayed} from './readers-replayed.ts';
import {writerWaits, type FirstValues} from './synchronous-steps.ts';
import {updatePod} from './update-pod.ts';
import type {WriterWatch} from '../writer-watch.ts';
import {askVolumesForMore, orphanOutgrownStatefulSets, remakeStatefulSets, waitForCapacity} from './storage-steps.ts';
import {notYet, oncePerRun} from './once-per-run.ts';

export interface DesiredChange extends DesiredRelease {
  readonly disks: DiskSizes;
  /** What the pods of each role are going to run. */
  readonly images: {readonly writer: readonly string[]; readonly reader: readonly string[]};
  readonly pullSecret: string | null;
  /** The PostgreSQL version of the data; null when the server could not be asked. */
  readonly postgresVersion: string | null;
  /**
   * Images that a node is known to have, as `node image`: those that this run has tried, because not every user may
   * read nodes.
   */
  readonly tried: Set<string>;
  /** The writer's new pod template is being started beside it at this moment. */
  isTryingStart: boolean;
  /** The plan says which indexes are rebuilt. */
  readonly rebuildsIndexes: boolean;
  /** The libraries that sort text in the new images, as their trial showed. */
  libraries: ImageLibraries;
}

export type ChangeStep = Step<DesiredChange>;

const images: ChangeStep = {
  name: 'images',
  done: (snapshot, desired) => untried(snapshot, desired).length === 0,
  async run(ports, desired, snapshot, signal) {
    const {writerSet} = viewOf(snapshot);
    const owner = writerSet?.metadata.uid ? {name: writerSet.metadata.name, uid: writerSet.metadata.uid} : null;
    const sorting = await ports.sorting();
    const trials = untried(snapshot, desired).map(async ({image, beside}) => {
      const {version, library, icu} = await ports.tryImage(
        {image, beside, pullSecret: desired.pullSecret, owner},
        signal,
      );
      // Only the PostgreSQL image says a version.
      if (
        version !== null &&
        desired.postgresVersion !== null &&
        majorOf(version) !== majorOf(desired.postgresVersion)
      ) {
        throw new UserError(otherMajor(ports.target, desired.postgresVersion, version, image));
      }
      const libraries = {library, icu};
      const guard = {target: ports.target, image, libraries, rebuilds: desired.rebuildsIndexes};
      const problem = version && sorting && sortingProblem({...guard, sorting});
      if (problem) throw new UserError(problem);
      if (version) desired.libraries = libraries;
      desired.tried.add(keyOf(image, beside));
    });
    // All trials end, and thereby delete their pods, before the first failure is reported.
    const [failed] = (await Promise.allSettled(trials)).filter(
      ({status}) => status === 'rejected',
    ) as PromiseRejectedResult[];
    if (failed) throw failed.reason as Error;
    if (sorting !== null) return null;
    return (
      'How the database sorts text could not be asked: where the image has other libraries, indexes on text may miss ' +
      'rows. doctor tells it when the writer answers.'
    );
  },
};

/**
 * Once in a run, rebuilds what another version than the server's has sorted, so that it is right before another image
 * gets it.
 */
function rebuildIndexes(): ChangeStep {
  return oncePerRun({
    name: 'rebuild indexes',
    shownAs: {track: 'writer', text: 'indexes on text are rebuilt'},
    async run(ports, {libraries}, _snapshot, signal) {
      const sorting = await ports.sorting();
      if (sorting === null) return notYet;
      const texts = textsToRebuild(sorting.texts, libraries);
      await ports.rebuildIndexes(texts, signal);
      return null;
    },
  });
}

/**
 * Starts the writer's new pod template beside the writer, to find out whether it starts before the writer depends on
 * it.
 */
function trialStart(fresh: Pick<TrialStart, 'template' | 'configMaps'>): ChangeStep {
  return oncePerRun({
    name: 'try the start',
    async run(ports, desired, snapshot, signal) {
      const {writerPod, writerSet} = viewOf(snapshot);
      const owner = writerSet?.metadata.uid ? {name: writerSet.metadata.name, uid: writerSet.metadata.uid} : null;
      desired.isTryingStart = true;
      try {
        const note = writerPod ? await ports.trialStart({...fresh, beside: writerPod, owner}, signal) : null;
        return note;
      } finally {
        desired.isTryingStart = false;
      }
    },
  });
}

/** Readers that are there and not wanted. */
export function surplusReaders({pods, target}: Snapshot, readReplicaCount: number): readonly Pod[] {
  return pods.filter(({metadata: {name}}) => (readerOfPod(target, name) ?? -1) >= readReplicaCount);
}

const readersThatGo: ChangeStep = {
  name: 'readers that go',
  shownAs: {track: 'readers', text: 'those that go stop'},
  done: (snapshot, {readReplicaCount}) => surplusReaders(snapshot, readReplicaCount).length === 0,
};

/**
 * Once in a run, drops slots that nobody streams from any more: the WAL that they hold back would fill the disk up to
 * their limit.
 */
function slotsThatGo(fromOrdinal: number): ChangeStep {
  return oncePerRun({
    name: 'replication slots that go',
    async run(ports) {
      await ports.dropReplicationSlots(fromOrdinal);
      return null;
    },
  });
}

const volumes: ChangeStep = {
  name: 'volumes',
  shownAs: {track: 'storage', text: 'those of the readers that went are deleted'},
  done: (snapshot, {readReplicaCount}) => surplusClaims(snapshot, readReplicaCount).length === 0,
  async run(ports, {readReplicaCount}, snapshot) {
    await ports.deleteClaims(surplusClaims(snapshot, readReplicaCount));
    return null;
  },
  // The cluster keeps a claim for as long as a pod has it.
  holdBack: (snapshot, {readReplicaCount}) =>
    surplusClaims(snapshot, readReplicaCount).every(({metadata}) => metadata.deletionTimestamp)
      ? 'they are going'
      : null,
};

/** Comes before helm, which takes longer to set the same number, so that the copies begin meanwhile. */
const moreReaders: ChangeStep = {
  name: 'more readers',
  done: (snapshot, {readReplicaCount}) => viewOf(snapshot).desiredReaders >= readReplicaCount,
  async run(ports, {readReplicaCount}) {
    await ports.setReaders(readReplicaCount, {dryRun: false});
    return null;
  },
  command: ({target}, {readReplicaCount}) =>
    kubectlHere(target, 'scale', 'statefulset', objectNames(target).reader, `--replicas=${readReplicaCount}`),
};

const upgraded: ChangeStep = {
  ...release,
  done(snapshot, desired) {
    const {writerSet, readerSet} = viewOf(snapshot);
    return release.done(snapshot, desired) && writerSet !== null && readerSet !== null;
  },
  async run(ports, desired, snapshot, signal) {
    // Where a killed helm left a pending record, helm first goes back, which makes no StatefulSet with the new size.
    if (!viewOf(snapshot).newest?.status.startsWith('pending'))
      await orphanOutgrownStatefulSets(ports, desired, snapshot);
    return (await release.run?.(ports, desired, snapshot, signal)) ?? null;
  },
  /** The command for a person is that of an upgrade: the release is there. */
  command: (ports, {chart}) => ports.helm.describe(chart, 'upgrade'),
};

/** The first of two steps: what is wanted, with other settings of the readers. */
function appliedBetween(values: Values, first: FirstValues | null): ChangeStep {
  const between = (desired: DesiredChange): DesiredChange => ({
    ...desired,
    ...first,
    values,
    description: `${desired.description ?? 'Upgrade'}${betweenMark}`,
  });
  return {
    ...upgraded,
    name: 'release, first of two steps',
    done: (snapshot, desired) => upgraded.done(snapshot, between(desired)),
    run: async (ports, desired, snapshot, signal) =>
      (await upgraded.run?.(ports, between(desired), snapshot, signal)) ?? null,
  };
}

/**
 * Applies what may be in force before commits wait for more readers, or before readers go. Done too where everything is
 * in force already.
 */
function appliedFirst(first: FirstValues): ChangeStep {
  const firstOf = (desired: DesiredChange): DesiredChange => ({...desired, ...first});
  return {
    ...upgraded,
    name: 'release, before the readers that commits wait for',
    done: (snapshot, desired) => upgraded.done(snapshot, firstOf(desired)) || upgraded.done(snapshot, desired),
    run: async (ports, desired, snapshot, signal) =>
      (await upgraded.run?.(ports, firstOf(desired), snapshot, signal)) ?? null,
  };
}

/** A proof from before helm changed the Services proves nothing, so the endpoints are proven again. */
function appliedAndProven({now, appliedBy}: ChangeShape): readonly [ChangeStep, ChangeStep] {
  let appliedAt = 0;
  const applied: ChangeStep = {
    ...upgraded,
    run: async (ports, desired, snapshot, signal) => {
      try {
        return (await upgraded.run?.(ports, desired, snapshot, signal)) ?? null;
      } finally {
        appliedAt = now();
      }
    },
  };
  const isFresh = (snapshot: Snapshot) =>
    (['writer', 'reader'] as const).every((role) => (proofOf(snapshot, role)?.at ?? Infinity) > appliedAt);
  return [
    appliedBy === null ? applied : waitedFor(applied, appliedBy),
    {
      ...endpoints,
      shownAs: {track: 'endpoints', text: 'proven once more'},
      done: (snapshot, desired) => endpoints.done(snapshot, desired) && isFresh(snapshot),
    },
  ];
}

/** Takes back that the Service leads clients to a writer that is still starting. */
const leadAsBefore: ChangeStep = {
  name: 'lead clients to a ready writer only',
  done: (snapshot) => viewOf(snapshot).writerService?.spec.publishNotReadyAddresses !== true,
  async run(ports) {
    await ports.publishNotReadyAddresses(false);
    return null;
  },
};

/** The usual tracks; while images or the start are tried the release waits for that. */
export function changeTracks(snapshot: Snapshot, desired: DesiredChange): readonly Track[] {
  const missing = untried(snapshot, desired);
  const isApplied = upgraded.done(snapshot, desired);
  return tracksOf(snapshot).map((track) => {
    if (track.track !== 'release') return track;
    if (desired.isTryingStart)
      return {
        ...track,
        state: 'running',
        text:
          'what the writer is to become is started beside it, with an empty ' +
          `volume${isApplied ? '' : '; nothing is changed yet'}`,
      };
    if (missing.length === 0 || isApplied) return track;
    const nodes = [...new Set(missing.map(({beside}) => beside.spec.nodeName))].join(', ');
    return {...track, state: 'running', text: `the new image is tried on ${nodes}; nothing is changed yet`};
  });
}

export interface ChangeShape {
  readonly target: Target;
  /**
   * The tool that applies the release, with helm or without: it is waited for, and nothing is applied here. Null: we
   * apply it.
   */
  readonly appliedBy: string | null;
  /** The StatefulSets as helm renders them. */
  readonly rendered: readonly Values[];
  readonly certificate: CertificateSteps;
  readonly adoption: AdoptionSteps;
  readonly metrics: MetricsSteps;
  /** The pods that get another pod template, or a restart. */
  readonly podUpdates: readonly PodUpdatePlan[];
  /** In a restart for its own sake: the incarnations that end, by pod. */
  readonly incarnations: Readonly<Record<string, string>> | null;
  /** Whether the writer serves: one that does not is updated before the readers, which wait for it. */
  readonly writerServes: boolean;
  readonly order: RestartOrder;
  /** What helm applies first, in two steps; else null. */
  readonly between: Values | null;
  /** What helm applies before commits wait for more readers, or before readers go that commits wait for; else null. */
  readonly first: FirstValues | null;
  readonly synchronousReplicas: number;
  /** Commits are to wait for fewer readers than now: writes may hang until the writer knows it. */
  readonly commitsWaitForFewer: boolean;
  /** Every write hangs now, because too few readers confirm. */
  readonly commitsHang: boolean;
  /** Whether the writer's Service leads to a pod that is not ready: an earlier run may have left it so. */
  readonly publishesNotReady: boolean;
  readonly grows: boolean;
  /** The writer's new pod template, where no reader tries it first. */
  readonly trialStartTemplate: Pick<TrialStart, 'template' | 'configMaps'> | null;
  readonly rebuildsIndexes: boolean;
  /** Whether readers are added, and nothing but their number differs. */
  readonly addsReaders: boolean;
  /** Readers that are there and not wanted. */
  readonly readersGo: boolean;
  /** The ordinal from which on readers no longer need their replication slots; null: no slots go. */
  readonly slotsGoFrom: number | null;
  readonly deleteVolumes: boolean;
  readonly readReplicaCount: number;
  readonly watch: WriterWatch;
  readonly now: () => number;
}

export function changeSteps(shape: ChangeShape): readonly ChangeStep[] {
  const {certificate, metrics, podUpdates, publishesNotReady, trialStartTemplate, addsReaders, deleteVolumes} = shape;
  const [applied, proven] = appliedAndProven(shape);
  const helm = whenApplied(shape, applied);
  const slotsGo = shape.slotsGoFrom === null ? [] : [slotsThatGo(shape.slotsGoFrom)];
  const ofReaders = podUpdates.filter(({isWriter}) => !isWriter).flatMap((podUpdate) => stepsFor(podUpdate, shape));
  const ofWriter = podUpdates.filter(({isWriter}) => isWriter).flatMap((podUpdate) => stepsFor(podUpdate, shape));
  const {adoption} = shape;
  return [
    ...adoption.before,
    ...metrics.before,
    ...certificate.before,
    ...(podUpdates.some(restarts) ? [images] : []),
    ...(shape.rebuildsIndexes ? [rebuildIndexes()] : []),
    ...(trialStartTemplate ? [trialStart(trialStartTemplate)] : []),
    ...growSteps(shape, {remakes: shape.appliedBy !== null}),
    ...(addsReaders ? [moreReaders] : []),
    ...restartSteps(shape, [helm.first, ...adoption.applied], ofReaders, ofWriter),
    ...helm.beforeReadersGo,
    ...(restartsWriter(shape) || publishesNotReady ? [leadAsBefore] : []),
    ...(shape.readersGo ? [readersThatGo] : []),
    ...slotsGo,
    storage,
    writer,
    ...metrics.role,
    readers,
    ...helm.afterReaders,
    ...certificate.after,
    proven,
    ...metrics.after,
    ...(deleteVolumes ? [volumes] : []),
  ];
}

/** The step where somebody else applies the release: it is only waited for. */
function waitedFor(applied: ChangeStep, tool: string): ChangeStep {
  return {
    name: applied.name,
    done: (snapshot, desired) => applied.done(snapshot, desired),
    holdBack: () => `${tool} is to apply it`,
  };
}

/**
 * `remakes`: whether StatefulSets are made again here, because somebody else applies the release; our own helm makes
 * them again itself.
 */
function growSteps({grows, rendered}: ChangeShape, {remakes}: {readonly remakes: boolean}): readonly ChangeStep[] {
  if (!grows) return [];
  return [askVolumesForMore, waitForCapacity, ...(remakes ? [remakeStatefulSets(rendered)] : [])];
}

/**
 * What has to be done before somebody else applies what is wanted: Kubernetes lets nobody change the size of claims in
 * a StatefulSet.
 */
export function stepsBeforeFiles(shape: ChangeShape): readonly ChangeStep[] {
  return [...shape.metrics.before, ...shape.certificate.before, ...growSteps(shape, {remakes: true})];
}

interface WhenApplied {
  readonly first: ChangeStep;
  readonly beforeReadersGo: readonly ChangeStep[];
  readonly afterReaders: readonly ChangeStep[];
}

/** When helm applies all that is wanted, and what it applies before. */
function whenApplied(shape: ChangeShape, applied: ChangeStep): WhenApplied {
  const {first, readReplicaCount, podUpdates} = shape;
  if (first === null) return {first: applied, beforeReadersGo: [], afterReaders: []};
  const begin = {first: appliedFirst(first), beforeReadersGo: [], afterReaders: []};
  if (first.readReplicaCount !== readReplicaCount) return {...begin, beforeReadersGo: [applied]};
  return {...begin, afterReaders: [applied, ...writerWaits({...shape, inPlaceSupport: writerSupport(podUpdates)})]};
}

/** Where the change is not known to concern the writer's pod, the server itself says what a reload leaves pending. */
function writerSupport(podUpdates: readonly PodUpdatePlan[]): PodUpdatePlan['inPlaceSupport'] {
  const writerUpdate = podUpdates.find(({isWriter}) => isWriter);
  return writerUpdate?.inPlaceSupport ?? {mayResize: false, nodeLabels: null, mayReload: true};
}

/** Helm, and the pods in an order in which no reader starts with less than its writer has. */
function restartSteps(
  shape: ChangeShape,
  applied: readonly ChangeStep[],
  ofReaders: readonly ChangeStep[],
  ofWriter: readonly ChangeStep[],
): readonly ChangeStep[] {
  const {order, between, writerServes} = shape;
  const isFirst = writerLeads(shape);
  // An image that does not manage slots would keep those of its readers forever, and does not limit them.
  const slots = shape.slotsGoFrom === 0 && writerServes ? [slotsThatGo(0)] : [];
  if (order === 'writer first') return [...applied, ...ofWriter, readersReplayed(), ...ofReaders];
  if (between !== null) {
    const first = stepsForAllReaders(shape);
    const [before, after] = writerServes ? [[], ofWriter] : [ofWriter, []];
    return [
      appliedBetween(between, shape.first),
      ...before,
      ...first,
      allReaders,
      ...after,
      readersReplayed(),
      ...applied,
      ...stepsForAllReaders(shape),
    ];
  }
  return [
    ...applied,
    ...(isFirst ? ofWriter : []),
    ...ofReaders,
    ...(writerServes && restartsWriter(shape) ? [allReaders, ...slots] : []),
    ...(isFirst ? [] : ofWriter),
  ];
}

/**
 * Whether the writer is updated before the readers. Readers wait for a writer that does not serve. A writer whose
 * commits are to wait for fewer readers does not wait for readers that may be away, which is why somebody asks for
 * that; but where nothing hangs and the writer has to restart, the usual order is kept.
 */
function writerLeads(shape: ChangeShape): boolean {
  const {writerServes, commitsWaitForFewer, commitsHang} = shape;
  return !writerServes || (commitsWaitForFewer && (commitsHang || !restartsWriter(shape)));
}

function restartsWriter({podUpdates}: ChangeShape): boolean {
  return podUpdates.some((podUpdate) => podUpdate.isWriter && restarts(podUpdate));
}

/** Restarts each reader that is wanted, new ones too. */
function stepsForAllReaders({target, readReplicaCount, now}: ChangeShape): readonly ChangeStep[] {
  return readerNames(target, readReplicaCount).flatMap((name) =>
    updatePod({
      name,
      isWriter: false,
      followers: [],
      verb: 'restart',
      inPlaceSupport: {mayResize: false, nodeLabels: null},
      incarnation: null,
      now,
    }),
  );
}

function readerNames(target: Target, count: number): readonly string[] {
  return Array.from({length: count}, (_, ordinal) => `${objectNames(target).reader}-${ordinal}`);
}

/** Waits for new readers too, because a copy that the writer's restart breaks off begins again. */
const allReaders: ChangeStep = {...readers, name: 'all readers stream'};

function stepsFor(
  {pod, isWriter, update: podUpdate, inPlaceSupport}: PodUpdatePlan,
  shape: ChangeShape,
): readonly ChangeStep[] {
  const {target, incarnations, readReplicaCount, watch, now} = shape;
  const {name} = pod.metadata;
  return updatePod({
    name,
    isWriter,
    followers: isWriter && !writerLeads(shape) ? readerNames(target, readReplicaCount) : [],
    verb: verbOf(podUpdate),
    inPlaceSupport,
    incarnation: incarnations?.[name] ?? null,
    watch,
    now,
  });
}

/** Images that a pod is going to run, does not run yet, and that its node has not been seen to pull. */
export function untried(
  snapshot: Snapshot,
  desired: Pick<DesiredChange, 'images' | 'tried'>,
): {image: string; beside: Pod}[] {
  const {writerPod, readerPods} = viewOf(snapshot);
  const ofPod = (pod: Pod, asked: readonly string[]) => {
    if (!pod.spec.nodeName || pod.metadata.deletionTimestamp) return [];
    const has = allImages(pod);
    return asked
      .filter((image) => !has.includes(image) && !desired.tried.has(keyOf(image, pod)))
      .map((image) => ({image, beside: pod}));
  };
  const all = [
    ...readerPods.flatMap((pod) => ofPod(pod, desired.images.reader)),
    ...(writerPod ? ofPod(writerPod, desired.images.writer) : []),
  ];
  return all.filter(
    (one, at) => all.findIndex((other) => keyOf(other.image, other.beside) === keyOf(one.image, one.beside)) === at,
  );
}

function keyOf(image: string, {spec}: Pod): string {
  return `${spec.nodeName ?? ''} ${image}`;
}
