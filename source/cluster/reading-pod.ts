// A throw-away pod that mounts a volume to read it, says something of it in its log, and goes.
import {setTimeout as pause} from 'node:timers/promises';
import {withoutProxy} from '../chart/parameters/service-mesh.ts';
import {managedByUs} from '../chart/names.ts';
import type {Pod} from '../observation/kubernetes.ts';
import type {Api} from './api.ts';
import {createWhenNameFree} from './create-when-name-free.ts';
import {readEndedLog, saidByAnyPod} from './ended-log.ts';
import {paths} from './paths.ts';
import {clock} from '../core/time.ts';

const everyMs = 250;
/** Kubelet ends a pod that we forgot. */
const lifeSeconds = 120;
/** Where the volume is mounted. */
export const readFolder = '/kept';

export interface ReadingPod {
  readonly name: string;
  readonly purpose: string;
  readonly claim: string;
  readonly image: string | undefined;
  /** Ends with 0 where it could say something. */
  readonly command: readonly string[];
  /** What else its definition has: who it runs as, and which nodes take it. */
  readonly spec: object;
  readonly containerSecurity: object | undefined;
}

/**
 * `read`: what is said in the lines of its log; null: not all of it is there yet.
 * @returns null where nothing is said of it in that time: it fails, or finds no room, image or volume.
 * @throws ApiError, ConnectionError
 */
export async function saidOnVolume<T>(
  api: Api,
  namespace: string,
  pod: ReadingPod,
  {read, maxMs}: {readonly read: (lines: readonly string[]) => T | null; readonly maxMs: number},
): Promise<T | null> {
  const deadline = clock.now() + maxMs;
  const said = await saidByAnyPod(() => saidOnce(api, namespace, pod, {read, deadline}));
  return said?.it ?? null;
}

/** Null: its log is lost. `it` null: it cannot be said. */
async function saidOnce<T>(
  api: Api,
  namespace: string,
  pod: ReadingPod,
  {read, deadline}: {readonly read: (lines: readonly string[]) => T | null; readonly deadline: number},
): Promise<{readonly it: T | null} | null> {
  const path = `${paths.pods(namespace)}/${pod.name}`;
  const remove = () => api.delete(path, {gracePeriodSeconds: 0});
  await remove();
  const {signal} = new AbortController();
  try {
    await createWhenNameFree(api, paths.pods(namespace), bodyOf(namespace, pod), signal);
    while (clock.now() < deadline) {
      const seen = await api.find<Pod>(path);
      if (seen?.status?.phase === 'Succeeded')
        return await readEndedLog(api, path, (lines) => {
          const it = read(lines);
          return it === null ? null : {it};
        });
      if (seen?.status?.phase === 'Failed' || cannotStart(seen)) return {it: null};
      await pause(everyMs);
    }
    return {it: null};
  } finally {
    await remove().catch(() => undefined);
  }
}

/** Nobody waits for an image that is not there. */
function cannotStart(pod: Pod | null): boolean {
  const waiting = pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason ?? '';
  return /^(ErrImagePull|ImagePullBackOff|InvalidImageName|CreateContainer)/.test(waiting);
}

function bodyOf(namespace: string, {name, purpose, claim, image, command, spec, containerSecurity}: ReadingPod) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: {[managedByUs.key]: managedByUs.value, 'pg-helm-install/purpose': purpose, ...withoutProxy.labels},
      annotations: withoutProxy.annotations,
    },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: lifeSeconds,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...spec,
      volumes: [{name: 'kept', persistentVolumeClaim: {claimName: claim, readOnly: true}}],
      containers: [
        {
          name: 'read',
          image,
          imagePullPolicy: 'IfNotPresent',
          command,
          resources: {requests: {cpu: '1m', memory: '32Mi'}, limits: {cpu: '500m', memory: '128Mi'}},
          securityContext: containerSecurity,
          volumeMounts: [{name: 'kept', mountPath: readFolder, readOnly: true}],
        },
      ],
    },
  };
}
