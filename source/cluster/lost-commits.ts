// Counts, on the volume of an earlier writer, the transactions that a reader did not get: in a throw-away pod that only
// reads.
import {setTimeout as pause} from 'node:timers/promises';
import {withoutProxy} from '../chart/parameters/service-mesh.ts';
import {managedByUs} from '../chart/names.ts';
import type {Pod} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import type {LostCommits} from '../operations/ports/failover.ts';
import {findPrograms} from '../postgres/psql.ts';
import type {Api} from './api.ts';
import {createWhenNameFree} from './create-when-name-free.ts';
import {readEndedLog, saidByAnyPod} from './ended-log.ts';
import {paths} from './paths.ts';
import {clock} from '../core/time.ts';

const container = 'count';
const everyMs = 250;
const maxMs = 30_000;
/** Kubelet ends a pod that we forgot. */
const lifeSeconds = 120;

/**
 * Where the WAL ends pg_waldump says so as an error. What it cannot find or open is not counted as nothing.
 * `$1`: the timeline, `$2`: where the new one forked off.
 */
const script = [
  findPrograms,
  'command -v pg_waldump > /dev/null || exit 3',
  'out=$(pg_waldump -p /kept/data/pg_wal -t "$1" -s "$2" -r Transaction 2>&1)',
  'case $out in *"could not find file"* | *"could not open"* | *"could not locate"*) exit 4 ;; esac',
  'printf "%s\\n" "$out" | grep -c "desc: COMMIT"',
  'exit 0',
].join('\n');

/** As the database's own pod is run; apart from that its definition is read as it stands. */
interface WriterSpec {
  readonly securityContext?: object;
  readonly serviceAccountName?: string;
  readonly imagePullSecrets?: readonly object[];
  readonly tolerations?: readonly object[];
  readonly containers: readonly {readonly name: string; readonly image?: string; readonly securityContext?: object}[];
}

/** Null where it cannot be counted: the volume is on a node that is away, say. @throws ApiError, ConnectionError */
export async function lostCommits(api: Api, target: Target, asked: LostCommits): Promise<number | null> {
  const {namespace} = target;
  const writer = await api.find<Pod & {readonly spec: WriterSpec}>(`${paths.pods(namespace)}/${asked.writer}`);
  if (!writer) return null;
  const deadline = clock.now() + maxMs;
  const said = await saidByAnyPod(() => countedOnce(api, target, {spec: writer.spec, asked, deadline}));
  return said?.count ?? null;
}

/** Null: its log is lost. `count` null: it cannot be counted. */
async function countedOnce(
  api: Api,
  {namespace, fullname}: Target,
  {spec, asked, deadline}: {readonly spec: WriterSpec; readonly asked: LostCommits; readonly deadline: number},
): Promise<{readonly count: number | null} | null> {
  const name = `${fullname}-count-lost`;
  const path = `${paths.pods(namespace)}/${name}`;
  const remove = () => api.delete(path, {gracePeriodSeconds: 0});
  await remove();
  const {signal} = new AbortController();
  try {
    await createWhenNameFree(api, paths.pods(namespace), podOf(name, namespace, spec, asked), signal);
    while (clock.now() < deadline) {
      const phase = (await api.find<Pod>(path))?.status?.phase;
      if (phase === 'Failed') return {count: null};
      if (phase === 'Succeeded') return await readEndedLog(api, path, countIn);
      await pause(everyMs);
    }
    return {count: null};
  } finally {
    await remove().catch(() => undefined);
  }
}

function countIn([line = '']: readonly string[]): {readonly count: number} | null {
  return /^\d+$/.test(line.trim()) ? {count: Number(line)} : null;
}

function podOf(name: string, namespace: string, spec: WriterSpec, {claim, timeline, fork}: LostCommits) {
  const {securityContext, serviceAccountName, imagePullSecrets, tolerations, containers} = spec;
  const database = containers.find((one) => one.name === 'postgresql');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: {
        [managedByUs.key]: managedByUs.value,
        'pg-helm-install/purpose': 'count-lost',
        ...withoutProxy.labels,
      },
      annotations: withoutProxy.annotations,
    },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: lifeSeconds,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...{securityContext, serviceAccountName, imagePullSecrets, tolerations},
      volumes: [{name: 'kept', persistentVolumeClaim: {claimName: claim, readOnly: true}}],
      containers: [
        {
          name: container,
          image: database?.image,
          imagePullPolicy: 'IfNotPresent',
          command: ['sh', '-c', script, 'count', String(timeline), fork],
          resources: {requests: {cpu: '1m', memory: '32Mi'}, limits: {cpu: '500m', memory: '128Mi'}},
          securityContext: database?.securityContext,
          volumeMounts: [{name: 'kept', mountPath: '/kept', readOnly: true}],
        },
      ],
    },
  };
}
