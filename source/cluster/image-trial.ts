// Pulls an image on a node by a throw-away pod that only says which PostgreSQL and C library are in it.
import {labelKeys} from '../chart/names.ts';
import {setTimeout as pause} from 'node:timers/promises';
import {createHash} from 'node:crypto';
import {withoutProxy} from '../chart/parameters/service-mesh.ts';
import {UserError} from '../core/cause.ts';
import type {ClusterEvent, Pod} from '../observation/kubernetes.ts';
import {
  icuIn,
  libraryIn,
  noRoomToTry,
  trialCommand,
  trialContainer,
  trialContainerName,
  trialState,
  versionIn,
} from '../observation/pods/image-trial.ts';
import type {Target} from '../observation/snapshot.ts';
import {wantOfRoom} from '../observation/pods/want-of-room.ts';
import type {ImageContent, ImageTrial} from '../operations/ports/pods.ts';
import {ApiError, type Api} from './api.ts';
import {createWhenNameFree} from './create-when-name-free.ts';
import {linesOfLog} from './log-tails.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';
import {clock} from '../core/time.ts';
import {restrictedContainer, restrictedPod} from './restricted-pod.ts';

const purpose = 'pg-helm-install/purpose';
const everyMs = 250;
/** How long an image may fail to be pulled for a reason that may pass, such as a registry that is down for a moment. */
const retryMs = 60_000;
/** A pod's log may be gone before it is read; then the pod is made again. */
const maxTries = 3;
/** The kubelet ends a pod that we failed to delete. */
const lifeSeconds = 900;

/**
 * @returns what `postgres --version`, `getconf` and `ldd` in the image say.
 * @throws UserError naming why the image cannot be pulled; ApiError and ConnectionError
 */
export async function tryImage(
  api: Api,
  target: Target,
  trial: ImageTrial,
  signal: AbortSignal,
): Promise<ImageContent> {
  const {namespace} = target;
  const body = podOf(target, trial);
  const {name} = body.metadata;
  const path = `${paths.pods(namespace)}/${name}`;
  const remove = () => api.delete(path, {gracePeriodSeconds: 0});
  // A pod that an earlier run left may have another answer.
  await remove();
  await make(api, target, trial, body, signal);
  try {
    let tries = 1;
    for (let failingSince: number | null = null; ; await pause(everyMs, undefined, {signal})) {
      const pod = await api.find<Pod>(path);
      const events = await ifAllowed(
        api.list<ClusterEvent>(paths.events(namespace), {fieldSelector: `involvedObject.name=${name}`}),
      );
      const own = (events?.items ?? []).filter(({involvedObject: {uid}}) => !uid || uid === pod?.metadata.uid);
      const state = trialState(pod, own, trial.image, target);
      if (state.state === 'pulled') {
        const said = await output(api, path, pod);
        if (said.length > 0 || tries === maxTries) return imageContentIn(said.join('\n'));
        tries += 1;
        await remove();
        await make(api, target, trial, body, signal);
        continue;
      }
      if (state.state !== 'failed') continue;
      failingSince ??= clock.now();
      if (state.lasting || clock.now() - failingSince > retryMs) throw new UserError(state.cause);
    }
  } finally {
    await remove().catch(() => undefined);
  }
}

/** @throws UserError where the namespace has no room for the pod; ApiError and ConnectionError */
async function make(
  api: Api,
  target: Target,
  {image, beside}: ImageTrial,
  body: ReturnType<typeof podOf>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await createWhenNameFree(api, paths.pods(target.namespace), body, signal);
  } catch (error) {
    const words = error instanceof ApiError && error.status === 403 ? error.message : '';
    const why = wantOfRoom(words, target.namespace);
    throw why === null ? error : new UserError(noRoomToTry(image, beside, why, words, target));
  }
}

function imageContentIn(text: string): ImageContent {
  return {version: versionIn(text), library: libraryIn(text), icu: icuIn(text)};
}

/** The lines of the pod's log; none where they cannot be read. */
async function output(api: Api, path: string, pod: Pod | null): Promise<readonly string[]> {
  // A container that still runs has not written everything yet, and looking again is cheap.
  let seen = pod;
  for (let tries = 0; tries < 8 && trialContainer(seen)?.state?.running; tries++) {
    await pause(everyMs);
    seen = await api.find<Pod>(path);
  }
  if (!trialContainer(seen)?.state?.terminated) return [];
  return linesOfLog(await ifAllowed(api.text(`${path}/log`, {container: trialContainerName})).catch(() => null));
}

function podOf({fullname, namespace}: Target, {image, beside, pullSecret, owner}: ImageTrial) {
  const {nodeName, tolerations, serviceAccountName, imagePullSecrets = []} = beside.spec;
  const secrets = [
    ...new Set([...imagePullSecrets.flatMap(({name}) => name ?? []), ...(pullSecret === null ? [] : [pullSecret])]),
  ];
  const id = createHash('sha256')
    .update(`${nodeName ?? ''} ${image}`)
    .digest('hex')
    .slice(0, 10);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${fullname}-try-${id}`,
      namespace,
      labels: {[labelKeys.managedBy]: 'pg-helm-install', [purpose]: 'image-trial', ...withoutProxy.labels},
      annotations: withoutProxy.annotations,
      ...(owner === null ? {} : {ownerReferences: [{apiVersion: 'apps/v1', kind: 'StatefulSet', ...owner}]}),
    },
    spec: {
      nodeName,
      restartPolicy: 'Never',
      activeDeadlineSeconds: lifeSeconds,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(serviceAccountName === undefined ? {} : {serviceAccountName}),
      ...(tolerations === undefined ? {} : {tolerations}),
      ...(secrets.length === 0 ? {} : {imagePullSecrets: secrets.map((name) => ({name}))}),
      securityContext: restrictedPod,
      containers: [
        {
          name: trialContainerName,
          image,
          imagePullPolicy: 'IfNotPresent',
          command: trialCommand,
          resources: {requests: {cpu: '1m', memory: '16Mi'}, limits: {cpu: '100m', memory: '64Mi'}},
          securityContext: restrictedContainer,
        },
      ],
    },
  };
}
