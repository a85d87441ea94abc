// Starts the writer's new definition beside the old one: in a pod of its own, with an empty volume, that no Service leads to.
import {setTimeout as pause} from 'node:timers/promises';
import {UserError} from '../cause.ts';
import type {Template} from '../observation/definition.ts';
import type {Pod} from '../observation/kubernetes.ts';
import {rehearsalState} from '../observation/rehearsal.ts';
import type {Target} from '../observation/snapshot.ts';
import {ApiError, type Api} from './api.ts';
import {readLogTails} from './log-tails.ts';
import {paths} from './paths.ts';

export interface Rehearsal {
  /** As helm renders it. */
  readonly template: Template;
  /** The pod that is to have it: the same node. */
  readonly beside: Pod;
  /** What takes the pod away when we cannot. */
  readonly owner: {readonly name: string; readonly uid: string} | null;
}

const everyMs = 250;
/** Kubelet ends a pod that we forgot. */
const lifeSeconds = 600;

/** @throws UserError with the last words of one that ends or does not get ready; ApiError and ConnectionError */
export async function rehearse(api: Api, target: Target, {template, beside, owner}: Rehearsal, signal: AbortSignal): Promise<void> {
  const {namespace, fullname} = target;
  const name = `${fullname}-try-start`;
  const path = `${paths.pods(namespace)}/${name}`;
  const remove = () => api.delete(path, {gracePeriodSeconds: 0});
  await remove();
  await make(api, namespace, {name, template, beside, owner}, signal);
  try {
    const began = Date.now();
    for (;;) {
      const pod = await api.find<Pod>(path);
      const words = pod ? ((await readLogTails(api, namespace, [pod], []))[name] ?? []) : [];
      const state = rehearsalState(pod, words, Date.now() - began, target);
      if (state === 'ready') return;
      if (state !== 'starting') throw new UserError(state);
      await pause(everyMs, undefined, {signal});
    }
  } finally {
    await remove().catch(() => undefined);
  }
}

/** The name is free only when the pod of an earlier run is gone. */
async function make(api: Api, namespace: string, wanted: {name: string} & Rehearsal, signal: AbortSignal): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await api.create(paths.pods(namespace), podOf(namespace, wanted));
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists' || tries > 40) throw error;
      await pause(everyMs, undefined, {signal});
    }
  }
}

/** Labels of its own: those of the template would lead clients to it. It asks for next to nothing, because the writer has the room. */
function podOf(namespace: string, {name, template, beside, owner}: {name: string} & Rehearsal) {
  const spec = template.spec as Template['spec'] & {readonly volumes?: readonly object[]};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: {'app.kubernetes.io/managed-by': 'pg-helm-install', 'pg-helm-install/purpose': 'rehearsal'},
      ...(owner === null ? {} : {ownerReferences: [{apiVersion: 'apps/v1', kind: 'StatefulSet', ...owner}]}),
    },
    spec: {
      ...spec,
      nodeSelector: undefined,
      affinity: undefined,
      nodeName: beside.spec.nodeName,
      restartPolicy: 'Never',
      activeDeadlineSeconds: lifeSeconds,
      terminationGracePeriodSeconds: 0,
      containers: spec.containers.map((container) => ({...container, lifecycle: undefined, resources: {...container.resources, requests: {cpu: '1m', memory: '16Mi'}}})),
      volumes: [...(spec.volumes ?? []), {name: 'data', emptyDir: {}}],
    },
  };
}
