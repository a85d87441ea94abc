// Starts the writer's new pod template beside the running writer: in a pod of its own, with an empty volume, to which
// no Service leads.
import {labelKeys} from '../chart/names.ts';
import {setTimeout as pause} from 'node:timers/promises';
import {withoutProxy} from '../chart/parameters/service-mesh.ts';
import {UserError, type Cause} from '../core/cause.ts';
import type {Container, Pod} from '../observation/kubernetes.ts';
import {schedulerOf} from '../observation/pods/pod-template.ts';
import {schedulerState, trialStartState} from '../observation/pods/trial-start.ts';
import {wantOfRoom} from '../observation/pods/want-of-room.ts';
import type {Target} from '../observation/snapshot.ts';
import type {TrialStart} from '../operations/ports/pods.ts';
import {ApiError, type Api} from './api.ts';
import {readLogTails} from './log-tails.ts';
import {createWhenNameFree} from './create-when-name-free.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';
import {clock} from '../core/time.ts';

interface VolumeOfPod {
  readonly name: string;
  readonly configMap?: {readonly name?: string};
  readonly secret?: {readonly secretName?: string; readonly optional?: boolean};
}

const everyMs = 250;
/** On a busy node the log of a pod that is known to have ended may not be readable for seconds. */
const waitForWordsMs = 10_000;
const maxTries = 3;
/** The kubelet ends a pod that we failed to delete. */
const lifeSeconds = 600;
const purpose = {[labelKeys.managedBy]: 'pg-helm-install', 'pg-helm-install/purpose': 'rehearsal'};
export function trialStartName(fullname: string): string {
  return `${fullname}-try-start`;
}

const copyOf = (name: string): string => `${name}-try`;

/**
 * Nothing is tried where the pod template needs a Secret that does not exist yet, because only helm makes it, or where
 * the namespace has no room for a pod beside the writer: the release itself may well fit.
 * @returns why it could not be tried, as a sentence for the user
 * @throws UserError with the last log lines of a pod that ends or does not get ready; ApiError and ConnectionError
 */
export async function trialStart(
  api: Api,
  target: Target,
  trialStart: TrialStart,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    await startBeside(api, target, trialStart, signal);
    return null;
  } catch (error) {
    const why = error instanceof ApiError && error.status === 403 ? wantOfRoom(error.message, target.namespace) : null;
    if (why === null) throw error;
    return `The new pod template could not be tried in a pod of its own before the writer got it: ${why}.`;
  }
}

async function startBeside(api: Api, target: Target, trialStart: TrialStart, signal: AbortSignal): Promise<void> {
  const {namespace, fullname} = target;
  const name = trialStartName(fullname);
  const path = `${paths.pods(namespace)}/${name}`;
  await otherSchedulerAnswers(api, target, trialStart, signal);
  const volumes = volumesOf(trialStart);
  const secrets = await Promise.all(
    volumes.flatMap(({secret}) =>
      secret?.secretName && !secret.optional
        ? [ifAllowed(api.find(`${paths.secrets(namespace)}/${secret.secretName}`))]
        : [],
    ),
  );
  if (secrets.includes(null)) return;
  const copies = volumes.flatMap(({configMap}) =>
    configMap?.name && trialStart.configMaps[configMap.name] ? [configMap.name] : [],
  );
  const remove = () =>
    Promise.all([
      api.delete(path, {gracePeriodSeconds: 0}),
      ...copies.map((copied) => api.delete(`${paths.configMaps(namespace)}/${copyOf(copied)}`)),
    ]);
  await remove();
  try {
    for (const copied of copies) {
      await createWhenNameFree(
        api,
        paths.configMaps(namespace),
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: metadataOf(copyOf(copied), namespace, trialStart),
          ...trialStart.configMaps[copied],
        },
        signal,
      );
    }
    const began = clock.now();
    const pod = podOf(name, namespace, trialStart, {nodeName: trialStart.beside.spec.nodeName});
    // PostgreSQL never ends without a word in the log, but a container that its node could not start does, and may
    // start at the next try.
    for (let tries = 1; ; tries++) {
      await createWhenNameFree(api, paths.pods(namespace), pod, signal);
      const failure = await failureOf(api, target, name, began, signal);
      if (failure === null) return;
      if (failure.hasWords || tries === maxTries) throw new UserError(failure.cause);
      await api.delete(path, {gracePeriodSeconds: 0});
    }
  } finally {
    await removeAtLast(remove);
  }
}

/**
 * Nobody else removes the pod and the copies. They are deleted again where the first request got no answer, because it
 * was sent on a connection that is dead. Never throws.
 */
async function removeAtLast(remove: () => Promise<unknown>): Promise<void> {
  await remove()
    .catch(remove)
    .catch(() => undefined);
}

