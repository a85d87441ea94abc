// The pod template that a pod was made with, the one its StatefulSet has now, and the gentlest way from the one to the
// other.
import {databaseContainer, databaseIn} from '../../chart/names.ts';
import {canonical} from '../../chart/same-values.ts';
import type {Container, Pod, StatefulSet} from '../kubernetes.ts';
import {mayBecome, resizedContainers, withoutResizable} from './resources.ts';

/**
 * `none`: there is nothing to do. `labels`: they are patched and nothing restarts. `resources`: CPU and memory are
 * patched as well, and nothing restarts. `reload`: the server reads its settings again. `image`: the container restarts
 * in its pod, which keeps its address. `recreate`: only a new pod has it. Each can include those before it.
 */
export type PodUpdate = 'none' | 'labels' | 'reload' | 'resources' | 'image' | 'recreate';

/** Set on a pod whose images were patched: how often those containers had restarted before, as JSON by name. */
export const restartsBefore = 'pg-helm-install/restarts-before';
export const revisionLabel = 'controller-revision-hash';

/** A pod template as the API server or a manifest has it. */
export interface Template {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly Pick<Container, 'name' | 'image' | 'resources'>[];
    readonly initContainers?: readonly Pick<Container, 'image' | 'resources'>[];
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly serviceAccountName?: string;
    readonly schedulerName?: string;
  };
}

/**
 * The container of the database in the pods of a StatefulSet; null: its pods have none. Chart 10, whose StatefulSets
 * select their pods by the label `role`, gives it their name.
 */
export function databaseOfSet({metadata, spec}: StatefulSet): Container | null {
  const {containers} = spec.template.spec;
  const isOfChart10 = spec.selector?.matchLabels?.['role'] !== undefined;
  const named = isOfChart10 ? containers.find(({name}) => name === metadata.name) : undefined;
  return databaseIn(containers) ?? named ?? null;
}

export function isDatabaseRunning({status}: Pod): boolean {
  return databaseIn(status?.containerStatuses)?.state?.running !== undefined;
}

/** The scheduler that a pod, or the pods of a template, wait for. Absent in what helm renders: the default one. */
export function schedulerOf({schedulerName}: Pick<Pod['spec'], 'schedulerName'>): string {
  return schedulerName || 'default-scheduler';
}

/** What can be done to a pod that runs. */
export interface InPlaceSupport {
  /** Whether the cluster changes its resources. */
  readonly mayResize: boolean;
  /**
   * Labels of the node that it is on; null: not known. Where they are what a new selector asks for, the pod is in its
   * place already.
   */
  readonly nodeLabels: Readonly<Record<string, string>> | null;
  /** Whether the server takes the settings that differ by a reload. Absent: it is not known to. */
  readonly mayReload?: boolean;
}

/**
 * Annotation with the checksum of the settings file: chart 16.7.26, templates/primary/statefulset.yaml. The readers
 * have the checksum of the writer's file.
 */
const settingsChecksum = 'checksum/extended-configuration';

/** Whether the file of settings, which both have, differs. */
export function hasOtherSettings(before: Template | null, after: Template | null): boolean {
  return settingsOf(before) !== settingsOf(after);
}

/** The annotation that tells the template's settings from others. */
export function settingsAnnotation(template: Template): Readonly<Record<string, string>> {
  const checksum = settingsOf(template);
  return checksum === undefined ? {} : {[settingsChecksum]: checksum};
}

function settingsOf(template: Template | null): string | undefined {
  return template?.metadata?.annotations?.[settingsChecksum];
}

/** Both must come from the same source: a manifest lacks the defaults that the API server fills in. Null: not known. */
export function updateBetween(
  before: Template | null,
  after: Template | null,
  inPlaceSupport: InPlaceSupport,
): PodUpdate {
  if (!before || !after) return 'recreate';
  const same = {place: isInPlace(after, inPlaceSupport), settings: inPlaceSupport.mayReload === true};
  if (canonical(bare(before, same)) !== canonical(bare(after, same))) return 'recreate';
  const reloads = hasOtherSettings(before, after);
  const resized = resizedContainers(before.spec.containers, after.spec.containers);
  if (resized.length > 0 && !(inPlaceSupport.mayResize && mayBecome(before.spec.containers, after.spec.containers)))
    return 'recreate';
  // A container that restarts right after a change may read the file as it was.
  if (canonical(imagesOf(before)) !== canonical(imagesOf(after))) return reloads ? 'recreate' : 'image';
  if (resized.length > 0) return 'resources';
  if (reloads) return 'reload';
  return hasSameLabels(before, after) ? 'none' : 'labels';
}

