// What a change would do to an existing release: helm's rendering compared with what it applied, and how each pod gets
// its new pod template.
import {imageReference} from '../../chart/image.ts';
import {objectNames, settingsConfigMap} from '../../chart/names.ts';
import {settingsFile} from '../../chart/container-paths.ts';
import type {Values} from '../../chart/values.ts';
import {
  allImages,
  hasCurrentTemplate,
  hasOtherSettings,
  isRunning,
  updateBetween,
  revisionLabel,
  worse,
  type InPlaceSupport,
  type PodUpdate,
  type Template,
} from '../../observation/pods/pod-template.ts';
import type {Pod, StatefulSet} from '../../observation/kubernetes.ts';
import {isReady, viewOf} from '../../observation/release-view.ts';
import {loweringProblem, resizedContainers} from '../../observation/pods/resources.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Survey} from '../../observation/survey.ts';
import {instanceTypeLabel} from '../../parameters/identifiers.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {
  configMapsIn,
  diffManifests,
  renderingOf,
  templatesIn,
  type Rendering,
  withoutNewAccount,
} from '../../plan/manifests.ts';
import type {PodUpdatePlan} from '../../plan/pod-update-plan.ts';
import {settingsChange, type ServerSettingsNow, type SettingsChange} from '../../plan/settings-change.ts';
import type {ClusterPort} from '../ports/cluster.ts';
import type {DatabasePort} from '../ports/database.ts';
import type {Chart, HelmPort} from '../ports/helm.ts';
import type {Scope} from '../ports/index.ts';
import type {PodsPort, TrialStart} from '../ports/pods.ts';

export interface Assessment {
  /** What helm would apply; empty where helm renders nothing for a locked release. */
  readonly manifests: string;
  readonly diff: string;
  /** What the pods of each role are going to run. */
  readonly images: {readonly writer: readonly string[]; readonly reader: readonly string[]};
  /** The pods that are there and stay: readers first. */
  readonly podUpdates: readonly PodUpdatePlan[];
  /** The writer's new pod template as helm renders it; null where it could not. */
  readonly fresh: Pick<TrialStart, 'template' | 'configMaps'> | null;
  readonly rendering: Rendering;
}

interface AssessmentInput {
  readonly parameters: Parameters;
  readonly chart: Chart;
  readonly values: Values;
  readonly survey: Survey;
  readonly before: Snapshot;
  /**
   * The Secret of the release is still to be made: rendered with the cluster's answers, the chart refuses an upgrade
   * without it.
   */
  readonly lacksSecret: boolean;
  /** Why that pod cannot be resized where it is; null when it can, as far as is known. */
  readonly placeProblem: (pod: Pod) => string | null;
}