/**
 * The trial names its node and meets no scheduler. Where the writer is to get another scheduler, a pod asks that one
 * first for the same node.
 * @throws UserError UNSCHEDULABLE where no such scheduler looks at it
 */
async function otherSchedulerAnswers(
  api: Api,
  target: Target,
  trialStart: TrialStart,
  signal: AbortSignal,
): Promise<void> {
  const {template, beside} = trialStart;
  const scheduler = schedulerOf(template.spec);
  if (scheduler === schedulerOf(beside.spec)) return;
  const {namespace, fullname} = target;
  const name = trialStartName(fullname);
  const path = `${paths.pods(namespace)}/${name}`;
  const remove = () => api.delete(path, {gracePeriodSeconds: 0});
  await remove();
  try {
    const pod = podOf(name, namespace, trialStart, onNodeOf(beside));
    await createWhenNameFree(api, paths.pods(namespace), pod, signal);
    const began = clock.now();
    for (; ; await pause(everyMs, undefined, {signal})) {
      const state = schedulerState(await api.find<Pod>(path), scheduler, clock.now() - began, target);
      if (state === 'answers') return;
      if (state !== 'awaited') throw new UserError(state);
    }
  } finally {
    await removeAtLast(remove);
  }
}

/** Leaves the scheduler that one node, whatever its taints. */
function onNodeOf({spec: {nodeName}}: Pod) {
  const isNode = {key: 'metadata.name', operator: 'In', values: [nodeName]};
  const nodeAffinity = {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [isNode]}]}};
  return {affinity: {nodeAffinity}, tolerations: [{operator: 'Exists'}]};
}

/** Null when the pod gets ready. `began`: ms since the epoch. `hasWords`: nothing more will be known. */
async function failureOf(
  api: Api,
  target: Target,
  name: string,
  began: number,
  signal: AbortSignal,
): Promise<{readonly cause: Cause; readonly hasWords: boolean} | null> {
  let failedAt: number | null = null;
  for (; ; await pause(everyMs, undefined, {signal})) {
    const pod = await api.find<Pod>(`${paths.pods(target.namespace)}/${name}`);
    const words = pod ? ((await readLogTails(api, target.namespace, [pod], []))[name] ?? []) : [];
    const state = trialStartState(pod, words, clock.now() - began, target);
    if (state === 'ready') return null;
    if (state === 'starting') continue;
    failedAt ??= clock.now();
    // A pod for which its node has no room has no log.
    const hasWords = words.length > 0 || state.code === 'UNSCHEDULABLE';
    if (hasWords || clock.now() - failedAt > waitForWordsMs) return {cause: state, hasWords};
  }
}

/** The volumes of the pod template without the data volume, which it has where the release was given a claim. */
function volumesOf({template}: TrialStart): readonly VolumeOfPod[] {
  const {volumes = []} = template.spec as {readonly volumes?: readonly VolumeOfPod[]};
  return volumes.filter(({name}) => name !== 'data');
}

/** The pod has labels of its own, because the template's labels would lead clients to it. */
function metadataOf(name: string, namespace: string, {owner}: TrialStart) {
  return {
    name,
    namespace,
    labels: {...purpose, ...withoutProxy.labels},
    annotations: withoutProxy.annotations,
    ...(owner === null ? {} : {ownerReferences: [{apiVersion: 'apps/v1', kind: 'StatefulSet', ...owner}]}),
  };
}

/** Its node's room is the writer's. A pod requests as much as its largest init container, so these count too. */
function withoutRoom(container: Pick<Container, 'resources'>) {
  return {...container, resources: {...container.resources, requests: {cpu: '1m', memory: '16Mi'}}};
}

/**
 * @param place the parts of the spec that say where it runs
 */
function podOf(name: string, namespace: string, trialStart: TrialStart, place: object) {
  const {template, configMaps} = trialStart;
  const copied = volumesOf(trialStart).map((volume) =>
    volume.configMap?.name && configMaps[volume.configMap.name]
      ? {...volume, configMap: {...volume.configMap, name: copyOf(volume.configMap.name)}}
      : volume,
  );
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadataOf(name, namespace, trialStart),
    spec: {
      ...template.spec,
      nodeSelector: undefined,
      affinity: undefined,
      ...place,
      restartPolicy: 'Never',
      activeDeadlineSeconds: lifeSeconds,
      terminationGracePeriodSeconds: 0,
      containers: template.spec.containers.map((container) => ({...withoutRoom(container), lifecycle: undefined})),
      ...(template.spec.initContainers ? {initContainers: template.spec.initContainers.map(withoutRoom)} : {}),
      volumes: [...copied, {name: 'data', emptyDir: {}}],
    },
  };
}
