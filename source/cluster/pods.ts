// Changing one pod of a release: by its uid, so that only the pod that was looked at is meant.
import {selectorOf} from '../chart/names.ts';
import type {Template} from '../observation/definition.ts';
import type {Metadata} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import {ApiError, type Api} from './api.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';

export interface PodRef {
  readonly name: string;
  readonly uid: string;
}

export interface PodPatch {
  /** Null takes a label away. */
  readonly labels: Readonly<Record<string, string | null>>;
  readonly annotations: Readonly<Record<string, string | null>>;
  readonly containers: readonly {readonly name: string; readonly image: string}[];
}

/** Its StatefulSet makes a new one of the newest definition. Nothing happens when another pod has the name by now. */
export async function deletePod(api: Api, namespace: string, {name, uid}: PodRef): Promise<void> {
  await api.delete(`${paths.pods(namespace)}/${name}`, {preconditions: {uid}}).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
  });
}

/** @throws ApiError when it is another pod by now, when the cluster does not take the patch, or the user may not */
export async function patchPod(api: Api, namespace: string, {name, uid}: PodRef, {labels, annotations, containers}: PodPatch): Promise<void> {
  const body = {metadata: {uid, labels, annotations}, ...(containers.length > 0 ? {spec: {containers}} : {})};
  await api.patch(`${paths.pods(namespace)}/${name}`, body, 'strategic-merge-patch');
}

/** The pod templates that the StatefulSets of a release had, by the name that pods carry as `controller-revision-hash`. Empty when they may not be read. */
export async function readDefinitions(api: Api, {namespace, release}: Target): Promise<Readonly<Record<string, Template>>> {
  type ControllerRevision = {readonly metadata: Metadata; readonly data?: {readonly spec?: {readonly template?: Template}}};
  const found = await ifAllowed(api.list<ControllerRevision>(paths.controllerRevisions(namespace), {labelSelector: selectorOf(release)}));
  return Object.fromEntries(
    (found?.items ?? []).flatMap(({metadata, data}): [string, Template][] => (data?.spec?.template ? [[metadata.name, data.spec.template]] : [])),
  );
}