/** @throws UserError where helm or the cluster refuses the change */
export async function assessChange(
  input: AssessmentInput,
  ports: HelmPort & ClusterPort & PodsPort & DatabasePort & Scope,
  signal: AbortSignal,
): Promise<Assessment> {
  const {parameters, chart, values, before} = input;
  const names = objectNames(ports.target);
  const {newest, writerPod, readerPods} = viewOf(before);
  const staying = readerPods.slice(0, parameters.readReplicaCount);
  // Helm cannot upgrade a release of which it has no record.
  const {hasRecord = true, values: applied} = before.release;
  const rendered = () =>
    input.lacksSecret || !hasRecord
      ? ports.helm.render({chart, values}, signal)
      : ports.helm.dryRun({chart, values}, true, signal);
  const recorded = async () =>
    hasRecord || applied === null ? ports.manifest() : ports.helm.render({chart, values: applied}, signal);
  // Helm renders nothing for a release that is locked; only the plan then says less.
  const isLocked = newest?.status.startsWith('pending') ?? false;
  const [is, will, podTemplates] = isLocked
    ? ['', '', {}]
    : await Promise.all([recorded(), rendered(), ports.podTemplates()]);
  // What a failed revision recorded may have been applied in part, or not at all.
  const old = newest?.status === 'deployed' ? templatesIn(is) : {};
  const fresh = templatesIn(will);
  const files = {before: settingsFilesIn(is), after: settingsFilesIn(will)};
  const subjects = [...staying, ...(writerPod ? [writerPod] : [])].map((pod): Omit<Subject, 'settings'> => {
    const set = pod.metadata.name.replace(/-\d+$/, '');
    return {pod, isWriter: pod === writerPod, podTemplates, from: old[set] ?? null, to: fresh[set] ?? null};
  });
  const now = await settingsNow(before, subjects, ports);
  const planOf = (subject: Omit<Subject, 'settings'>) => {
    const {name} = subject.pod.metadata;
    const set = name.replace(/-\d+$/, '');
    const settings = settingsChange(files.before[set], files.after[set], now[name] ?? null);
    return podUpdatePlan(input, ports, {...subject, settings});
  };
  const template = fresh[names.writer];
  const main = [imageReference(parameters.images)];
  const imagesOf = (name: string): readonly string[] => (fresh[name] ? allImages(fresh[name]) : main);
  return {
    manifests: will,
    diff: diffManifests(is, will),
    images: {writer: imagesOf(names.writer), reader: imagesOf(names.reader)},
    podUpdates: await Promise.all(subjects.map(planOf)),
    fresh: template ? {template: withoutNewAccount(template, is, will), configMaps: configMapsIn(will)} : null,
    rendering: renderingOf(will),
  };
}

interface Subject {
  readonly pod: Pod;
  readonly isWriter: boolean;
  readonly podTemplates: Readonly<Record<string, Template>>;
  /** The pod template as helm rendered it last, and as it renders it now. */
  readonly from: Template | null;
  readonly to: Template | null;
  /** Null: it is not known which settings change. */
  readonly settings: SettingsChange | null;
}

/** The settings files in the manifests, by StatefulSet. */
function settingsFilesIn(manifests: string): Readonly<Record<string, string | undefined>> {
  const suffix = settingsConfigMap('');
  return Object.fromEntries(
    Object.entries(configMapsIn(manifests))
      .filter(([name]) => name.endsWith(suffix))
      .map(([name, {data}]) => [name.slice(0, -suffix.length), data?.[settingsFile.key]]),
  );
}

/** What the servers run with, asked only of pods whose settings are going to change, or may. */
async function settingsNow(
  before: Snapshot,
  subjects: readonly Omit<Subject, 'settings'>[],
  database: DatabasePort,
): Promise<Readonly<Record<string, ServerSettingsNow>>> {
  const {writerSet, readerSet} = viewOf(before);
  const isConcerned = ({pod, isWriter, from, to}: Omit<Subject, 'settings'>) =>
    isReady(pod) && (hasOtherSettings(from, to) || !hasCurrentTemplate(pod, isWriter ? writerSet : readerSet));
  const names = subjects.filter(isConcerned).map(({pod}) => pod.metadata.name);
  return names.length === 0 ? {} : database.serverSettings(names);
}

async function podUpdatePlan(
  {survey, before, placeProblem}: AssessmentInput,
  pods: PodsPort,
  subject: Subject,
): Promise<PodUpdatePlan> {
  const {pod, isWriter, from, to, settings} = subject;
  const {writerSet, readerSet} = viewOf(before);
  const set = isWriter ? writerSet : readerSet;
  const nodeLabels = nodeLabelsOf(pod, survey);
  const problem = await resizeProblem(placeProblem, pods, subject);
  const mayReload = settings !== null && settings.needsRestart.length === 0;
  const inPlaceSupport = {mayResize: problem === null, nodeLabels, mayReload};
  const own = updateOf(subject, set, inPlaceSupport);
  // A pod that does not run is recreated in any case.
  const isBroken = own !== 'none' && (!isRunning(pod) || (own === 'image' && !isReady(pod)));
  const withoutProblem = {...inPlaceSupport, mayResize: true};
  const isItsFault = own === 'recreate' && updateOf(subject, set, withoutProblem) !== 'recreate';
  const isConcerned = updateBetween(from, to, inPlaceSupport) !== 'none';
  return {
    pod,
    isWriter,
    inPlaceSupport,
    isConcerned,
    update: isBroken ? 'recreate' : own,
    ...(own === 'recreate'
      ? whyRecreated(subject, nodeLabels, isItsFault ? {problem, isOfPlace: placeProblem(pod) !== null} : null)
      : {why: null}),
    reloads: own === 'recreate' ? [] : settingsReloaded(subject),
  };
}

