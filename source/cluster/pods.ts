// Changes one pod of a release, by its uid, so that no other pod than the one that was looked at is changed.
import {databaseComponents, databaseContainer, objectNames, selectorOf} from '../chart/names.ts';
import type {Template} from '../observation/pods/pod-template.ts';
import type {Metadata, Pod} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import type {ContainerResources, PodPatch, PodRef} from '../operations/ports/pods.ts';
import {ApiError, type Api} from './api.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';

/** The pods of the database whose container runs, ready or not; the writer first. @throws ApiError, ConnectionError */
export async function runningPods(api: Api, target: Target): Promise<readonly Pod[]> {
  const labelSelector = `${selectorOf(target)},${databaseComponents}`;
  const {items} = await api.list<Pod>(paths.pods(target.namespace), {labelSelector});
  // Chart 10 calls the container as the release's objects, until its pod is made again.
  const names = [databaseContainer, target.fullname];
  const runs = ({status}: Pod) =>
    status?.containerStatuses?.some(({name, state}) => names.includes(name) && state?.running) ?? false;
  const isWriter = ({metadata}: Pod) => metadata.name === `${objectNames(target).writer}-0`;
  return items.filter(runs).sort((a, b) => Number(isWriter(b)) - Number(isWriter(a)));
}

/**
 * Deletes a pod, whose StatefulSet then makes a new one from the newest pod template. Nothing happens when another pod
 * has the name by now. `graceSeconds`: 0 makes the cluster forget the pod at once, whether its containers have ended or
 * not; absent: the pod's own value.
 */
export async function deletePod(
  api: Api,
  namespace: string,
  {name, uid, graceSeconds}: PodRef & {readonly graceSeconds?: number},
): Promise<void> {
  const options = {preconditions: {uid}, ...(graceSeconds === undefined ? {} : {gracePeriodSeconds: graceSeconds})};
  await api.delete(`${paths.pods(namespace)}/${name}`, options).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
  });
}

/**
 * Patches the resources first, so that the labels never name a pod template that the pod does not have yet.
 * @throws ApiError when another pod has the name by now, the cluster refuses the patch, or this user may not patch pods
 */
export async function patchPod(
  api: Api,
  namespace: string,
  {name, uid}: PodRef,
  {labels, annotations, containers, resources}: PodPatch,
): Promise<void> {
  const path = `${paths.pods(namespace)}/${name}`;
  if (resources.length > 0)
    await api.patch(`${path}/resize`, {metadata: {uid}, spec: {containers: resources}}, 'strategic-merge-patch');
  const body = {metadata: {uid, labels, annotations}, ...(containers.length > 0 ? {spec: {containers}} : {})};
  await api.patch(path, body, 'strategic-merge-patch');
}

/**
 * Asks the cluster, without changing anything, whether it would resize that pod while it runs.
 * @returns why not, in words that follow "because"; null when it would. Throws ApiError where a quota does not allow
 * it, and ConnectionError.
 */
export async function resizeProblem(
  api: Api,
  namespace: string,
  {name, uid}: PodRef,
  resources: readonly ContainerResources[],
): Promise<string | null> {
  try {
    await api.patch(
      `${paths.pods(namespace)}/${name}/resize`,
      {metadata: {uid}, spec: {containers: resources}},
      'strategic-merge-patch',
      {dryRun: 'All'},
    );
    return null;
  } catch (error) {
    if (!(error instanceof ApiError) || /exceeded quota/.test(error.message)) throw error;
    if (error.status === 404 || error.status === 405)
      return 'this cluster cannot change the resources of a pod that runs (Kubernetes can from 1.33 on)';
    if (/does not support dry run/.test(error.message)) return null;
    if (error.status === 403) return 'this user may not patch pods/resize';
    if (error.status === 400 || error.status === 422)
      return `the cluster does not take it while the pod runs (${error.message})`;
    throw error;
  }
}

/**
 * The pod templates that the StatefulSets of a release had, by the name that pods carry as `controller-revision-hash`.
 * Empty when they may not be read.
 */
export async function readPodTemplates(api: Api, target: Target): Promise<Readonly<Record<string, Template>>> {
  type ControllerRevision = {
    readonly metadata: Metadata;
    readonly data?: {readonly spec?: {readonly template?: Template}};
  };
  const found = await ifAllowed(
    api.list<ControllerRevision>(paths.controllerRevisions(target.namespace), {labelSelector: selectorOf(target)}),
  );
  return Object.fromEntries(
    (found?.items ?? []).flatMap(({metadata, data}): [string, Template][] =>
      data?.spec?.template ? [[metadata.name, data.spec.template]] : [],
    ),
  );
}
