// Runs a throw-away pod that mounts a volume read-only and writes what it finds to its log.
import {setTimeout as pause} from 'node:timers/promises';
import {withoutProxy} from '../chart/parameters/service-mesh.ts';
import {managedByUs} from '../chart/own-marks.ts';
import type {Pod} from '../observation/kubernetes.ts';
import type {Api} from './api.ts';
import {createWhenNameFree} from './create-when-name-free.ts';
import {readEndedLog, firstAnswerOfPods} from './ended-log.ts';
import {paths} from './paths.ts';
import {clock} from '../core/time.ts';

const everyMs = 250;
/** The kubelet ends a pod that we failed to delete. */
const lifeSeconds = 120;
/** Where the volume is mounted. */
export const readFolder = '/kept';

interface ReadingPod {
  readonly name: string;
  readonly purpose: string;
  readonly claim: string;
  readonly image: string | undefined;
  /** Exits with 0 where it found what it was to read. */
  readonly command: readonly string[];
  /** The rest of the pod's spec: which user it runs as, and which nodes take it. */
  readonly spec: object;
  readonly containerSecurity: object | undefined;
}

/**
 * `read`: takes the result from the lines of the log; null: they are not all there yet.
 * @returns null where there is no result in time: the pod fails, or finds no room, image or volume.
 * @throws ApiError, ConnectionError
 */
export async function readFromVolume<T>(
  api: Api,
  namespace: string,
  pod: ReadingPod,
  {read, maxMs}: {readonly read: (lines: readonly string[]) => T | null; readonly maxMs: number},
): Promise<T | null> {
  const deadline = clock.now() + maxMs;
  const said = await firstAnswerOfPods(() => readOnce(api, namespace, pod, {read, deadline}));
  return said?.it ?? null;
}

/** Null: the log is lost, and another pod may be tried. `it` null: there is no result. */
async function readOnce<T>(
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

/** A pod whose image cannot be had is not waited for. */
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