/** The node that the pod is on is one that the template asks for. */
function isInPlace({spec}: Template, {nodeLabels}: InPlaceSupport): boolean {
  if (nodeLabels === null) return false;
  return Object.entries(spec.nodeSelector ?? {}).every(([label, value]) => nodeLabels[label] === value);
}

/** Compares the pod's own labels and those that it asks of its node. */
function hasSameLabels(before: Template, after: Template): boolean {
  return (
    canonical(before.metadata?.labels) === canonical(after.metadata?.labels) &&
    canonical(before.spec.nodeSelector) === canonical(after.spec.nodeSelector)
  );
}

const order: readonly PodUpdate[] = ['none', 'labels', 'reload', 'resources', 'image', 'recreate'];

/** The update that covers both. */
export function worse(a: PodUpdate, b: PodUpdate): PodUpdate {
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}

/** The controller has seen the newest pod template, and the pod is of it. */
export function hasCurrentTemplate(pod: Pod, set: StatefulSet | null): boolean {
  return isObserved(set) && pod.metadata.labels?.[revisionLabel] === set?.status?.updateRevision;
}

/** Until the controller has seen the newest pod template, it cannot say which pods have it. */
export function isObserved(set: StatefulSet | null): boolean {
  return set !== null && (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? -1);
}

/** The pod's image was patched, and kubelet has not yet started the new container. */
export function awaitsRestart({metadata, status}: Pod): boolean {
  const before = countsIn(metadata.annotations?.[restartsBefore] ?? '{}');
  return (status?.containerStatuses ?? []).some(({name, restartCount}) => restartCount <= (before[name] ?? -1));
}

/** An identity that changes with each restart of the database, in its pod or in a new one. */
export function incarnationOf({metadata, status}: Pod): string {
  return [
    metadata.uid,
    ...(status?.containerStatuses ?? [])
      .filter(({name}) => name === databaseContainer)
      .map(({restartCount}) => restartCount),
  ].join('/');
}

/** Every container runs. A pod with one that does not is better recreated than patched. */
export function isRunning({spec, status}: Pod): boolean {
  const statuses = status?.containerStatuses ?? [];
  return statuses.length >= spec.containers.length && statuses.every(({state}) => state?.running !== undefined);
}

/** Somebody else may have written the annotation, so it need not be JSON. */
function countsIn(text: string): Readonly<Record<string, number>> {
  try {
    return (JSON.parse(text) as Record<string, number> | null) ?? {};
  } catch {
    return {};
  }
}

/** Kubelet makes the new container wait after earlier ends that somebody asked for; a new pod does not wait. */
export function isBackedOff({status}: Pod): boolean {
  return (status?.containerStatuses ?? []).some(
    ({state, lastState}) => state?.waiting?.reason === 'CrashLoopBackOff' && lastState?.terminated?.exitCode === 0,
  );
}

/** The images of a pod or a template, the init containers' included. */
export function allImages({spec}: Pick<Template, 'spec'>): readonly string[] {
  return [...new Set([...spec.containers, ...(spec.initContainers ?? [])].flatMap(({image}) => image ?? []))];
}

function imagesOf({spec}: Template): unknown {
  return spec.containers.map(({name, image}) => [name, image]);
}

/**
 * The template without what a running pod has already or can be given. `place`: its node has the desired labels.
 * `settings`: it takes them by a reload.
 */
function bare(
  {metadata, spec}: Template,
  {place, settings}: {readonly place: boolean; readonly settings: boolean},
): unknown {
  const containers = spec.containers.map((container) => ({
    ...container,
    image: undefined,
    resources: withoutResizable(container.resources),
  }));
  return {
    metadata: {
      ...metadata,
      labels: undefined,
      annotations: {...metadata?.annotations, ...(settings ? {[settingsChecksum]: undefined} : {})},
    },
    spec: {...spec, containers, ...(place ? {nodeSelector: undefined} : {})},
  };
}
