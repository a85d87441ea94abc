// The pods and Jobs of backups: those that are made from the chart's CronJob, and those that we make ourselves.
import {randomBytes} from 'node:crypto';
import {setTimeout as pause} from 'node:timers/promises';
import {backupFolder, listCommand, restoreCommand, restoreFolder, verifyCommand} from '../chart/backup/scripts.ts';
import {labelKeys, nameLabelOf, objectNames, postgresPort} from '../chart/names.ts';
import {managedByUs} from '../chart/own-marks.ts';
import {mountedSecrets} from '../chart/container-paths.ts';
import {secretKeysOf} from '../chart/secret-keys.ts';
import {cpuOfDump, cpuOfRestore} from '../chart/parameters/cpu-limit.ts';
import {withoutProxy, withProxyThatEnds} from '../chart/parameters/service-mesh.ts';
import {cause, UserError} from '../core/cause.ts';
import {backupAnnotation, backupComponents, restoreJobName, whyFailed} from '../observation/backups/backup.ts';
import {listingIn, notedAnnotation, type BackupListing, type BackupNote} from '../observation/backups/backup-list.ts';
import type {CronJob, Job, Pod} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import type {BackupRuntime, DesiredProof, RestoreJob, DesiredRestore} from '../operations/ports/backup.ts';
import {clock} from '../core/time.ts';
import {ApiError, type Api} from './api.ts';
import {createWhenNameFree} from './create-when-name-free.ts';
import {maxPods, readEndedLog, firstAnswerOfPods} from './ended-log.ts';
import {lastWordsOf} from './log-tails.ts';
import {paths} from './paths.ts';
import {databaseUser, restrictedContainer, restrictedPod} from './restricted-pod.ts';

const everyMs = 250;
/** How long the pod that lists the volume may take; the volume may have to be attached to its node first. */
const listMs = 300_000;
/** The kubelet ends a pod that we failed to delete. */
const lifeSeconds = 3600;
const weekSeconds = 604_800;
const claimAnnotation = 'pg-helm-install/backup-claim';
const tailLines = 20;
const certificates = '/tmp/certs';

export function verifyPodName(fullname: string): string {
  return `${fullname}-backup-verify`;
}

interface Shape {
  readonly name: string;
  readonly command: readonly string[];
  readonly claim: string;
  readonly env?: readonly {readonly name: string; readonly value: string}[];
  readonly volumes?: readonly object[];
  readonly mounts?: readonly {readonly name: string; readonly mountPath: string; readonly readOnly?: boolean}[];
  readonly memory?: string;
  readonly cpuOf?: typeof cpuOfRestore;
}

/** Meets Pod Security `restricted`, which a namespace may enforce. User and group: chart 16.7.26, values.yaml. */
function podSpec(runtime: BackupRuntime, shape: Shape) {
  const {name, command, claim, env = [], volumes = [], mounts = [], memory = '128Mi', cpuOf = cpuOfDump} = shape;
  const {request, limits} = cpuOf(runtime.cpuLimit);
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    ...(runtime.tolerations.length === 0 ? {} : {tolerations: runtime.tolerations}),
    ...(runtime.pullSecrets.length === 0 ? {} : {imagePullSecrets: runtime.pullSecrets.map((one) => ({name: one}))}),
    securityContext: {fsGroup: databaseUser, ...restrictedPod},
    containers: [
      {
        name,
        image: runtime.image,
        imagePullPolicy: 'IfNotPresent',
        command,
        env: [{name: 'PGDUMP_DIR', value: backupFolder}, ...env],
        resources: {requests: {cpu: request, memory}, limits: {memory: '1Gi', ...limits}},
        securityContext: restrictedContainer,
        volumeMounts: [{name: 'backups', mountPath: backupFolder}, {name: 'tmp', mountPath: '/tmp'}, ...mounts],
      },
    ],
    volumes: [{name: 'backups', persistentVolumeClaim: {claimName: claim}}, {name: 'tmp', emptyDir: {}}, ...volumes],
  };
}

/** @param component null: a pod that no label of the release marks, because only we use it */
function labelsOf({release, ...naming}: Target, component: string | null): Readonly<Record<string, string>> {
  const purpose = component ?? 'backup-list';
  const own = {[managedByUs.key]: managedByUs.value, 'pg-helm-install/purpose': purpose, ...withoutProxy.labels};
  if (component === null) return own;
  return {
    ...own,
    [labelKeys.instance]: release,
    [labelKeys.name]: nameLabelOf(naming),
    [labelKeys.component]: component,
  };
}