/** Why a pod is recreated. `resize`: why it cannot be resized where it is; null: that is not the reason. */
function whyRecreated(
  subject: Subject,
  nodeLabels: InPlaceSupport['nodeLabels'],
  resize: {readonly problem: string | null; readonly isOfPlace: boolean} | null,
): Pick<PodUpdatePlan, 'why' | 'leavesNode'> {
  const elsewhere = otherNode(subject.pod, nodeLabels, subject.to);
  const why = elsewhere ?? (resize ? resize.problem : settingsText(subject));
  return {why, leavesNode: elsewhere !== null || resize?.isOfPlace === true};
}

function settingsReloaded({settings, from, to}: Subject): readonly string[] {
  return settings !== null && hasOtherSettings(from, to) ? settings.differs : [];
}

/** Which settings require the restart, to follow "because"; null where something else requires it. */
function settingsText({settings, from, to}: Subject): string | null {
  const names = settings?.needsRestart ?? [];
  if (names.length > 0) return `${names.join(', ')} ${names.length === 1 ? 'takes' : 'take'} effect at a start only`;
  return settings === null && hasOtherSettings(from, to) ? 'its file of settings is another' : null;
}

/** Null: not known. */
function nodeLabelsOf({spec}: Pod, {nodes}: Survey): InPlaceSupport['nodeLabels'] {
  return nodes?.find(({metadata}) => metadata.name === spec.nodeName)?.metadata.labels ?? null;
}

/** What helm is going to change, and what the pod lacks already where it is behind its StatefulSet. */
function updateOf(
  {pod, podTemplates, from, to}: Subject,
  set: StatefulSet | null,
  inPlaceSupport: InPlaceSupport,
): PodUpdate {
  const next = updateBetween(from, to, inPlaceSupport);
  if (set === null || hasCurrentTemplate(pod, set)) return next;
  const own = podTemplates[pod.metadata.labels?.[revisionLabel] ?? ''] ?? null;
  return worse(next, updateBetween(own, podTemplates[set.status?.updateRevision ?? ''] ?? null, inPlaceSupport));
}

/** Why the pod cannot be resized where it is; null where it can, as far as is known, or its resources stay. */
async function resizeProblem(
  placeProblem: AssessmentInput['placeProblem'],
  pods: PodsPort,
  {pod, to}: Subject,
): Promise<string | null> {
  const {name, uid} = pod.metadata;
  const resized = to ? resizedContainers(pod.spec.containers, to.spec.containers) : [];
  if (resized.length === 0 || !uid) return null;
  return placeProblem(pod) ?? loweringProblem(pod, resized) ?? (await pods.resizeProblem({name, uid}, resized));
}

/** Why the pod cannot stay on its node, to follow "because"; null where it can, or the node's labels are not known. */
function otherNode(pod: Pod, labels: Readonly<Record<string, string>> | null, desired: Template | null): string | null {
  const type = desired?.spec.nodeSelector?.[instanceTypeLabel];
  const own = labels?.[instanceTypeLabel] ?? 'of no named type';
  return labels === null || type === undefined || type === own
    ? null
    : `${pod.spec.nodeName} is ${own}, and ${type} is wanted`;
}