/** @throws UserError BACKUP_FAILED where the pod does not start or end well; ApiError and ConnectionError */
export async function listBackups(
  api: Api,
  target: Target,
  runtime: BackupRuntime,
  signal: AbortSignal,
): Promise<BackupListing> {
  const listing = await firstAnswerOfPods(() => lookedOnce(api, target, runtime, signal));
  if (listing === null) throw unread(target, `The logs of ${maxPods} pods that looked there are gone.`);
  return listing;
}

/** Null where the pod ended well but its log is lost. */
async function lookedOnce(
  api: Api,
  target: Target,
  runtime: BackupRuntime,
  signal: AbortSignal,
): Promise<BackupListing | null> {
  const {namespace, fullname} = target;
  const name = `${fullname}-backup-list-${randomBytes(3).toString('hex')}`;
  const path = `${paths.pods(namespace)}/${name}`;
  const spec = podSpec(runtime, {name: 'list', command: listCommand, claim: objectNames(target).backup});
  await api.create(paths.pods(namespace), {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, namespace, labels: labelsOf(target, null), annotations: withoutProxy.annotations},
    spec: {...spec, activeDeadlineSeconds: lifeSeconds},
  });
  try {
    for (const began = clock.now(); ; await pause(everyMs, undefined, {signal})) {
      const pod = await api.find<Pod>(path);
      const phase = pod?.status?.phase;
      if (!pod || phase === 'Failed' || clock.now() - began > listMs) throw unread(target, pod && whyNotRead(pod));
      if (phase === 'Succeeded') return await readEndedLog(api, path, wholeListing, signal);
    }
  } finally {
    await api.delete(path, {gracePeriodSeconds: 0}).catch(() => undefined);
  }
}

/** A listing is complete when its last line, the size, is there. */
function wholeListing(lines: readonly string[]): BackupListing | null {
  const listing = listingIn(lines.join('\n'));
  return listing.sizeBytes === null ? null : listing;
}

function unread({namespace, release, ...naming}: Target, why: string | null): UserError {
  return new UserError(
    cause('BACKUP_FAILED', `What is on the volume of the backups of ${release} could not be read.`, {
      object: {kind: 'PersistentVolumeClaim', namespace, name: objectNames(naming).backup},
      evidence: why === null ? [] : [why],
      remedies: [{title: 'Run the same command again', again: true}],
    }),
  );
}

function whyNotRead(pod: Pod): string | null {
  const {phase, containerStatuses = [], conditions = []} = pod.status ?? {};
  if (phase === 'Failed') return whyFailed(pod);
  const waiting = containerStatuses[0]?.state?.waiting;
  return waiting?.message ?? waiting?.reason ?? conditions.flatMap(({message}) => message ?? [])[0] ?? null;
}

/** @throws ApiError where there is no CronJob */
export async function startBackup(api: Api, {namespace, ...naming}: Target, job: string): Promise<void> {
  const {backup} = objectNames(naming);
  const {metadata, spec} = await api.get<CronJob>(`${paths.cronJobs(namespace)}/${backup}`);
  const owner = {apiVersion: 'batch/v1', kind: 'CronJob', name: metadata.name, uid: metadata.uid, controller: true};
  await createOnce(api, paths.jobs(namespace), {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...spec.jobTemplate.metadata,
      name: job,
      namespace,
      annotations: {...spec.jobTemplate.metadata?.annotations, 'cronjob.kubernetes.io/instantiate': 'manual'},
      ownerReferences: [owner],
    },
    spec: {...spec.jobTemplate.spec, backoffLimit: 0},
  });
}

async function createOnce(api: Api, collection: string, body: object): Promise<void> {
  await api.create(collection, body).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
  });
}

export async function startProof(
  api: Api,
  target: Target,
  {runtime, backup, room, storageClass}: DesiredProof,
  signal: AbortSignal,
): Promise<void> {
  const {namespace, fullname} = target;
  const name = verifyPodName(fullname);
  const there = await api.find<Pod>(`${paths.pods(namespace)}/${name}`);
  const isIts = there?.metadata.annotations?.[backupAnnotation] === backup && !there.metadata.deletionTimestamp;
  if (isIts && there.status?.phase !== 'Failed') return;
  if (there) await endProof(api, target);
  const claim = {
    accessModes: ['ReadWriteOnce'],
    resources: {requests: {storage: room}},
    ...(storageClass === null ? {} : {storageClassName: storageClass}),
  };
  const labels = labelsOf(target, backupComponents.verify);
  const spec = podSpec(runtime, {
    name: 'verify',
    command: verifyCommand(backup),
    claim: objectNames(target).backup,
    env: [{name: 'RESTORE_DIR', value: `${restoreFolder}/server`}],
    // An ephemeral volume is deleted with the pod.
    volumes: [{name: 'server', ephemeral: {volumeClaimTemplate: {metadata: {labels}, spec: claim}}}],
    mounts: [{name: 'server', mountPath: restoreFolder}],
    memory: '256Mi',
    cpuOf: cpuOfRestore,
  });
  const metadata = {name, namespace, labels, annotations: {...withoutProxy.annotations, [backupAnnotation]: backup}};
  await createWhenNameFree(api, paths.pods(namespace), {apiVersion: 'v1', kind: 'Pod', metadata, spec}, signal);
}

export async function endProof(api: Api, {namespace, fullname}: Target): Promise<void> {
  await api.delete(`${paths.pods(namespace)}/${verifyPodName(fullname)}`, {gracePeriodSeconds: 1});
}

export async function noteBackups(api: Api, {namespace, ...naming}: Target, note: BackupNote): Promise<void> {
  const annotations = {[notedAnnotation]: JSON.stringify(note)};
  await api.patch(`${paths.claims(namespace)}/${objectNames(naming).backup}`, {metadata: {annotations}});
}

export async function readRestoreJob(api: Api, {namespace, fullname}: Target): Promise<RestoreJob | null> {
  const job = await api.find<Job>(`${paths.jobs(namespace)}/${restoreJobName(fullname)}`);
  if (!job || job.metadata.deletionTimestamp) return null;
  const is = (type: string) =>
    job.status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
  return {
    claim: job.metadata.annotations?.[claimAnnotation] ?? '',
    backup: job.metadata.annotations?.[backupAnnotation] ?? '',
    isSuspended: job.spec?.suspend === true,
    hasFailed: is('Failed'),
    hasSucceeded: is('Complete') || is('SuccessCriteriaMet'),
  };
}

export async function createRestore(api: Api, target: Target, desired: DesiredRestore): Promise<void> {
  const {namespace, fullname} = target;
  const {runtime, claim, backup, database, certificate, mesh} = desired;
  const names = objectNames(target);
  // The restore logs in to the writer, and a service mesh lets it in only with a proxy of its own.
  const proxied = withProxyThatEnds[mesh];
  const labels = {...labelsOf(target, backupComponents.restore), ...proxied.labels};
  const spec = podSpec(runtime, {
    name: 'restore',
    command: restoreCommand(backup, database, mesh),
    claim,
    env: [
      {name: 'PGHOST', value: names.writer},
      {name: 'PGPORT', value: String(postgresPort)},
      {name: 'PGUSER', value: 'postgres'},
      {name: 'PGPASSWORD_FILE', value: `${mountedSecrets}/${secretKeysOf(target).admin}`},
      ...(certificate === null ? [] : [{name: 'PGSSLROOTCERT', value: `${certificates}/`}]),
    ],
    volumes: [
      {name: 'password', secret: {secretName: names.secret}},
      ...(certificate === null ? [] : [{name: 'certificates', secret: {secretName: certificate}}]),
    ],
    mounts: [
      {name: 'password', mountPath: mountedSecrets, readOnly: true},
      ...(certificate === null ? [] : [{name: 'certificates', mountPath: certificates, readOnly: true}]),
    ],
    memory: '256Mi',
    cpuOf: cpuOfRestore,
  });
  const annotations = {...proxied.annotations, [backupAnnotation]: backup, [claimAnnotation]: claim};
  // With this label the restore passes a network policy of the writer that lets in only pods that have it.
  const podLabels = {...labels, [`${names.writer}-client`]: 'true'};
  await createOnce(api, paths.jobs(namespace), {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {name: restoreJobName(fullname), namespace, labels, annotations},
    spec: {
      suspend: true,
      backoffLimit: 0,
      ttlSecondsAfterFinished: weekSeconds,
      template: {metadata: {labels: podLabels, annotations}, spec},
    },
  });
}

export async function startRestore(api: Api, {namespace, fullname}: Target): Promise<void> {
  await api.patch(`${paths.jobs(namespace)}/${restoreJobName(fullname)}`, {spec: {suspend: false}});
}

/** Deletes the Job with its pods, and returns when the name is free. */
export async function deleteRestore(api: Api, {namespace, fullname}: Target, signal: AbortSignal): Promise<void> {
  const path = `${paths.jobs(namespace)}/${restoreJobName(fullname)}`;
  await api.delete(path, {propagationPolicy: 'Foreground'});
  while ((await api.find(path)) !== null) await pause(everyMs, undefined, {signal});
}

export async function backupLog(api: Api, namespace: string, pod: Pod): Promise<readonly string[]> {
  return lastWordsOf(api, namespace, pod, tailLines);
}
